"""Full disks, missing permissions, read-only file systems, panics of delta-rs and paths that no engine can handle."""

import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from hublake.lake import cli
from hublake.lake.delta.damage import explain, report_damage
from hublake.lake.delta.tables import append, open_table
from hublake.lake.errors import DamagedTable, UnusableWarehouse, WrongUse
from hublake.lake.paths import Location, require_writable, writable_data_docs, writable_log_folder
from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.settings import load
from tests.serving.small_warehouse import write_warehouse

NOBODY = 65534
AT = datetime(2026, 1, 2, tzinfo=UTC)


class PanicException(BaseException):
    """What PyO3 raises for a panic of Rust: no Exception."""


def listed(rows: int) -> list[dict[str, Any]]:
    item = {"crawl_id": "c", "snapshot_date": date(2026, 1, 2), "repo_type": "model", "page": 0, "fetched_at": AT}
    return [{**item, "position": n, "hub_id": str(n), "body": os.urandom(200).hex()} for n in range(rows)]


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """To write more into a file fails as on a disk whose quota is used up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_crawl_on_a_full_disk_says_so_and_what_was_committed_before_stays(tmp_path: Path) -> None:
    location = Location(str(tmp_path))
    append(location, LISTINGS, listed(3), {})
    with (
        files_of_at_most(40_000),
        pytest.raises(UnusableWarehouse, match=r"bronze\.listings .* a disk is full, .* run the same command again"),
    ):
        append(location, LISTINGS, listed(2000), {})
    found = open_table(location, LISTINGS)
    assert found is not None
    assert found.to_pyarrow_table().num_rows == 3


@pytest.mark.parametrize("kind", ["table", "no table"])
def test_a_panic_becomes_an_error(kind: str) -> None:
    message = "is damaged: Invalid url" if kind == "table" else "delta-rs fails at this address"
    with pytest.raises((DamagedTable, UnusableWarehouse), match=message), report_damage("w", MODELS if kind == "table" else None):
        raise PanicException("Invalid url")


@pytest.mark.parametrize(
    "error",
    [KeyboardInterrupt(), SystemExit(1), KeyError("silver/models"), ValueError("silver/models/_delta_log"), OSError(2, "No such file")],
)
def test_other_errors_pass_through(error: BaseException) -> None:
    assert explain(error, "w") is None


REFUSED = ["a#b", "a$b", "a%b", "a[b]", "a{b}", "a*b", "a?b", "a|b", "a^b", "a\\b", "a<b", "a>b", 'a"b', "a`b", "a\nb", "a\tb", "a\x7fb"]
COMMANDS = ["report", "build", "check", "serve", "export --format csv --out out", "optimise", "crawl models"]


@pytest.mark.parametrize(("command", "name"), [*[("report", name) for name in REFUSED], *[(command, "a[b]") for command in COMMANDS]])
def test_a_path_that_no_engine_can_handle_is_refused_at_once(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([*command.split(), "--warehouse", str(tmp_path / name)])
    error = capsys.readouterr().err
    assert end.value.code == 2
    assert "which Spark or delta-rs cannot handle. Choose another path" in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["blank é 日本", "it's", "a=b,c&d+e@f(g)!;~"])
def test_any_other_path_can_be_read(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warehouse = write_warehouse(tmp_path / name)
    for command in (["report"], ["export", "--format", "csv", "--out", str(tmp_path / "out")]):
        with pytest.raises(SystemExit) as end:
            cli.main([*command, "--warehouse", str(warehouse)])
        assert (end.value.code or 0, capsys.readouterr().err) == (0, "")


def test_a_relative_path_is_refused_for_the_folder_that_it_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "[x]").mkdir()
    monkeypatch.chdir(tmp_path / "[x]")
    with pytest.raises(WrongUse, match=r"contains '\['"):
        load()


@pytest.mark.parametrize("name", ["_logs", "_quality"])
def test_a_file_in_place_of_a_folder_of_the_warehouse_is_worked_around(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / name).write_text("a file", "utf-8")
    place = {"_logs": writable_log_folder, "_quality": writable_data_docs}[name]
    assert tmp_path / "state" in place(str(tmp_path)).parents


@pytest.fixture
def foreign_warehouse() -> Iterator[Path]:
    """A warehouse that the user of `as_nobody` cannot write; pytest closes its own folders to other users."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        warehouse = write_warehouse(Path(folder) / "w")
        folders = [warehouse, *(path for path in warehouse.rglob("*") if path.is_dir())]
        for path in folders:
            path.chmod(0o555)
        yield warehouse
        for path in folders:
            path.chmod(0o755)


def as_nobody(*arguments: object) -> subprocess.CompletedProcess[str]:
    """`hublake ...` as a user without special rights: root can read and write everything."""
    before = []
    if os.getuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root has no setpriv")
        before = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    command = [*before, sys.executable, "-m", "hublake.lake.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


def test_a_read_only_warehouse_is_read_and_a_build_of_it_is_refused(foreign_warehouse: Path, tmp_path: Path) -> None:
    reported = as_nobody("report", "--warehouse", foreign_warehouse)
    assert (reported.returncode, reported.stderr) == (0, "")
    built = as_nobody("build", "--warehouse", foreign_warehouse)
    assert (built.returncode, built.stdout) == (1, "")
    assert built.stderr.startswith(f"hublake: this user cannot write into the warehouse {foreign_warehouse.resolve()}.")


def test_a_file_that_this_user_may_not_read_is_named(foreign_warehouse: Path) -> None:
    (file,) = (foreign_warehouse / "gold" / "model_impact").rglob("*.parquet")
    file.chmod(0)
    reported = as_nobody("report", "--warehouse", foreign_warehouse)
    file.chmod(stat.S_IRUSR)
    assert reported.returncode == 1
    assert reported.stderr.startswith("hublake: gold.model_impact")
    assert "this user does not have the permission" in reported.stderr
    assert reported.stderr.count("\n") == 1


def test_a_folder_that_can_be_written_is_no_obstacle(tmp_path: Path) -> None:
    require_writable(str(tmp_path))
