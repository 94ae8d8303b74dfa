"""Checks of silver.model_licenses."""

from hublake.expectations.builders import expect_listed_models, expect_no_rows

CHECKS = [
    expect_listed_models("model_id"),
    expect_no_rows(
        "a licence is trimmed, in lower case and without the tag prefix",
        "SELECT model_id, license FROM {batch} WHERE license <> lower(trim(license)) OR startswith(license, 'license:')",
        guards_against="one licence counted under several spellings",
    ),
    expect_no_rows(
        "a resolved licence states how it was found, and an identifier resolves to itself",
        "SELECT model_id, license FROM {batch} WHERE (resolved_license IS NULL) <> (resolved_by IS NULL)"
        " OR (resolved_by = 'identifier' AND resolved_license <> license) OR (resolved_by <> 'identifier' AND license <> 'other')",
        guards_against="a licence that a model never declared",
    ),
]
