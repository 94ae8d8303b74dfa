"""Checks of gold.task_trends."""

from hublake.expectations.builders import expect_no_rows

CHECKS = [
    expect_no_rows(
        "the months add up to the listed models",
        "SELECT counted, listed FROM (SELECT sum(new_models) AS counted FROM {batch}) CROSS JOIN (SELECT count(*) AS listed FROM {models})"
        " WHERE coalesce(counted, 0) <> listed",
        guards_against="models without a task or a date that were dropped",
    ),
    expect_no_rows(
        "the known shares of a month add up to one",
        "SELECT month FROM {batch} WHERE task <> '' GROUP BY month HAVING abs(sum(known_share) - 1) > 1e-6",
        guards_against="shares with another denominator",
    ),
    expect_no_rows(
        "a sum so far ends with all models of the task",
        "SELECT task FROM {batch} GROUP BY task HAVING max(cumulative) <> sum(new_models)",
        guards_against="months that are summed in another order or left out",
    ),
]
