"""Jobs that read a history: they see it as known on the day, after the merge of their build."""

from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from pyspark.sql import SparkSession

from hublake.lake.delta.builds import BuildHistory
from hublake.lake.delta.repair import RepairPlan
from hublake.lake.schema.gold.licenses import LICENSE_EDGES
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.spark_jobs.engine.discovery import all_jobs
from hublake.spark_jobs.engine.fingerprints import Fingerprint
from hublake.spark_jobs.engine.planning import Planner
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.spark_jobs.silver.reference_history import Listing
from tests.spark_jobs.silver.test_model_history import write_bronze
from tests.spark_jobs.warehouses import build_of

OLD, NEW, LATER = date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 9)
CHILD = {"id": "b/child", "createdAt": "2026-03-03T00:00:00.000Z", "tags": ["license:mit", "base_model:finetune:a/parent"]}


def parent(license: str) -> dict[str, object]:
    return {"id": "a/parent", "createdAt": "2026-02-01T00:00:00.000Z", "tags": [f"license:{license}"]}


LISTED: dict[date, Listing] = {OLD: {"h1": parent("cc-by-nc-4.0")}, NEW: {"h1": parent("mit"), "h2": CHILD}}


@pytest.fixture
def warehouse(spark: SparkSession, tmp_path: Path) -> Warehouse:
    return Warehouse(spark, write_bronze(tmp_path, LISTED))


class PublishedDays(BuildHistory):
    """A build log in which only the history is published, for some days."""

    def __init__(self, *days: date) -> None:
        super().__init__()
        self.merged = sorted(days)

    def days(self, table_name: str) -> list[date]:
        return self.merged if table_name == MODEL_HISTORY.full_name else []

    def published(self, table_name: str, day: date) -> dict[str, Any]:
        return {"fingerprint": f"of {day}-"} if day in self.days(table_name) else {}


def fingerprint_of_reader(*merged: date, lost: frozenset[str] = frozenset()) -> Fingerprint:
    """The fingerprint of the snapshot NEW of a table that reads the history, after the merge of some days."""
    job = all_jobs()[LICENSE_EDGES.full_name]
    planner = Planner(cast(Warehouse, None), PublishedDays(*merged), NEW, RepairPlan(lost=lost))
    return planner._fingerprint(job, NEW, dict.fromkeys(job.reads, "same"))


def test_a_history_that_gains_an_earlier_snapshot_makes_its_readers_stale() -> None:
    alone = fingerprint_of_reader()
    assert fingerprint_of_reader(NEW) == alone, "a second build of the same state is current"
    assert fingerprint_of_reader(LATER) == fingerprint_of_reader(NEW, LATER) == alone, "later days do not count"
    assert fingerprint_of_reader(OLD, NEW) != alone
    assert fingerprint_of_reader(OLD, NEW, lost=frozenset([MODEL_HISTORY.full_name])) != fingerprint_of_reader(OLD, NEW)


def test_a_reader_sees_the_changes_that_its_own_build_merges(warehouse: Warehouse) -> None:
    for day, table in ((OLD, MODEL_HISTORY), (NEW, LICENSE_EDGES)):
        build_of(warehouse, as_of=str(day)).run([table])
    (edge,) = warehouse.read(LICENSE_EDGES).collect()
    assert (edge.parent_licenses, edge.is_parent_license_current, edge.verdict) == (["cc-by-nc-4.0"], False, "conflict")
