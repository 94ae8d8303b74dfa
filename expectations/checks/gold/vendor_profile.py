"""Checks of gold.vendor_profile."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "no person has a country",
        "SELECT vendor FROM {batch} WHERE kind = 'person' AND country IS NOT NULL",
        guards_against="personal data that nobody published",
    ),
    expect_no_rows(
        "releases are models, and what is open declares a licence",
        "SELECT vendor FROM {batch} WHERE releases_12m > releases OR releases > models"
        " OR open_license_share > license_coverage_share + 1e-9",
        guards_against="shares with different denominators",
    ),
    expect_no_rows(
        "the models of all vendors are the models with an author",
        "SELECT owned, authored FROM (SELECT coalesce(sum(models), 0) AS owned FROM {batch})"
        " CROSS JOIN (SELECT count(author) AS authored FROM {models}) WHERE owned > authored",
        guards_against="models that count for two vendors",
    ),
]
