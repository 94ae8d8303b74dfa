"""Checks of silver.model_licenses."""

from hublake.expectations.builders import expect_listed_models, expect_no_rows

CHECKS = [
    expect_listed_models("model_id"),
    expect_no_rows(
        "a licence is trimmed, in lower case and without the tag prefix",
        "SELECT model_id, license FROM {batch} WHERE license <> lower(trim(license)) OR startswith(license, 'license:')",
        guards_against="one licence counted under several spellings",
    ),
]
