"""Checks of gold.survival_tests."""

from hublake.expectations.builders import expect_no_rows

KIND = "event, relation, derived_by, stratum_kind"

CHECKS = [
    expect_no_rows(
        "as many events are expected in all groups as came",
        f"SELECT {KIND} FROM {{batch}} WHERE against = 'all' GROUP BY {KIND}"
        " HAVING abs(sum(events) - sum(expected_events)) > 1e-6 * sum(events) OR count(*) <> max(groups)",
        guards_against="groups that are compared with other models",
    ),
    expect_no_rows(
        "a pair is tested once, whichever stratum comes first",
        "SELECT event, relation, derived_by, stratum, against FROM {batch} AS one LEFT ANTI JOIN {batch} AS other ON"
        " one.event = other.event AND one.relation = other.relation AND one.derived_by = other.derived_by AND"
        " one.stratum = other.against AND one.against = other.stratum AND one.p_value = other.p_value WHERE one.against <> 'all'",
        guards_against="the test of another pair",
    ),
    expect_no_rows(
        "a correction never makes a difference more certain, and an interval contains its difference",
        "SELECT event, relation, derived_by, stratum, against FROM {batch} WHERE p_value_adjusted < p_value - 1e-12"
        " OR restricted_mean_difference NOT BETWEEN restricted_mean_difference_low AND restricted_mean_difference_high",
        guards_against="p values of other pairs",
    ),
]
