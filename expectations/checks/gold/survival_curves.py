"""Checks of gold.survival_curves."""

from hublake.expectations.builders import expect_no_rows

CURVE = "event, relation, derived_by, stratum"

CHECKS = [
    expect_no_rows(
        "as many are at risk as have the event or leave",
        f"SELECT {CURVE}, day FROM {{batch}} WHERE at_risk < events + censored",
        guards_against="events of models that were not under observation",
    ),
    expect_no_rows(
        "survival never rises and falls only with events",
        f"SELECT {CURVE}, day FROM (SELECT *, lag(survival, 1, 1.0D) OVER (PARTITION BY {CURVE} ORDER BY day) AS before FROM {{batch}})"
        " WHERE survival > before + 1e-12 OR (events = 0 AND abs(survival - before) > 1e-12)",
        guards_against="rows of several curves in one",
    ),
    expect_no_rows(
        "survival is inside its band",
        f"SELECT {CURVE}, day FROM {{batch}} WHERE survival NOT BETWEEN survival_low - 1e-9 AND survival_high + 1e-9",
        guards_against="the band of another curve",
    ),
    expect_no_rows(
        "the curves of all models contain every derivative of gold.time_to_derivative",
        "SELECT relation, derived_by, events, derivatives FROM (SELECT relation, derived_by, sum(events) AS events FROM {batch}"
        " WHERE event = 'derivative' AND stratum = 'all' GROUP BY relation, derived_by) FULL JOIN (SELECT relation, derived_by,"
        " count(*) AS derivatives FROM {time_to_derivative} WHERE days IS NOT NULL GROUP BY relation, derived_by)"
        " USING (relation, derived_by) WHERE coalesce(events, -1) <> coalesce(derivatives, -1)",
        guards_against="curves over a part of the models",
    ),
]
