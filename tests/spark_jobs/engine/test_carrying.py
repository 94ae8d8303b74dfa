"""A build that carries rows over from the last snapshot publishes the same tables as one that computes every row."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from benchmarks.daily_build import differing_tables
from benchmarks.synthetic_bronze import write_bronze
from benchmarks.synthetic_days import ChangingHub
from hublake.lake.delta.builds import BuildHistory
from hublake.lake.paths import Location
from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.gold.cards import CARD_TERMS
from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.lake.schema.silver.cards import CARD_SECTIONS, MODEL_CARDS, PARSED_SECTIONS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.engine.carrying import FEW_CHANGED, Changed, unite
from hublake.spark_jobs.engine.discovery import all_jobs
from hublake.spark_jobs.engine.fingerprints import Fingerprint, method_of
from hublake.spark_jobs.engine.planning import Planner
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import Job
from tests.spark_jobs.warehouses import build_of

BUILT = (MODEL_CONFIGS, MODEL_LICENSES, CARD_SECTIONS, CARD_TERMS)
MODELS_OF_HUB = 40
FIRST, SECOND, THIRD = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)


def carried_rows(warehouse: Warehouse, copy: Path, day: date, tables: Sequence[Table] = BUILT) -> dict[str, int]:
    """Table -> rows that a build carries over; the build equals a full one of the same warehouse."""
    results = build_of(warehouse, str(day), build__carry_over_min_rows=0).run(tables)
    shutil.copytree(warehouse.address, copy)
    build_of(warehouse, str(day)).run(tables, rebuild=True)
    assert differing_tables(copy, Path(warehouse.address), day) == {}
    checked = {f"rows of {result.table.full_name} checked": result.rows for result in results if result.status == "checked"}
    return checked | {result.table.name: result.carried for result in results if result.status == "built"}


def test_a_build_that_carries_rows_over_equals_a_full_one(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    location, hub = Location(str(tmp_path / "warehouse")), ChangingHub(MODELS_OF_HUB, 3)
    write_bronze(location, MODELS_OF_HUB, 3)
    warehouse = Warehouse(spark, location.address)
    build_of(warehouse).run(BUILT)

    changes = hub.write_day(location, 0.1).date()
    carried = carried_rows(warehouse, tmp_path / "changes", changes)
    carrying = (MODELS, MODEL_CONFIGS, MODEL_LICENSES, MODEL_CARDS, PARSED_SECTIONS, CARD_SECTIONS)
    assert {name for name, rows in carried.items() if rows and "checked" not in name} == {table.name for table in carrying}
    assert 0 < carried["rows of bronze.listings checked"] < MODELS_OF_HUB, "those of the day before were checked then"

    module = all_jobs()[CARD_SECTIONS.full_name].module
    changed_rule = replace(all_jobs()[MODEL_LICENSES.full_name], module=module)
    monkeypatch.setitem(all_jobs(), MODEL_LICENSES.full_name, changed_rule)
    full = hub.write_day(location, 0.1, full=True, skipped=1).date()
    carried = carried_rows(warehouse, tmp_path / "full", full)
    assert not carried[MODEL_LICENSES.name], "a changed rule is applied to every row"
    assert carried[MODELS.name] > 0
    assert changes < full

    carried = carried_rows(warehouse, tmp_path / "as of", changes, [MODEL_CARDS])
    assert carried[MODELS.name] > MODELS_OF_HUB / 2, "that day had all its rows already"


class Published(BuildHistory):
    """A build log with these fingerprints of each published table, by day."""

    def __init__(self, fingerprints: Mapping[str, Mapping[date, Fingerprint]]) -> None:
        super().__init__()
        self.fingerprints = fingerprints

    def days(self, table_name: str) -> list[date]:
        return sorted(self.fingerprints.get(table_name, {}))

    def published(self, table_name: str, day: date) -> dict[str, Any]:
        found = self.fingerprints.get(table_name, {}).get(day)
        return {"fingerprint": str(found)} if found else {}


def base(job: Job, published: Mapping[str, Mapping[date, Fingerprint]], day: date = THIRD, **options: Any) -> date | None:
    return Planner(cast(Warehouse, None), Published(published), day, **options).carry_base(job, day)


def test_rows_of_bronze_are_carried_over_from_the_last_snapshot_of_the_same_method() -> None:
    models = all_jobs()[MODELS.full_name]
    now, other = Fingerprint("rows", "comments", method_of(models)), Fingerprint("rows", "comments", "another rule")
    assert base(models, {}) is None
    assert base(models, {models.name: {FIRST: now, SECOND: now}}) == SECOND
    assert base(models, {models.name: {FIRST: now, THIRD: now}}, SECOND) == FIRST, "later snapshots do not count"
    assert base(models, {models.name: {THIRD: now}}) == THIRD, "a snapshot that is built again has its own rows"
    assert base(models, {models.name: {FIRST: now, SECOND: other}}) is None
    assert base(models, {models.name: {SECOND: Fingerprint.parse("rows-comments")}}) is None, "that of an older release"


def test_other_rows_are_carried_over_only_if_the_job_would_compute_them_from_the_published_inputs() -> None:
    sections = all_jobs()[PARSED_SECTIONS.full_name]
    cards = {SECOND: Fingerprint("of the cards", "comments")}
    of_cards = Planner(cast(Warehouse, None), Published({MODEL_CARDS.full_name: cards}), THIRD)._fingerprint(
        sections, SECOND, {MODEL_CARDS: "of the cards"}
    )
    of_others = replace(of_cards, rows="of other cards")
    assert base(sections, {sections.name: {SECOND: of_cards}, MODEL_CARDS.full_name: cards}) == SECOND
    assert base(sections, {sections.name: {SECOND: of_others}, MODEL_CARDS.full_name: cards}) is None
    assert base(sections, {sections.name: {SECOND: of_cards}}) is None, "the snapshot of the cards was dropped"


def test_a_build_of_all_rows_carries_nothing_over() -> None:
    models = all_jobs()[MODELS.full_name]
    published = {models.name: {SECOND: Fingerprint("rows", "comments", method_of(models))}}
    assert base(models, published, carries=False) is None


def _columns_without(table: Table) -> set[str]:
    return set(table.key) - {"snapshot_date"}


@pytest.mark.parametrize("job", [job for job in all_jobs().values() if job.carries], ids=lambda job: job.name)
def test_what_is_carried_over_depends_on_rows_with_the_same_value_only(job: Job) -> None:
    assert job.carries
    assert job.carries.per in _columns_without(TABLES[job.name]), "quarantine names the value of a row"
    assert not (job.reads_previous or job.reads_earlier or job.takes_day or job.writes.is_history)
    assert not any(table.is_history for table in job.reads)
    assert bool(job.carries.changed) == any(table.layer == "bronze" for table in job.reads)
    assert job.carries.changed or any(job.carries.per in table.by_name for table in job.reads)


def changed(*values: str) -> Changed:
    return Changed(FIRST, "model_id", pa.array(values, pa.string()))


def test_a_value_is_computed_if_it_has_changed_in_any_input() -> None:
    united = unite([changed("a", "b"), changed(), changed("b", "c")], FIRST, "model_id", 10)
    assert united and sorted(united.values.to_pylist()) == ["a", "b", "c"]


def test_all_rows_are_computed_if_too_many_values_have_changed() -> None:
    assert unite([changed("a"), None], FIRST, "model_id", 10) is None
    many = [changed(*map(str, range(first, first + FEW_CHANGED))) for first in (0, FEW_CHANGED)]
    assert unite(many[:1], FIRST, "model_id", 10) and not unite(many, FIRST, "model_id", 10)
