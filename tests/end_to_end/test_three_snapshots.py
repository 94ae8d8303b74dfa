"""What only several snapshots show, from listings to gold tables: trends, removals, gains, and a series that gives way to the next."""

import math
from datetime import UTC, date, datetime

import pytest
from pyspark.sql import SparkSession

from hublake.lake.schema import Table
from hublake.lake.schema.gold.impact import CONTRIBUTOR_IMPACT
from hublake.lake.schema.gold.timeline import MONTHLY_GROWTH, POPULARITY_TRENDS, SURVIVAL_CURVES, TIME_TO_DERIVATIVE
from hublake.lake.schema.gold.vendors import SERIES_SUCCESSION
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.timeline import MODEL_HISTORY, MODEL_METRICS
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.spark_jobs.silver.reference_history import Item, Listing
from tests.spark_jobs.silver.test_model_history import write_bronze
from tests.spark_jobs.warehouses import build_of

FIRST, WEEK_BEFORE, LAST = date(2026, 3, 1), date(2026, 3, 24), date(2026, 3, 31)
LAST_TABLES = (POPULARITY_TRENDS, MONTHLY_GROWTH, SURVIVAL_CURVES, CONTRIBUTOR_IMPACT, SERIES_SUCCESSION)
BUILT: dict[date, tuple[Table, ...]] = {
    FIRST: (MODEL_HISTORY, MODEL_METRICS),
    WEEK_BEFORE: (MODEL_HISTORY, MODEL_METRICS, LINEAGE_EDGES),
    LAST: LAST_TABLES,
}
# model | created | parent | downloads_30d, downloads_all_time and likes on each day; - where it is not listed
MODELS = """
    a/base      | 2026-02-01 |           | 100 500 5 | 40 530 6 | 30 555 9
    b/gone      | 2026-02-10 | a/base    | 1 1 0     | 1 1 0    | -
    c/tune      | 2026-03-10 | a/base    | -         | 1 1 0    | 1 1 0
    v/Foo-1-7B  | 2025-06-01 |           | 9 9 0     | 9 9 0    | 9 9 0
    v/Foo-2-7B  | 2025-11-01 |           | 9 9 0     | 9 9 0    | 9 9 0
    x/foo1-tune | 2025-12-01 | v/Foo-1-7B | 1 1 0    | 1 1 0    | 1 1 0
    y/foo2-tune | 2025-12-02 | v/Foo-2-7B | 1 1 0    | 1 1 0    | 1 1 0
    z/foo2-tune | 2025-12-03 | v/Foo-2-7B | 1 1 0    | 1 1 0    | 1 1 0
"""


def listings() -> dict[date, Listing]:
    found: dict[date, dict[str, Item]] = {day: {} for day in BUILT}
    for number, line in enumerate(MODELS.strip().splitlines()):
        model_id, created, parent, *days = (cell.strip() for cell in line.split("|"))
        seconds = int(datetime.fromisoformat(created).replace(tzinfo=UTC).timestamp())
        tags = [f"base_model:finetune:{parent}"] if parent else []
        for day, counts in zip(BUILT, days, strict=True):
            if counts != "-":
                names = ("downloads", "downloadsAllTime", "likes")
                item = {"id": model_id, "createdAt": f"{created}T00:00:00.000Z", "tags": tags}
                found[day][f"{seconds:08x}{number:016x}"] = item | dict(zip(names, map(int, counts.split()), strict=True))
    return dict(found)


@pytest.fixture(scope="module")
def lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> PublishedTables:
    """The tables of the last of three snapshots, built one after the other."""
    address = write_bronze(tmp_path_factory.mktemp("three") / "warehouse", listings())
    for day, tables in BUILT.items():
        build_of(Warehouse(spark, address), as_of=str(day)).run(tables)
    return PublishedTables(address, {})


def test_downloads_grow_between_snapshots_and_halve_after_their_peak(lake: PublishedTables) -> None:
    columns = "snapshots, growth_7d, growth_30d, downloads_7d, peak_downloads_30d, days_since_peak, half_life_days, is_censored"
    (base,) = lake.rows(f"SELECT {columns} FROM {POPULARITY_TRENDS.full_name} WHERE model_id = 'a/base'")
    assert base[1:3] == (pytest.approx(math.log(556 / 531)), pytest.approx(math.log(556 / 501)))
    assert (base[0], *base[3:]) == (3, 25, 100, 30, 23, False)


def test_a_removed_model_is_counted_in_its_month_and_ends_its_observation(lake: PublishedTables) -> None:
    removed = lake.rows(f"SELECT month, removed FROM {MONTHLY_GROWTH.full_name} WHERE stratum = 'all' AND removed > 0")
    assert removed == [("2026-03", 1)]
    ended = lake.rows(f"SELECT observed_days FROM {TIME_TO_DERIVATIVE.full_name} WHERE model_id = 'b/gone' AND censored_by = 'removal'")
    assert ended == [(49,)]
    events = f"SELECT day, events FROM {SURVIVAL_CURVES.full_name} WHERE event = 'removal' AND stratum = 'all' AND events > 0"
    assert lake.rows(events) == [(49, 1)]


def test_gains_of_an_author_are_those_since_the_previous_snapshot(lake: PublishedTables) -> None:
    columns = "compared_days, likes_gained, downloads_gained, dependants, dependants_gained"
    assert lake.rows(f"SELECT {columns} FROM {CONTRIBUTOR_IMPACT.full_name} WHERE author = 'a'") == [(7, 3, -10, 1, -1)]


def test_derivatives_move_from_a_series_to_the_next(lake: PublishedTables) -> None:
    columns = "series, next_series, days_between, derivatives_after, derivatives_of_next, moved_share"
    found = lake.rows(f"SELECT {columns} FROM {SERIES_SUCCESSION.full_name} WHERE vendor = 'v'")
    assert found == [("foo-1", "foo-2", 153, 1, 2, pytest.approx(2 / 3))]
