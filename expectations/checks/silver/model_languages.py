"""Checks of silver.model_languages."""

from hublake.expectations.builders import expect_listed_models, expect_no_rows

# Libraries, methods and architectures whose names are also ISO 639 codes.
LIBRARIES = "'trl', 'tf', 'jax', 'sft', 'vit', 'art', 'rvc', 'awq'"

# Sources of each kind; a declared language comes from one of the others.
SOURCES_OF_KINDS = "(kind = 'in_name') <> (source = 'name') OR (kind = 'in_dataset') <> (source = 'dataset')"

CHECKS = [
    expect_listed_models("model_id"),
    expect_no_rows(
        "each kind has its own source",
        f"SELECT model_id, kind, source FROM {{batch}} WHERE {SOURCES_OF_KINDS}",
        guards_against="languages of names or datasets that count as declared",
    ),
    expect_no_rows(
        "only a name has a direction",
        "SELECT model_id, kind FROM {batch} WHERE direction IS NOT NULL AND kind <> 'in_name'",
        guards_against="columns of one kind that were filled from another",
    ),
    expect_no_rows(
        "ara of an ablated model is no Arabic",
        "SELECT model_id FROM {batch} AS found JOIN {models} AS listed USING (model_id) WHERE found.source = 'tag'"
        " AND found.declared_as = 'ara' AND (array_contains(listed.tags, 'heretic') OR array_contains(listed.tags, 'abliterated'))",
        guards_against="the ablation method ARA that is read as a language",
    ),
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
