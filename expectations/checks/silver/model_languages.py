"""Checks of silver.model_languages."""

from hublake.expectations.builders import expect_listed_models, expect_no_rows

# Libraries, methods and architectures whose names are also ISO 639 codes.
LIBRARIES = "'trl', 'tf', 'jax', 'sft', 'vit', 'art', 'rvc', 'awq'"

CHECKS = [
    expect_listed_models("model_id"),
    expect_no_rows(
        "no library tag is read as a language",
        f"SELECT model_id, declared_as FROM {{batch}} WHERE source = 'tag' AND lower(declared_as) IN ({LIBRARIES})",
        guards_against="library tags that are also ISO codes",
    ),
    expect_no_rows(
        "a language is a code",
        "SELECT model_id, language FROM {batch} WHERE NOT language RLIKE '^([a-z]{{2,3}}|multilingual|code)$'",
        guards_against="words, regions and scripts that count as languages",
    ),
]
