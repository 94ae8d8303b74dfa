"""Commands of readers end with their own exit code and last words, however often they run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving.small_warehouse import write_warehouse

ENDS = 10


@pytest.mark.parametrize(
    "arguments", [("report",), ("export", "models", "--format", "csv", "--out", "results")], ids=lambda words: words[0]
)
def test_a_reader_ends_with_0_and_without_a_complaint(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse")
    command = [sys.executable, "-m", "hublake.lake.cli", *arguments, "--warehouse", str(warehouse)]
    ends = [subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False) for _ in range(ENDS)]
    assert [(done.returncode, done.stderr) for done in ends] == [(0, "")] * ENDS
    assert len({done.stdout.replace("  (replaced the earlier file)", "") for done in ends}) == 1


@pytest.mark.parametrize("arguments", [("models",), ("models", "--format", "parquet"), ("sql", "FROM range(100000)", "--format", "json")])
def test_a_full_disk_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "hublake.lake.cli", *arguments, "--warehouse", str(write_warehouse(tmp_path / "warehouse"))]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stderr == "hublake: the output cannot be written: No space left on device. Free space, or write elsewhere\n"


@pytest.mark.parametrize("arguments", [("models", "--format", "parquet"), ("sql", "FROM range(100000)", "--format", "json")])
def test_a_pipe_that_is_closed_early_ends_a_reader_silently(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "hublake.lake.cli", *arguments, "--warehouse", str(write_warehouse(tmp_path / "warehouse"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait(timeout=120)) == (b"", 1)
