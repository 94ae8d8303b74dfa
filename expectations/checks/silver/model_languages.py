"""Checks of silver.model_languages."""

from hublake.expectations.builders import never, of_listed_models

# Libraries, methods and architectures whose names are ISO 639 codes as well.
LIBRARIES = "'trl', 'tf', 'jax', 'sft', 'vit', 'art', 'rvc', 'awq'"

CHECKS = [
    of_listed_models("model_id"),
    never(
        "no library is read as a language",
        f"SELECT model_id, declared_as FROM {{batch}} WHERE source = 'tag' AND lower(declared_as) IN ({LIBRARIES})",
        guards="library tags that are ISO codes as well",
    ),
    never(
        "a language is a code",
        "SELECT model_id, language FROM {batch} WHERE NOT language RLIKE '^([a-z]{{2,3}}|multilingual|code)$'",
        guards="words, regions and scripts taken for languages",
    ),
]
