"""Jobs that share a pass: one pass for all that are stale, gates and quarantine for each table."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.rules.listings.hub_object import HubObject
from hublake.spark_jobs.engine.discovery import all_jobs, dependencies
from hublake.spark_jobs.engine.shared_passes import SharedPasses
from hublake.spark_jobs.job import Facet, Job
from hublake.spark_jobs.steps.listed_items import ItemPass
from hublake.spark_jobs.steps.model_items import MODEL_ITEMS
from tests.spark_jobs.warehouses import DAY, build_of, listed


def owner_row(item: HubObject) -> dict[str, Any] | None:
    """Owners of listed models: none of a canonical name, and an error for one account."""
    owner, slash, _ = item.values.id.rpartition("/")
    if owner == "bad":
        raise ValueError("no such account")
    row = {"account": owner, "kind": "user", "fetched_at": datetime(2026, 1, 2, tzinfo=UTC)}
    return {**row, "is_gone": False, "is_verified": False, "oddities": []} if slash else None


OWNERS = Job(reads=(LISTINGS, CRAWL_RUNS), writes=ACCOUNTS, transform=Facet(MODEL_ITEMS, ACCOUNTS, owner_row))


def test_one_pass_yields_the_rows_of_all_stale_tables(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[list[str]] = []
    compute = ItemPass.compute

    def recorded(self: ItemPass, facets: Sequence[Facet], frames: Sequence[DataFrame], only: DataFrame | None = None) -> DataFrame:
        passes.append([facet.table.name for facet in facets])
        return compute(self, facets, frames, only)

    monkeypatch.setattr(ItemPass, "compute", recorded)
    module = all_jobs()[ACCOUNTS.full_name].module
    monkeypatch.setitem(all_jobs(), ACCOUNTS.full_name, replace(OWNERS, module=module))
    warehouse = listed(spark, tmp_path, ['{"id": "a/x"}', '{"id": "gpt2"}', '{"id": "bad/y"}', "no JSON"])
    found = {result.table.name: (result.rows, result.quarantined) for result in build_of(warehouse).run([MODELS, ACCOUNTS])}
    assert (found["models"], found["accounts"]) == ((3, 1), (1, 1))
    assert [row["account"] for row in warehouse.read_snapshot(ACCOUNTS, DAY).collect()] == ["a"]
    reasons = warehouse.read(QUARANTINE).select("table_name", "rule").collect()
    assert sorted(map(tuple, reasons)) == [("silver.accounts", "unreadable_item"), ("silver.models", "not_json")]

    monkeypatch.setitem(all_jobs(), ACCOUNTS.full_name, replace(OWNERS, module="hublake.spark_jobs.silver.datasets"))
    statuses = {result.table.name: result.status for result in build_of(warehouse).run([MODELS, ACCOUNTS])}
    assert (statuses["models"], statuses["accounts"]) == ("current", "built")
    assert passes == [["models", "accounts"], ["accounts"]]
    assert warehouse.read(QUARANTINE).count() == 2


def test_the_main_job_of_a_pass_runs_before_those_that_share_it() -> None:
    models = all_jobs()[MODELS.full_name]
    assert dependencies([OWNERS, models]) == {"silver.accounts": ["silver.models"], "silver.models": []}
    assert dependencies([OWNERS]) == {"silver.accounts": []}


@dataclass
class Rows:
    """A frame of a pass, without Spark."""

    facets: list[str]

    def localCheckpoint(self, **_: object) -> "Rows":
        return self


@dataclass
class CountedPass:
    calls: list[list[str]] = field(default_factory=list)

    def compute(self, facets: Sequence[Facet], frames: Sequence[Any], only: Any = None) -> Any:
        self.calls.append([facet.table.name for facet in facets])
        return Rows(self.calls[-1])

    @property
    def per(self) -> str:
        return "hub_id"

    def changed(self, frames: Sequence[Any], before: Any) -> Any:
        raise NotImplementedError

    def select(self, computed: Any, facet: Facet) -> Any:
        assert facet.table.name in computed.facets
        return computed

    __hash__ = object.__hash__


@dataclass
class Cluster:
    workers: frozenset[str] = frozenset({"one", "two"})

    def executors(self) -> frozenset[str]:
        return self.workers


def shared() -> tuple[CountedPass, Facet, Facet, Cluster, SharedPasses]:
    counted, cluster = CountedPass(), Cluster()
    models, accounts = Facet(counted, MODELS, owner_row, is_main=True), Facet(counted, ACCOUNTS, owner_row)
    passes = SharedPasses(cluster, lambda *_: None)  # type: ignore[arg-type]
    passes.plan([replace(OWNERS, writes=facet.table, transform=facet) for facet in (models, accounts)], DAY)
    return counted, models, accounts, cluster, passes


def test_a_pass_runs_again_if_a_worker_that_stores_its_rows_is_lost() -> None:
    counted, models, accounts, cluster, passes = shared()
    passes.rows(models, DAY, [])
    passes.staged(models, DAY)
    cluster.workers = frozenset({"two", "three"})
    passes.rows(accounts, DAY, [])
    assert counted.calls == [["models", "accounts"], ["accounts"]]


def test_the_rows_of_a_pass_are_dropped_with_its_last_table() -> None:
    _, models, accounts, _, passes = shared()
    for facet in (models, accounts):
        passes.rows(facet, DAY, [])
        assert passes.computed
        passes.staged(facet, DAY)
    assert not passes.computed


def test_a_facet_that_was_not_planned_gets_a_pass_of_its_own() -> None:
    counted, models, _, _, passes = shared()
    earlier = DAY.replace(day=1)
    passes.rows(models, earlier, [])
    passes.staged(models, earlier)
    assert counted.calls == [["models"]]
    assert not passes.computed
