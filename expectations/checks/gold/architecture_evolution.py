"""Checks of gold.architecture_evolution."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "families and sizes of a month sum to all of it",
        "SELECT month, sum(new_models) FILTER (WHERE architecture_family = 'all' AND size_class = 'all') AS models FROM {batch} "
        "GROUP BY month HAVING sum(new_models) <> 4 * sum(new_models) FILTER (WHERE architecture_family = 'all' AND size_class = 'all')",
        guards_against="models that are lost between groups, or counted in two",
    ),
    expect_no_rows(
        "every model is counted",
        "SELECT counted, listed FROM (SELECT coalesce(sum(new_models), 0) AS counted FROM {batch} "
        "WHERE architecture_family = 'all' AND size_class = 'all') CROSS JOIN (SELECT count(*) AS listed FROM {model_architecture}) "
        "WHERE counted <> listed",
        guards_against="months that are left out",
    ),
    expect_no_rows(
        "a median is below the 90th percentile, and present where parameters are known",
        "SELECT month, architecture_family, size_class FROM {batch} WHERE median_parameters > p90_parameters "
        "OR (with_parameters > 0) <> (median_parameters IS NOT NULL) OR with_parameters > new_models",
        guards_against="percentiles of another group",
    ),
]
