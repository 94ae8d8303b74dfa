"""Checks of gold.time_to_derivative."""

from hublake.expectations.builders import expect_no_rows

WHOLE = "relation = 'any' AND derived_by = 'any'"

CHECKS = [
    expect_no_rows(
        "every listed model has a row for any relation by anybody",
        f"SELECT model_id FROM {{models}} LEFT ANTI JOIN (SELECT model_id FROM {{batch}} WHERE {WHOLE}) USING (model_id)",
        guards_against="times of those models alone that have a derivative, which says nothing about how long it takes",
        prefilter=(
            "SELECT name FROM (SELECT xxhash64(model_id) AS name FROM {models})"
            f" LEFT ANTI JOIN (SELECT xxhash64(model_id) AS name FROM {{batch}} WHERE {WHOLE}) USING (name)"
        ),
    ),
    expect_no_rows(
        "models with a derivative have a row for every relation and derived_by",
        "SELECT min(models) AS fewest, max(models) AS most FROM"
        f" (SELECT relation, derived_by, count(*) AS models FROM {{batch}} WHERE NOT ({WHOLE}) GROUP BY relation, derived_by)"
        " HAVING min(models) <> max(models) OR count(*) NOT IN (0, 14)",
        guards_against="groups of different models",
    ),
    expect_no_rows(
        "a derivative comes while its model is observed, and later without guesses",
        "SELECT model_id, relation, derived_by FROM {batch} WHERE days > observed_days OR coalesce(days_with_guesses > days, FALSE)"
        " OR (days IS NOT NULL AND days_with_guesses IS NULL) OR (days IS NULL) <> (first_child_id IS NULL)",
        guards_against="derivatives that nobody could have seen",
    ),
    expect_no_rows(
        "a model is excluded, has a derivative or is censored",
        "SELECT model_id, relation, derived_by FROM {batch} WHERE is_censored <> (exclusion IS NULL AND days IS NULL)"
        " OR is_censored <> (censored_by IS NOT NULL) OR (exclusion IS NULL) <> (observed_days IS NOT NULL)"
        " OR (exclusion IS NOT NULL AND days_with_guesses IS NOT NULL)",
        guards_against="models that drop out of all figures",
    ),
]
