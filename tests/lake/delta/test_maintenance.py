"""hublake optimise: fewer files, the same rows, and readers that follow to the compacted version."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from hublake.lake.commands import WEEK_HOURS, optimise
from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.delta.builds import BuildLog, PublishPlan
from hublake.lake.delta.maintenance import optimise_tables
from hublake.lake.delta.tables import append, open_table, rows_identity, rows_version
from hublake.lake.errors import HublakeError
from hublake.lake.paths import Location
from hublake.lake.schema.bronze import CRAWL_RUNS
from hublake.lake.schema.gold.lineage import NETWORK_METRICS
from hublake.serving.reader import PublishedTables

DAY = date(2026, 1, 2)


@pytest.fixture
def warehouse(tmp_path: Path) -> Location:
    """A warehouse with a table of three small files, published at its last version."""
    location = Location(str(tmp_path))
    for number in range(3):
        append(location, NETWORK_METRICS, [{"snapshot_date": DAY, "metric": f"m{number}", "value": float(number)}], {})
    plan = PublishPlan(NETWORK_METRICS.full_name, str(DAY), (), (), {"rows": 3, "fingerprint": "f"})
    BuildLog(location).record("run", "published", [(plan, 3)])
    return location


def test_files_become_one_and_readers_follow_to_the_same_rows(warehouse: Location) -> None:
    query = "SELECT * FROM gold.network_metrics ORDER BY metric"
    before = PublishedTables(warehouse.address, {}).rows(query)
    (done,) = optimise_tables(warehouse, [NETWORK_METRICS], WEEK_HOURS)
    assert (done.rows, done.files, done.compacted) == (3, 1, 3)
    history = BuildLog(warehouse).history()
    assert history.versions[NETWORK_METRICS.full_name] == done.version == 4
    assert history.published(NETWORK_METRICS.full_name, DAY)["fingerprint"] == "f", "the next build finds the table current"
    assert PublishedTables(warehouse.address, {}).rows(query) == before


def test_maintenance_leaves_the_version_of_the_rows_as_it_was(warehouse: Location) -> None:
    list(optimise_tables(warehouse, [NETWORK_METRICS], WEEK_HOURS))
    table = open_table(warehouse, NETWORK_METRICS)
    assert table is not None
    assert (table.version(), rows_version(table)) == (4, 3)
    append(warehouse, NETWORK_METRICS, [{"snapshot_date": DAY, "metric": "m4", "value": 4.0}], {})
    table.update_incremental()
    assert rows_version(table) == 5


def test_a_new_table_in_place_of_a_lost_one_has_other_rows_even_at_the_same_version(warehouse: Location) -> None:
    found = []
    for _ in range(2):
        shutil.rmtree(NETWORK_METRICS.path(warehouse.address))
        append(warehouse, NETWORK_METRICS, [{"snapshot_date": DAY, "metric": "m", "value": 1.0}], {})
        table = open_table(warehouse, NETWORK_METRICS)
        assert table is not None
        found.append((rows_version(table), rows_identity(table)))
    assert found[0][0] == found[1][0]
    assert found[0][1] != found[1][1]


def test_an_interrupted_build_is_finished_before_its_tables_are_touched(warehouse: Location) -> None:
    BuildLog(warehouse).record("killed", "staged", [(PublishPlan("gold.network_metrics", str(DAY), (), (), {}), None)])
    with pytest.raises(HublakeError, match=r"interrupted build waits.*hublake build"):
        list(optimise_tables(warehouse, [NETWORK_METRICS], WEEK_HOURS))


def test_a_line_of_figures_is_shown_for_each_table(warehouse: Location) -> None:
    shown = CliRunner().invoke(optimise, ["--warehouse", warehouse.address]).output
    assert any(line.split()[:4] == ["gold.network_metrics", "4", "3", "1"] for line in shown.splitlines()), shown


def test_a_table_created_without_spark_has_its_comments(tmp_path: Path) -> None:
    location = Location(str(tmp_path))
    append(location, CRAWL_RUNS, [{"crawl_id": "c", "snapshot_date": DAY, "started_at": datetime(2026, 1, 2, tzinfo=UTC)}], {})
    table = open_table(location, CRAWL_RUNS)
    assert table is not None
    comments = {field.name: field.metadata["comment"] for field in table.schema().fields}
    assert comments == {column.name: column.comment for column in CRAWL_RUNS}
    assert arrow_schema(CRAWL_RUNS).names == list(CRAWL_RUNS.column_names)
