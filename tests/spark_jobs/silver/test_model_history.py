"""silver.model_history equals a comparison of the listings, in whatever order they are merged."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from hublake.lake.delta.tables import append
from hublake.lake.paths import Location
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS, REPO_CHECKS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY, MODEL_METRICS
from hublake.sample_hub.replay import stable_hub_id
from hublake.sample_hub.synthetic.generate import generate_hub
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.engine.warehouse import Warehouse, history_as_of
from hublake.spark_jobs.job import IS_DELETED
from hublake.spark_jobs.silver.model_history import transform
from hublake.spark_jobs.silver.model_metrics import transform as metrics
from tests.drawn import drawn
from tests.rules.listings.both_parsers import parsed_model
from tests.spark_jobs.silver.reference_history import Item, Listing, expected_history, history_tuples, tracked_values
from tests.spark_jobs.warehouses import build_of

FIRST = date(2026, 3, 1)
ROW = ("hub_id", "model_id", "valid_from", "valid_to", "is_current", "is_removed", "changed")


class MergedHistory:
    """A history in memory, into which snapshots are merged as in a build."""

    def __init__(
        self, spark: SparkSession, listings: dict[date, Listing], *, limited: Sequence[date] = (), checks: Sequence[dict[str, Any]] = ()
    ) -> None:
        self.spark, self.days, self.rows = spark, set[date](), list[Any]()
        days = {day: datetime(day.year, day.month, day.day, tzinfo=UTC) for day in listings}
        runs = [
            {"crawl_id": str(day), "snapshot_date": day, "spider": "models", "outcome": "limited" if day in limited else "finished"}
            | {"started_at": at}
            for day, at in days.items()
        ]
        items = [{"crawl_id": str(day), "snapshot_date": day, "hub_id": hub_id} for day, listing in listings.items() for hub_id in listing]
        # An item without tags represents a quarantined one: it is listed, but not in silver.models.
        models = [
            parsed_model(dict(item)) | {"hub_id": hub_id, "snapshot_date": day, "card_data": None}
            for day, listing in listings.items()
            for hub_id, item in listing.items()
            if "tags" in item
        ]
        self.frames = [self._frame(MODELS, models).persist(), self._frame(LISTINGS, items).persist()]
        self.frames += [self._frame(CRAWL_RUNS, runs), self._frame(REPO_CHECKS, list(checks))]

    def _frame(self, table: Any, rows: list[dict[str, Any]]) -> DataFrame:
        return self.spark.createDataFrame([tuple(row.get(name) for name in table.column_names) for row in rows], spark_schema(table))

    def merge(self, *days: date) -> int:
        """Merge snapshots and return the number of changed rows."""
        history = self.spark.createDataFrame(self.rows, spark_schema(MODEL_HISTORY))
        known = self.frames[0].where(F.col("snapshot_date").isin(*self.days, *days))
        others = self.days - set(days)
        changes = transform(known, *self.frames[1:], history=history, days=days, is_last=not others or max(others) < min(days)).collect()
        keys = {(row.hub_id, row.valid_from) for row in changes}
        self.rows = [row for row in self.rows if (row.hub_id, row.valid_from) not in keys]
        self.rows += [Row(**{name: change[name] for name in MODEL_HISTORY.column_names}) for change in changes if not change[IS_DELETED]]
        self.days |= set(days)
        return len(changes)

    def summary(self) -> set[str]:
        """Rows as `hub_id name from to changed`, with days numbered from FIRST."""

        def day(value: date | None) -> str:
            return "-" if value is None else str((value - FIRST).days)

        return {f"{r.hub_id} {r.model_id} {day(r.valid_from)} {day(r.valid_to)} {'+'.join(r.changed)}" for r in self.rows}


def listings_of(text: str) -> dict[date, Listing]:
    """Parse lines `hub_id | name on day 0 | day 1 | ...`: `-` is not listed, `?` is listed but quarantined, `name#tag` has a tag."""
    listings: dict[date, dict[str, Item]] = {}
    for line in text.strip().splitlines():
        hub_id, *names = [cell.strip() for cell in line.split("|")]
        for number, name in enumerate(names):
            listing = listings.setdefault(FIRST + timedelta(days=number), {})
            model_id, _, tag = name.partition("#")
            if name != "-":
                listing[hub_id] = {"id": model_id} if name == "?" else {"id": model_id, "tags": [tag] if tag else []}
    return dict(listings)


NAMES_BY_DAY = """
h1 | a/x      | a/x          | a/x      | a/x
h2 | a/old    | a/new        | a/new    | a/old
h3 | b/x      | -            | -        | b/x#fr
h4 | -        | c/x          | ?        | c/x
h5 | d/x#license:mit | d/x#license:mit | ? | d/x#license:apache-2.0
h6 | -        | -            | e/x      | -
"""
EXPECTED = {
    "h1 a/x 0 - new",
    "h2 a/old 0 1 new",
    "h2 a/new 1 3 model_id",
    "h2 a/old 3 - model_id",
    "h3 b/x 0 1 new",
    "h3 b/x 1 3 removed",
    "h3 b/x 3 - returned+tags",
    "h4 c/x 1 - new",
    "h5 d/x 0 3 new",
    "h5 d/x 3 - licenses",
    "h6 e/x 2 3 new",
    "h6 e/x 3 - removed",
}


@pytest.mark.parametrize("order", [[(0,), (1,), (2, 3)], [(1,), (3,), (0, 2)]], ids=str)
def test_renames_removals_returns_and_gaps_are_recorded_in_any_merge_order(spark: SparkSession, order: list[tuple[int, ...]]) -> None:
    merged = MergedHistory(spark, listings_of(NAMES_BY_DAY))
    for numbers in order:
        merged.merge(*[FIRST + timedelta(days=n) for n in numbers])
    assert merged.summary() == EXPECTED


def test_a_limited_listing_removes_nothing(spark: SparkSession) -> None:
    merged = MergedHistory(spark, listings_of("h1 | a/x | - \n h2 | a/y | a/z"), limited=[FIRST + timedelta(days=1)])
    merged.merge(FIRST)
    merged.merge(FIRST + timedelta(days=1))
    assert merged.summary() == {"h1 a/x 0 - new", "h2 a/y 0 1 new", "h2 a/z 1 - model_id"}


def test_a_model_found_by_a_follow_up_check_is_not_removed(spark: SparkSession) -> None:
    second = FIRST + timedelta(days=1)
    findings = {"h1": "present", "h2": "removed"}
    checks = [{"crawl_id": str(second), "repo_type": "model", "hub_id": hub_id, "finding": finding} for hub_id, finding in findings.items()]
    merged = MergedHistory(spark, listings_of("h1 | a/x | - \n h2 | a/y | - \n h3 | a/z | a/z"), checks=checks)
    merged.merge(FIRST, second)
    assert merged.summary() == {"h1 a/x 0 - new", "h2 a/y 0 1 new", "h2 a/y 1 - removed", "h3 a/z 0 - new"}


def generated_snapshots(folder: Path, days: int) -> tuple[dict[date, Listing], Counter[str]]:
    """Listings of a synthetic hub with random events every day, and the number of events of each type."""
    store = generate_hub(folder / "hub.sqlite", models=100, seed=5)
    rng = random.Random(3)
    gone: list[tuple[str, dict[str, Any]]] = []
    events: Counter[str] = Counter()
    listings: dict[date, Listing] = {}
    items: dict[str, dict[str, Any]] = {hub_id: orjson.loads(store.item(hub_id)) for hub_id in store.hub_ids()}
    store.close()
    items = {hub_id: item for hub_id, item in items.items() if isinstance(item.get("id"), str) and isinstance(item.get("tags"), list)}
    for number in range(days):
        for event in rng.choices(["rename", "license", "gate", "remove", "return", "fall", "base"], k=12) if number else []:
            hub_id = rng.choice(list(items))
            item: Any = dict(items[hub_id])
            if event == "return" and gone:
                hub_id, item = gone.pop(rng.randrange(len(gone)))
            elif event == "remove":
                gone.append((hub_id, items.pop(hub_id)))
            elif event == "rename":
                item["id"] = f"{item['id'][:40]}-{number}-{len(events)}"
            elif event == "gate":
                item["gated"] = not item.get("gated")
            elif event == "fall":
                item["downloads"] = 0
            elif event in ("license", "base"):
                value = "license:mit" if event == "license" else f"base_model:merge:m/{number}"
                item["tags"] = [*[tag for tag in item["tags"] if tag.partition(":")[0] != value.partition(":")[0]], value]
            if event != "remove" and not (event == "return" and hub_id in items):
                items[hub_id] = item
            events[event] += 1
        listings[FIRST + timedelta(days=number)] = dict(items)
    return listings, events


def test_ten_generated_snapshots_give_the_expected_history_in_and_out_of_order(spark: SparkSession, tmp_path: Path) -> None:
    listings, events = generated_snapshots(tmp_path, 10)
    assert min(events.values()) > 5
    expected = expected_history(listings)
    in_order, out_of_order = MergedHistory(spark, listings), MergedHistory(spark, listings)
    day = sorted(listings)
    for days in (day[:4], day[4:9], day[9:]):
        in_order.merge(*days)
    assert history_tuples(in_order.rows) == expected
    for days in ([day[4], day[9], day[1], day[6]], [day[0], day[2], day[3], day[5], day[7], day[8]]):
        out_of_order.merge(*days)
    assert history_tuples(out_of_order.rows) == expected
    assert in_order.merge(day[3]) == 0, "merging a snapshot again changes nothing"


def test_the_history_as_of_a_day_equals_the_one_built_up_to_it(spark: SparkSession, tmp_path: Path) -> None:
    listings, _ = generated_snapshots(tmp_path, 6)
    days = sorted(listings)
    complete = MergedHistory(spark, listings)
    complete.merge(*days)
    history = spark.createDataFrame(complete.rows, spark_schema(MODEL_HISTORY))
    assert history_tuples(history_as_of(history, days[2]).collect()) == expected_history({day: listings[day] for day in days[:3]})


def write_bronze(folder: Path, listings: dict[date, Listing]) -> str:
    """Write these listings to a warehouse as crawls do."""
    address = str(folder)
    for day, listing in listings.items():
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        common = {"crawl_id": f"crawl-{day}", "snapshot_date": day, "fetched_at": at, "repo_type": "model", "page": 0}
        rows = [
            {**common, "position": number, "hub_id": hub_id, "repo_id": item["id"], "body": json.dumps(item)}
            for number, (hub_id, item) in enumerate(listing.items())
        ]
        append(Location(address), LISTINGS, rows, {})
        run = {"spider": "models", "shard": "0/1", "started_at": at, "finished_at": at, "outcome": "finished"}
        counts = dict.fromkeys(("requests", "refused", "retries", "failures"), 0) | {"items": len(rows)}
        append(Location(address), CRAWL_RUNS, [{**common, **run, **counts}], {})
    return address


def with_fewer_unchanged(listings: dict[date, Listing]) -> dict[date, Listing]:
    """All models that changed, lost downloads or were removed, and one in six of the others, to save time."""
    old, new = listings.values()
    differs = {
        h for h in old if h not in new or tracked_values(old[h]) != tracked_values(new[h]) or new[h]["downloads"] < old[h]["downloads"] / 2
    }
    return {day: {h: item for h, item in listing.items() if h in differs or int(h, 16) % 6 == 0} for day, listing in listings.items()}


def test_the_history_of_two_recorded_listings_equals_their_comparison(spark: SparkSession, shared_data: Path, tmp_path: Path) -> None:
    listings: dict[date, Listing] = {}
    for day in (date(2026, 8, 19), date(2026, 8, 21)):
        with gzip.open(shared_data / "hub2026" / f"models-{day}.jsonl.gz", "rt", encoding="utf-8") as lines:
            items = [json.loads(line) for line in lines]
        listings[day] = {stable_hub_id(item): item for item in items}
    listings = with_fewer_unchanged(listings)
    warehouse = Warehouse(spark, write_bronze(tmp_path, listings))
    for day in listings:
        build_of(warehouse, as_of=str(day)).run([MODEL_HISTORY, MODEL_METRICS])
    history = warehouse.read(MODEL_HISTORY).collect()
    assert history_tuples(history) == expected_history(listings)
    old, new = listings.values()
    events = Counter(event for row in history for event in row.changed if row.valid_from == max(listings))
    assert events["new"] == len(new.keys() - old.keys())
    assert events["removed"] == len(old.keys() - new.keys())
    assert events["removed"] > 300
    fallen = [h for h in old.keys() & new.keys() if new[h]["downloads"] == 0 and old[h]["downloads"] >= 100]
    flagged = warehouse.read(MODEL_METRICS).where(F.array_contains("glitches", "fell_to_zero")).collect()
    assert sorted(row.hub_id for row in flagged) == sorted(fallen)


def test_metrics_flag_falling_and_impossible_counts(spark: SparkSession) -> None:
    before = drawn(
        spark,
        MODELS,
        """hub_id | model_id | downloads_30d | downloads_all_time
        h1 | a/grows | 100 | 1000
        h2 | a/falls | 100 | 1000
        h3 | a/still | 100 | 1000
        h4 | a/jumps | 100 | 1000""",
    ).withColumn("days_before", F.lit(7).cast("long"))
    now = drawn(
        spark,
        MODELS,
        """hub_id | model_id | downloads_30d | downloads_all_time
        h1 | a/grows | 120 | 1050
        h2 | a/falls | 100 | 900
        h3 | a/still | 0   | 1000
        h4 | a/jumps | 10  | 1011
        h5 | a/new   | 5   | 4
        h6 | a/null  |     | """,
    )
    found = {row.model_id: (row.has_fallen, row.glitches) for row in metrics(now, before).collect()}
    assert found == {
        "a/grows": (False, []),
        "a/falls": (True, []),
        "a/still": (False, ["fell_to_zero"]),
        "a/jumps": (False, ["grew_too_fast"]),
        "a/new": (False, ["above_all_time"]),
        "a/null": (False, []),
    }
