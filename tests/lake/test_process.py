"""How a command's process ends."""

import subprocess
import sys
import tempfile
from pathlib import Path

import click
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from hublake.lake.process import run_command

ENDS = 10
# Arrow reads ahead through a file system in Python, as that of delta-rs is, and is in the middle of it when the process ends. With the
# interpreter's own end, 9 of 12 such processes aborted or hung.
READS_AHEAD = """
import sys, time
import pyarrow.dataset as ds, pyarrow.fs as fs
from deltalake import DeltaTable
from deltalake.fs import DeltaStorageHandler
from hublake.lake.process import exit_process

class Slow(DeltaStorageHandler):
    def open_input_file(self, path):
        time.sleep(0.02)
        return super().open_input_file(path)

found = DeltaTable(sys.argv[1])
slow = fs.PyFileSystem(Slow.from_table(found._table, None, found._table.get_add_file_sizes()))
dataset = found.to_pyarrow_dataset(filesystem=slow)
fragments = ds.FileSystemDataset(list(dataset.get_fragments()) * 20, dataset.schema, dataset.format, dataset.filesystem)
print(next(iter(fragments.to_batches())).num_rows)
exit_process(0)
"""
AT_THE_END = """
import atexit, sys, threading, time
from hublake.lake.process import exit_process
atexit.register(print, "exit handler")
threading.Thread(target=lambda: (time.sleep(0.2), print("thread"))).start()
print("result", end="")
exit_process(3)
"""


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=120, check=False)


def test_output_threads_and_exit_handlers_come_before_the_end() -> None:
    done = run(AT_THE_END)
    assert (done.returncode, done.stdout, done.stderr) == (3, "resultthread\nexit handler\n", "")


def test_a_defect_is_one_line_even_if_its_details_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(SystemExit) as end:
        run_command(click.Command("planted", callback=fail), [])
    error = capsys.readouterr().err
    assert (end.value.code, error.count("\n")) == (1, 1)
    assert error.startswith("hublake: ZeroDivisionError: planted. This is a defect of Hublake. The details could not be written: ")


def test_a_process_ends_well_while_arrow_still_reads_ahead(tmp_path: Path) -> None:
    write_deltalake(tmp_path / "table", pa.table({"number": list(range(1000))}))
    ends = [run(READS_AHEAD, str(tmp_path / "table")) for _ in range(ENDS)]
    assert [(done.returncode, done.stdout, done.stderr) for done in ends] == [(0, "1000\n", "")] * ENDS
