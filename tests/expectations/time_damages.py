"""Clean tables on time, and ways to damage them."""

from itertools import product

from tests.expectations.damage import IN_SET, Damage

# A model with a derivative has a row for every relation and derived_by. Here a/base got a finetune by its author.
_KINDS = [
    ("any", "any"),
    *(kind for kind in product(("any", "finetune", "adapter", "quantized", "merge"), ("any", "others", "own")) if kind != ("any", "any")),
]
_CAME = [kind for kind in _KINDS if kind[0] in ("any", "finetune") and kind[1] in ("any", "own")]
TIMES = "\n".join(
    [
        "snapshot_date | model_id | relation | derived_by | days | is_censored | censored_by | observed_days | first_child_id | days_with_guesses | older_derivatives"
        " | exclusion | size_class | license_class | author_kind | created_month",
        *(
            f"2026-01-02 | a/base | {relation} | {by} | "
            + ("31 | no | | 732 | a/child | 31" if (relation, by) in _CAME else "| yes | snapshot | 732 | |")
            + " | 0 | | unknown | permissive | unknown | 2024-01"
            for relation, by in _KINDS
        ),
        *(
            f"2026-01-02 | {name} | any | any | | yes | snapshot | 701 | | | 0 | | unknown | undeclared | unknown | 2024-02"
            for name in ("a/child", "b/far", "c/x", "c/y")
        ),
        "2026-01-02 | gpt2 | any | any | | no | | | | | 0 | floor | unknown | undeclared | unknown |",
    ]
)
CURVES = "\n".join(
    [
        "snapshot_date | event | relation | derived_by | stratum | day | at_risk | events | censored | survival | survival_low | survival_high | variance",
        *(
            f"2026-01-02 | derivative | {relation} | {by} | all | {row}"
            for relation, by in _CAME
            for row in (
                "7 | 5 | 0 | 0 | 1 | 1 | 1 | 0",
                "31 | 5 | 1 | 0 | 0.8 | 0.2 | 0.97 | 0.03",
                "90 | 4 | 0 | 0 | 0.8 | 0.2 | 0.97 | 0.03",
            )
        ),
    ]
)

CLEAN = {
    "gold.time_to_derivative": TIMES,
    "gold.survival_curves": CURVES,
    "gold.survival_tests": """
        snapshot_date | event      | relation | derived_by | stratum_kind | stratum | against | models | events | expected_events | groups | chi_squared | degrees | p_value | p_value_adjusted
        2026-01-02    | derivative | any      | any | size         | size:a  | all     | 2      | 1        | 0.4      | 2      | 1.5         | 1       | 0.22    |
        2026-01-02    | derivative | any      | any | size         | size:b  | all     | 3      | 0        | 0.6      | 2      | 1.5         | 1       | 0.22    |
        2026-01-02    | derivative | any      | any | size         | size:a  | size:b  | 2      | 1        | 0.4      | 2      | 1.5         | 1       | 0.22    | 0.22
        2026-01-02    | derivative | any      | any | size         | size:b  | size:a  | 3      | 0        | 0.6      | 2      | 1.5         | 1       | 0.22    | 0.22""",
    "gold.monthly_growth": """
        snapshot_date | month   | stratum             | new_models | new_organisation_models | new_authors | removed | cumulative | edges_finetune | edges_adapter | edges_quantized | edges_merge
        2026-01-02    | 2024-01 | all                 | 1          | 0                       | 1           | 0       | 2          | 0              | 0             | 0               | 0
        2026-01-02    | 2024-02 | all                 | 1          | 0                       | 0           | 0       | 3          | 1              | 0             | 0               | 1
        2026-01-02    | 2024-03 | all                 | 1          | 0                       | 1           | 0       | 4          | 0              | 0             | 1               | 0
        2026-01-02    | 2024-01 | author_kind:unknown | 1          | 0                       | 1           | 0       | 2          | 0              | 0             | 0               | 0
        2026-01-02    | 2024-02 | author_kind:unknown | 1          | 0                       | 0           | 0       | 3          | 1              | 0             | 0               | 1
        2026-01-02    | 2024-03 | author_kind:unknown | 1          | 0                       | 1           | 0       | 4          | 0              | 0             | 1               | 0""",
    "gold.family_lifespans": """
        snapshot_date | root_id | birth_at            | members_by_others | last_member_at      | active_months | lifespan_days | is_censored | silent_90_days | silent_180_days | silent_365_days | observed_days
        2026-01-02    | a/base  | 2024-01-01T00:00:00 | 1                 | 2024-03-01T00:00:00 | 1             | 60            | no          | 150            | 240             | 425             | 732
        2026-01-02    | c/x     | 2024-04-01T00:00:00 | 0                 |                     | 0             | 0             | yes         | 90             |                 |                 | 100""",
    "gold.popularity_trends": """
        snapshot_date | hub_id | model_id | snapshots | peak_downloads_30d | days_since_peak | half_life_days | is_censored | glitch_snapshots | first_metrics_date
        2026-01-02    | h1     | a/base   | 2         | 10                 | 1               |                | yes         | 0        | 2026-01-01
        2026-01-02    | h2     | a/child  | 1         | 5                  | 1               | 1              | no          | 1        | 2026-01-01""",
}

