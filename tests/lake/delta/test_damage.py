"""Every kind of damage: one sentence that says what, where and what to do, exit code 1, and a repair."""

import shlex
import shutil
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from deltalake import DeltaTable

from hublake.crawler.checkpoint import crawl_runs
from hublake.lake import cli
from hublake.lake.delta import repair as repair_module
from hublake.lake.delta.builds import BuildLog, PublishPlan
from hublake.lake.delta.repair import COMPUTED, PUBLISHED, Repair, inspect_tables, require_sound, stored_days
from hublake.lake.delta.tables import append, open_table, our_commit
from hublake.lake.errors import DamagedTable, UnusableWarehouse
from hublake.lake.paths import Location
from hublake.lake.schema import TABLES, Table, find_table
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.operations import QUALITY_RESULTS
from hublake.lake.settings import Settings
from hublake.serving.reader import PublishedTables
from tests.lake.delta.damage_cases import CASES, IMPACT, Case, commit, data_file, garbage, truncate
from tests.serving.small_warehouse import DRAWN, write_warehouse

DAY, NOW = date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)
LISTED = 40  # rows of each of two files of bronze.listings


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of bronze and published tables; the version of gold.model_impact that is published has a predecessor."""
    folder = write_warehouse(tmp_path_factory.mktemp("sound") / "w")
    location = Location(str(folder))
    impact = open_table(location, find_table(IMPACT))
    assert impact is not None
    impact.update({"impact_score": "impact_score"})
    for page in range(2):
        append(location, LISTINGS, [_item(page, position) for position in range(LISTED)], {})
    append(location, CRAWL_RUNS, [{"crawl_id": "c", "snapshot_date": DAY, "spider": "models", "started_at": NOW}], {})
    append(location, QUALITY_RESULTS, [{"snapshot_date": DAY, "table_name": "silver.models", "expectation": "e", "checked_at": NOW}], {})
    versions = {name: int(name == IMPACT) for name in DRAWN}
    steps = [(PublishPlan(name, str(DAY), (), (), {"rows": 1, "fingerprint": "f"}), version) for name, version in versions.items()]
    BuildLog(location).record("run", "published", steps)
    return folder


def _item(page: int, position: int) -> dict[str, Any]:
    key = {"crawl_id": "c", "snapshot_date": DAY, "repo_type": "model", "page": page, "position": position}
    return {**key, "hub_id": f"{page}/{position}", "fetched_at": NOW, "body": f'{{"id": "a/{page * 1000 + position}"}}'}


@pytest.fixture
def warehouse(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "w"))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """`hublake ...` in this process: exit code and what it prints as an error."""
    with pytest.raises(SystemExit) as end:
        cli.main([str(argument) for argument in arguments])
    return int(end.value.code or 0), capsys.readouterr().err


def commands(warehouse: Path) -> dict[str, list[object]]:
    where = ["--warehouse", warehouse]
    return {
        "report": ["report", *where],
        "export": ["export", "--format", "csv", "--out", warehouse.parent / "out", *where],
        "build": ["build", *where],
    }


def rows(warehouse: Path) -> dict[str, list[Any]]:
    published = PublishedTables(str(warehouse), {})
    return {name: published.rows(f"SELECT * FROM {name} ORDER BY ALL") for name in DRAWN}


def rows_of_others(warehouse: Path) -> list[Any]:
    """gold.model_impact as another engine reads it."""
    return sorted((tuple(row.values()) for row in DeltaTable(warehouse / "gold" / "model_impact").to_pyarrow_table().to_pylist()), key=repr)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_damage_is_reported_in_one_sentence_by_every_command_that_meets_it(
    warehouse: Path, case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    case.damage(warehouse.joinpath(*case.table.split(".")))
    for name, arguments in commands(warehouse).items():
        if name == "build" and "build" not in case.sees:
            require_sound(Location(str(warehouse)), TABLES.values())  # a build would go on
            continue
        code, error = run(capsys, *arguments)
        if name not in case.sees:
            assert (code, error) == (0, ""), name
            continue
        assert code == 1, name
        assert error.count("\n") == 1, f"{name} prints more than a line: {error}"
        assert error.startswith(f"hublake: {case.table} "), error
        assert f"hublake build --repair {case.table} --warehouse {shlex.quote(str(warehouse))}" in error, error


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_repair_undoes_removes_or_plans_to_rebuild_what_is_damaged(sound: Path, warehouse: Path, case: Case) -> None:
    table, location, notices = find_table(case.table), Location(str(warehouse)), list[str]()
    case.damage(warehouse.joinpath(*case.table.split(".")))
    chosen = [table] if case.repair in ("keep", "lose") or ("build" not in case.sees and case.repair == "rebuild") else []
    plan = Repair(location, chosen, list(TABLES.values()), notices.append).prepare()
    assert len(notices) == bool(case.repair), notices
    match case.repair:
        case "rebuild":
            silver = {name for name in DRAWN if name.startswith("silver.") and name != case.table}
            assert plan.lost == {case.table}
            assert plan.rebuild == {name: [DAY] for name in (silver if case.table == "silver.quarantine" else {case.table})}
            assert open_table(location, table) is None, "the table makes room for a new one"
        case "all":
            assert plan.lost == {table.full_name for table in PUBLISHED}
            assert plan.rebuild["gold.model_impact"] == [DAY]
        case "undo":
            assert not plan.lost
            assert rows_of_others(warehouse) == rows_of_others(sound)
            assert inspect_tables(location, [table])[0].foreign == ()
        case "keep":
            assert f"lost are {LISTED} rows in 1 file(s)" in notices[0]
            assert "hublake crawl models --full" in notices[0]
            left = open_table(location, table)
            assert left is not None
            assert left.to_pyarrow_table().num_rows == LISTED
        case "lose":
            assert "lost are all its rows" in notices[0]
            assert open_table(location, table) is None
    if case.repair in ("undo", "keep", "lose", "restart", ""):
        require_sound(location, TABLES.values())
        assert rows(warehouse) == rows(sound)


def test_a_repair_deletes_nothing(warehouse: Path) -> None:
    folder = warehouse / "gold" / "model_impact"
    files = sorted(path.name for path in folder.rglob("*") if path.is_file())
    Repair(Location(str(warehouse)), [find_table(IMPACT)], [], lambda _: None).prepare()
    (moved,) = (warehouse / "_damaged").glob("*/gold/model_impact")
    assert sorted(path.name for path in moved.rglob("*") if path.is_file()) == files


@pytest.mark.parametrize("moved", [1, 2, len(PUBLISHED) + 1])
def test_a_repair_of_the_build_log_that_is_killed_can_be_run_again(warehouse: Path, monkeypatch: pytest.MonkeyPatch, moved: int) -> None:
    location = Location(str(warehouse))
    before = {table: days for table in COMPUTED if (days := stored_days(location, table))}
    garbage(commit(warehouse / "gold" / "builds"))
    moves, move = iter(range(moved)), Repair._move_table

    def killed(repair: Repair, table: Table) -> None:
        if next(moves, None) is None:
            raise KeyboardInterrupt
        move(repair, table)

    with monkeypatch.context() as patched, suppress(KeyboardInterrupt):
        patched.setattr(Repair, "_move_table", killed)
        Repair(location, [], list(TABLES.values()), lambda _: None).prepare()
    with pytest.raises(DamagedTable, match="hublake build --repair"):
        require_sound(location, TABLES.values())
    plan = Repair(location, [], list(TABLES.values()), lambda _: None).prepare()
    assert plan.lost >= {table.full_name for table in before}
    assert {table: plan.rebuild[table.full_name] for table in before} == before


def test_a_repair_undoes_what_the_build_that_it_withdraws_has_committed(sound: Path, warehouse: Path) -> None:
    location, impact = Location(str(warehouse)), find_table(IMPACT)
    found = open_table(location, impact)
    assert found is not None
    found.delete(commit_properties=our_commit("interrupted"))
    plans = [PublishPlan(name, str(DAY), (), (), {}) for name in (IMPACT, "silver.models")]
    BuildLog(location).record("interrupted", "staged", [(plan, None) for plan in plans])
    Repair(location, [find_table("silver.models")], [], lambda _: None).prepare()
    assert BuildLog(location).history().unfinished == {}
    assert rows_of_others(warehouse) == rows_of_others(sound)
    assert inspect_tables(location, [impact])[0].is_sound


@pytest.mark.parametrize("name", ["gold.builds", "gold.quality_results", IMPACT])
def test_a_repair_of_a_sound_table_says_that_it_was_named(warehouse: Path, name: str) -> None:
    notices: list[str] = []
    Repair(Location(str(warehouse)), [find_table(name)], [], notices.append).prepare()
    assert [notice.partition(". ")[0] for notice in notices] == [f"{name} was named"]


def test_a_damaged_table_that_was_never_published_makes_room_for_a_new_one(warehouse: Path) -> None:
    location, table = Location(str(warehouse)), next(table for table in COMPUTED if table.full_name not in DRAWN)
    append(location, table, [], {})
    garbage(commit(warehouse / table.layer / table.name))
    plan = Repair(location, [], [table], lambda _: None).prepare()
    assert (plan.rebuild, plan.lost) == ({}, frozenset())
    require_sound(location, [table])


@pytest.mark.parametrize(
    ("problem", "is_damage"),
    [
        (PermissionError(13, "Permission denied"), False),
        (OSError("Generic S3 error: Error performing GET https://s3/x in 180s, after 10 retries: request or response body error"), False),
        (OSError("Couldn't deserialize thrift: don't know what type: \x0f"), True),
    ],
)
def test_a_file_of_bronze_that_cannot_be_reached_is_not_moved_away(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch, problem: OSError, is_damage: bool
) -> None:
    def fail(_: object) -> None:
        raise problem

    monkeypatch.setattr(repair_module, "pq", SimpleNamespace(ParquetFile=fail))
    with nullcontext() if is_damage else pytest.raises((UnusableWarehouse, OSError)):
        Repair(Location(str(warehouse)), [LISTINGS], [], lambda _: None).prepare()
    assert (warehouse / "_damaged").exists() == is_damage


def test_the_error_of_several_damaged_tables_names_each_and_one_command(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("model_impact", "model_lineage"):
        shutil.rmtree(warehouse / "gold" / name)
    code, error = run(capsys, "build", "--warehouse", warehouse)
    assert (code, error.count("\n")) == (1, 1)
    assert (
        f". gold.model_lineage is damaged: it is missing from {warehouse}/gold/model_lineage. Repair all: hublake build --repair --w"
        in error
    )


def test_an_export_to_a_database_names_the_damaged_table_and_leaves_no_file(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truncate(data_file(warehouse / "gold" / "model_lineage"))
    code, error = run(capsys, "export", "--format", "duckdb", "--out", warehouse.parent / "out", "--warehouse", warehouse)
    assert (code, error.count("\n")) == (1, 1)
    assert error.startswith("hublake: gold.model_lineage is damaged: ")
    assert list((warehouse.parent / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--repair", "--as-of", "2026-01-02"], 2, "--repair rebuilds every snapshot of a damaged table: leave out --as-of"),
        (["--repair", "nothing"], 2, "no table is called 'nothing'"),
        (["--repair", "bronze.listings"], 0, "bronze.listings: every file can be read, nothing is lost"),
    ],
)
def test_a_repair_says_what_it_cannot_do_or_need_not(
    warehouse: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, sentence: str
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["build", *arguments, "--warehouse", str(warehouse)])
    shown = capsys.readouterr()
    assert (end.value.code or 0) == code
    assert sentence in shown.out + shown.err
    assert (shown.out + shown.err).count("\n") == 1


def test_a_repair_of_all_tables_leaves_bronze_as_it_is_and_names_it(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truncate(data_file(warehouse / "bronze" / "crawl_runs"))
    code, error = run(capsys, "build", "--repair", "--warehouse", warehouse)
    assert code == 1
    assert error.startswith("hublake: bronze.crawl_runs is damaged: ")
    assert "hublake build --repair bronze.crawl_runs" in error
    assert not (warehouse / "_damaged").exists()


@pytest.mark.parametrize("damage", [truncate, garbage, Path.unlink])
def test_a_crawl_names_the_damaged_table_that_it_reads(warehouse: Path, damage: Callable[[Path], object]) -> None:
    damage(data_file(warehouse / "bronze" / "crawl_runs"))
    with pytest.raises(DamagedTable, match=r"^bronze\.crawl_runs is damaged: .* hublake build --repair bronze\.crawl_runs"):
        crawl_runs(Settings(warehouse=str(warehouse)), "models")
