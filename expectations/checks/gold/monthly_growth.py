"""Checks of gold.monthly_growth."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "months have no gaps",
        "SELECT stratum FROM {batch} GROUP BY stratum"
        " HAVING count(DISTINCT month) <> 1 + months_between(to_date(max(month), 'yyyy-MM'), to_date(min(month), 'yyyy-MM'))",
        guards_against="months without a new model left out, which shows growth as steadier than it is",
    ),
    expect_no_rows(
        "the cumulative number grows by the new models",
        "SELECT stratum, month FROM (SELECT *, lag(cumulative) OVER (PARTITION BY stratum ORDER BY month) AS before FROM {batch})"
        " WHERE cumulative <> before + new_models OR cumulative < new_models",
        guards_against="months of several strata in one",
    ),
    expect_no_rows(
        "the strata of a kind add up to all models, unknown ones included",
        "SELECT month, kind, new_models, expected FROM"
        " (SELECT month, split_part(stratum, ':', 1) AS kind, sum(new_models) AS new_models FROM {batch} WHERE stratum <> 'all'"
        " GROUP BY month, split_part(stratum, ':', 1))"
        " JOIN (SELECT month, new_models AS expected FROM {batch} WHERE stratum = 'all') USING (month)"
        " WHERE new_models <> expected",
        guards_against="models that are in no stratum, or in two",
    ),
    expect_no_rows(
        "new models of organisations are part of the new models, and removals of all models are counted",
        "SELECT stratum, month FROM {batch} WHERE new_organisation_models > new_models OR (stratum = 'all' AND removed IS NULL)",
        guards_against="counts of other strata",
    ),
]
