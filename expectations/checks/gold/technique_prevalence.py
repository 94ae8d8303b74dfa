"""Checks of gold.technique_prevalence."""

from hublake.expectations.builders import expect_no_rows

WRONG_SUMS = (
    "SELECT technique FROM (SELECT technique, sum(models) AS counted FROM {{batch}} WHERE stratum = 'all' GROUP BY technique)"
    " FULL JOIN (SELECT technique, count(DISTINCT {model}) AS models FROM {{model_techniques}} WHERE NOT is_inherited"
    " GROUP BY technique)"
    " USING (technique) WHERE coalesce(counted, 0) <> coalesce(models, 0)"
)

CHECKS = [
    expect_no_rows(
        "no group has more models than are known, or more known models than models",
        "SELECT technique, month, stratum FROM {batch} WHERE models > known_models OR known_models > all_models",
        guards_against="models that count twice for a technique",
    ),
    expect_no_rows(
        "the shares divide by the models of their month and stratum",
        "SELECT technique, month, stratum FROM {batch} WHERE abs(known_share * known_models - models) > 1e-6"
        " OR abs(coverage_share * all_models - known_models) > 1e-6",
        guards_against="shares with another denominator",
    ),
    expect_no_rows(
        "the months of a technique add up to its models",
        WRONG_SUMS.format(model="model_id"),
        guards_against="models without a date or a parent that were dropped",
        prefilter=WRONG_SUMS.format(model="xxhash64(model_id)"),
    ),
]