DAMAGES = [
    Damage("gold.time_to_derivative", 1, "relation", "finetune", "models with a derivative have a row for every relation and derived_by"),
    Damage("gold.time_to_derivative", 0, "days", "999", "a derivative comes while its model is observed, and later without guesses"),
    Damage("gold.time_to_derivative", 16, "is_censored", "no", "a model is excluded, has a derivative or is censored"),
    Damage("gold.time_to_derivative", 17, "derived_by", "somebody", IN_SET.format("derived_by")),
    Damage("gold.survival_curves", 1, "at_risk", "0", "as many are at risk as have the event or leave"),
    Damage("gold.survival_curves", 5, "survival", "0.9", "survival never rises and falls only with events"),
    Damage("gold.survival_curves", 8, "survival_high", "0.5", "survival is inside its band"),
    Damage("gold.survival_curves", 0, "event", "rumour", IN_SET.format("event")),
    Damage("gold.survival_tests", 0, "expected_events", "4", "as many events are expected in all groups as came"),
    Damage("gold.survival_tests", 2, "p_value", "0.01", "a pair is tested once, whichever stratum comes first"),
    Damage(
        "gold.survival_tests",
        3,
        "p_value_adjusted",
        "0.1",
        "a correction never makes a difference more certain, and an interval contains its difference",
    ),
    Damage("gold.monthly_growth", 1, "month", "2024-01", "months have no gaps"),
    Damage("gold.monthly_growth", 2, "cumulative", "9", "the cumulative number grows by the new models"),
    Damage("gold.monthly_growth", 3, "new_models", "0", "the strata of a kind add up to all models, unknown ones included"),
    Damage(
        "gold.monthly_growth",
        0,
        "removed",
        "",
        "new models of organisations are part of the new models, and removals of all models are counted",
    ),
    Damage("gold.family_lifespans", 0, "silent_90_days", "300", "a family lives within its observation, and longer silences come later"),
    Damage("gold.family_lifespans", 1, "is_censored", "no", "a family that is not censored has been silent for 180 days"),
    Damage("gold.popularity_trends", 0, "is_censored", "no", "downloads halve after their peak, or are censored"),
    Damage("gold.popularity_trends", 1, "glitch_snapshots", "0", "a trend has two snapshots"),
    Damage("gold.time_to_derivative", 18, "model_id", "c/z", "every listed model has a row for any relation by anybody"),
    Damage("gold.survival_curves", 10, "events", "0", "the curves of all models contain every derivative of gold.time_to_derivative"),
    Damage("gold.family_lifespans", 1, "root_id", "c/z", "every root is a listed model"),
]
