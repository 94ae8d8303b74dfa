"""Checks of silver.accounts."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "for a person only the account name and counts are stored",
        "SELECT account FROM {batch}"
        " WHERE kind = 'user' AND (coalesce(display_name, details, plan) IS NOT NULL OR members IS NOT NULL OR is_verified)",
        guards_against="personal data, such as full names and texts of persons, that no question needs",
    ),
    expect_no_rows(
        "every key of an overview is known and every value has its type",
        "SELECT account, oddities FROM {batch} WHERE size(oddities) > 0",
        severity="warning",
        guards_against="new fields of the Hub that rules/listings/accounts.py does not read",
    ),
]
