"""hublake optimise: fewer files, the same rows, and readers who follow."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from hublake.lake.commands import WEEK_HOURS, optimise
from hublake.lake.delta.builds import Journal, Plan
from hublake.lake.delta.maintenance import cared
from hublake.lake.delta.records import append, opened
from hublake.lake.delta.tables import arrow_schema
from hublake.lake.errors import HublakeError
from hublake.lake.schema.bronze import CRAWL_RUNS
from hublake.lake.schema.gold.lineage import NETWORK_METRICS
from hublake.serving.reader import PublishedTables

DAY = date(2026, 1, 2)


def filled(folder: Path) -> str:
    """A warehouse with a table of three small files, published at its last version."""
    for number in range(3):
        row = {"snapshot_date": DAY, "metric": f"m{number}", "value": float(number)}
        version = append(str(folder), {}, NETWORK_METRICS, [row], f"write {number}")
    plan = Plan(NETWORK_METRICS.full_name, str(DAY), (), (), {"rows": 3, "fingerprint": "f"})
    Journal(str(folder), {}).note("run", "published", [(plan, version)])
    return str(folder)


def test_files_become_one_and_readers_follow_to_the_same_rows(tmp_path: Path) -> None:
    address = filled(tmp_path)
    before = PublishedTables(address, {}).rows("SELECT * FROM gold.network_metrics ORDER BY metric")
    (done,) = cared(address, {}, [NETWORK_METRICS], WEEK_HOURS)
    assert (done.rows, done.files, done.compacted) == (3, 1, 3)
    journal = Journal(address, {})
    assert journal.versions()[NETWORK_METRICS.full_name] == done.version == 4
    assert journal.published(NETWORK_METRICS.full_name, DAY)["fingerprint"] == "f", "the next build finds the table current"
    assert PublishedTables(address, {}).rows("SELECT * FROM gold.network_metrics ORDER BY metric") == before


def test_an_interrupted_build_is_finished_before_its_tables_are_touched(tmp_path: Path) -> None:
    address = filled(tmp_path)
    Journal(address, {}).note("killed", "staged", [(Plan("gold.network_metrics", str(DAY), (), (), {}), None)])
    with pytest.raises(HublakeError, match=r"interrupted build waits.*hublake build"):
        list(cared(address, {}, [NETWORK_METRICS], WEEK_HOURS))


def test_a_line_of_figures_is_shown_for_each_table(tmp_path: Path) -> None:
    shown = CliRunner().invoke(optimise, ["--warehouse", filled(tmp_path)]).output
    assert any(line.split()[:4] == ["gold.network_metrics", "4", "3", "1"] for line in shown.splitlines()), shown


def test_a_table_made_without_spark_carries_its_comments(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    append(str(tmp_path), {}, CRAWL_RUNS, [{"crawl_id": "c", "snapshot_date": DAY, "started_at": moment}], "x")
    table = opened(CRAWL_RUNS.path(str(tmp_path)), {})
    assert table is not None
    told = {field.name: field.metadata["comment"] for field in table.schema().fields}
    assert told == {column.name: column.comment for column in CRAWL_RUNS}
    assert arrow_schema(CRAWL_RUNS).names == list(CRAWL_RUNS.column_names)
