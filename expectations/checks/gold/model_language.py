"""Checks of gold.model_language."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "two declared languages make a model multilingual",
        "SELECT model_id FROM {batch} WHERE size(declared) > 1 AND NOT coalesce(is_multilingual, false)",
        guards_against="flags and declared languages that come from different rules",
    ),
    expect_no_rows(
        "a model that declares nothing has no primary language and no flags",
        "SELECT model_id FROM {batch} WHERE size(declared) = 0"
        " AND (primary_language IS NOT NULL OR is_english_only OR NOT coalesce(is_multilingual, true))",
        guards_against="unknown that turns into no",
    ),
    expect_no_rows(
        "the primary language is declared",
        "SELECT model_id, primary_language FROM {batch}"
        " WHERE primary_language IS NOT NULL AND NOT array_contains(declared, primary_language)",
        guards_against="a language of the name or of a dataset that counts as the model's",
    ),
]
