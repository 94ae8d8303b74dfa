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
