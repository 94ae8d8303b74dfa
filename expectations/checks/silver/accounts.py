"""Checks of silver.accounts."""

import great_expectations.expectations as gxe

CHECKS = [
    gxe.UnexpectedRowsExpectation(
        description="of a person nothing is kept but the name and counts",
        unexpected_rows_query="SELECT account FROM {batch}"
        " WHERE kind = 'user' AND (coalesce(display_name, details, plan) IS NOT NULL OR members IS NOT NULL OR is_verified)",
        severity="critical",
        notes="full names and texts of persons are personal data, and no question needs them",
    ),
    gxe.UnexpectedRowsExpectation(
        description="every key of an overview is known, and every value of its type",
        unexpected_rows_query="SELECT account, oddities FROM {batch} WHERE size(oddities) > 0",
        severity="warning",
        notes="the Hub has begun to say something that rules/listings/accounts.py does not read",
    ),
]
