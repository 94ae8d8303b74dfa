"""Checks of silver.model_licenses."""

from hublake.expectations.builders import never, of_listed_models

CHECKS = [
    of_listed_models("model_id"),
    never(
        "a licence is one word in lower case",
        "SELECT model_id, license FROM {batch} WHERE license <> lower(trim(license)) OR startswith(license, 'license:')",
        guards="one licence counted under several spellings",
    ),
]
