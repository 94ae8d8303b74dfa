"""Checks of gold.merge_recipes."""

from hublake.expectations.builders import expect_no_rows
from hublake.lake.curated import curated

METHODS = ", ".join(f"'{method}'" for method in sorted({row["method"] for row in curated("merge_methods")}))

CHECKS = [
    expect_no_rows(
        "a method is one of mergekit's",
        f"SELECT model_id, method FROM {{batch}} WHERE method NOT IN ({METHODS})",
        guards_against="words of a sentence that are read as a method",
    ),
    expect_no_rows(
        "a recipe is of a merged model",
        "SELECT model_id FROM {batch} LEFT ANTI JOIN"
        " (SELECT model_id FROM {model_techniques} WHERE technique = 'merge' AND NOT is_inherited) USING (model_id)",
        guards_against="quantised copies that count as merges",
    ),
]
