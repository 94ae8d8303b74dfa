"""Growth, peak and half-life of downloads over snapshots."""

import math
from datetime import date

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from hublake.lake.schema.silver.timeline import MODEL_METRICS
from hublake.spark_jobs.gold.timeline.popularity_trends import transform
from tests.drawn import drawn

DAY = date(2026, 3, 31)
TODAY = """
    hub_id | model_id | downloads_30d | downloads_all_time | has_fallen | glitches
    h1     | a/fallen | 40            | 1099               | no         |
    h2     | a/rising | 90            | 300                | no         |
    h3     | a/new    | 5             | 5                  | no         |
    h4     | a/odd    | 0             | 500                | no         | fell_to_zero
"""
# One frame for each number of days before.
EARLIER = {
    60: "h1 | a/fallen | 80 | 400 | no | \n h2 | a/rising | 10 | 100 | no | \n h4 | a/odd | 0 | 0 | no | ",
    31: "h1 | a/fallen | 100 | 500 | no | \n h5 | a/gone | 9 | 9 | no | ",
    20: "h1 | a/fallen | 100 | 800 | no | \n h1b | a/x | 1 | 1 | no | ",
    15: "h1 | a/fallen | 999 | 5 | yes | ",
    8: "h1 | a/fallen | 50 | 1049 | no | \n h2 | a/rising | 80 | 250 | no | ",
}
HEADER = "hub_id | model_id | downloads_30d | downloads_all_time | has_fallen | glitches\n"


@pytest.fixture(scope="module")
def trends(spark: SparkSession) -> dict[str, dict[str, object]]:
    parts = [
        drawn(spark, MODEL_METRICS, HEADER + text).withColumn("days_before", F.lit(days).cast("long")) for days, text in EARLIER.items()
    ]
    earlier = parts[0]
    for part in parts[1:]:
        earlier = earlier.unionByName(part)
    found = transform(drawn(spark, MODEL_METRICS, TODAY), earlier, day=DAY)
    return {row.model_id: row.asDict() for row in found.collect()}


def test_only_listed_models_of_two_snapshots_have_a_trend(trends: dict[str, dict[str, object]]) -> None:
    assert set(trends) == {"a/fallen", "a/rising", "a/odd"}


def test_growth_compares_the_nearest_snapshot_and_is_scaled_to_the_days(trends: dict[str, dict[str, object]]) -> None:
    fallen = trends["a/fallen"]
    assert fallen["growth_7d"] == pytest.approx(math.log(1100 / 1050) * 7 / 8)
    assert fallen["growth_30d"] == pytest.approx(math.log(1100 / 501) * 30 / 31)
    assert fallen["downloads_7d"] == round(50 * 7 / 8)
    assert trends["a/rising"]["growth_30d"] is None  # no snapshot of about then


def test_the_half_life_runs_from_the_earliest_peak_to_the_first_half(trends: dict[str, dict[str, object]]) -> None:
    fallen, rising = trends["a/fallen"], trends["a/rising"]
    assert (fallen["peak_downloads_30d"], fallen["days_since_peak"], fallen["half_life_days"]) == (100, 31.0, 23.0)
    assert (fallen["snapshots"], fallen["glitch_snapshots"], fallen["is_censored"]) == (5, 1, False)
    assert (rising["peak_downloads_30d"], rising["days_since_peak"], rising["half_life_days"], rising["is_censored"]) == (
        90,
        0.0,
        None,
        True,
    )
    assert fallen["first_metrics_date"] == date(2026, 1, 30)


def test_implausible_counts_say_nothing(trends: dict[str, dict[str, object]]) -> None:
    odd = trends["a/odd"]
    assert (odd["snapshots"], odd["glitch_snapshots"], odd["growth_7d"], odd["peak_downloads_30d"], odd["is_censored"]) == (
        1,
        1,
        None,
        0,
        False,
    )
