"""What do build, check, report and export of a whole hub take: time, CPU, memory of all processes, disk of each table?

Writes bronze of a synthetic hub and runs each command on it in its own process; then DuckDB reads the same bodies and cards into flat
tables, without rules. A stage that has ended is not repeated: start it again with the same --folder. The real Hub has 3,100,000 models.
    python -m benchmarks.whole_hub [--models N] [--seed N] [--folder DIR] [--memory 12g]
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb
import psutil
from deltalake import DeltaTable

from benchmarks.figure import lap, show
from benchmarks.synthetic_bronze import write_bronze
from hublake.lake.paths import Location
from hublake.lake.schema.bronze import CARDS, LISTINGS
from hublake.lake.settings import load

STATE = "whole_hub.json"
COMMANDS = {
    "build": ("build",),
    "check": ("check",),
    "report": ("report",),
    "export": ("export", "--format", "csv", "--out", "{folder}/exports"),
}
SAMPLE_SECONDS = 1.0
SAMPLES_PER_SIZE = 10  # sizes cost more: the kernel walks the pages of a process of 10 GB
LISTED = ("author", "createdAt", "lastModified", "pipeline_tag", "library_name", "downloads", "likes", "tags", "cardData")


@dataclass
class Figures:
    """What one stage took. `peaks` has the largest memory of any one process by program; `peak` is that of all at one time."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_megabytes: float = 0.0
    scratch_megabytes: float = 0.0
    peaks: dict[str, float] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)


class Watch:
    """Samples CPU and memory of a process with all its descendants, and the size of its scratch folder. Shared pages count once.

    CPU after the last sample of a process is not counted, at most a second. A peak of memory may pass between two samples of sizes.
    The kernel's own sum omits the JVM, for which its parent does not wait.
    """

    def __init__(self, pid: int, scratch: Path, figures: Figures) -> None:
        self._process, self._scratch, self._figures = psutil.Process(pid), scratch, figures
        self._cpu: dict[tuple[int, float], float] = {}  # by process id and start
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        samples = 0
        while not self._ended.wait(SAMPLE_SECONDS):
            with suppress(psutil.NoSuchProcess):
                processes = (self._process, *self._process.children(recursive=True))
                self._sample_cpu(processes)
                if samples % SAMPLES_PER_SIZE == 0:
                    self._sample_sizes(processes)
                samples += 1

    def _sample_cpu(self, processes: Sequence[psutil.Process]) -> None:
        for process in processes:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                times = process.cpu_times()
                self._cpu[process.pid, process.create_time()] = times.user + times.system
        self._figures.cpu_seconds = sum(self._cpu.values())

    def _sample_sizes(self, processes: Sequence[psutil.Process]) -> None:
        total, figures = 0.0, self._figures
        for process in processes:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                megabytes, name = process.memory_full_info().pss / 1e6, process.name()
                total += megabytes
                figures.peaks[name] = max(figures.peaks.get(name, 0.0), megabytes)
        figures.peak_megabytes = max(figures.peak_megabytes, total)
        figures.scratch_megabytes = max(figures.scratch_megabytes, megabytes_in(self._scratch))


def megabytes_in(folder: Path) -> float:
    """Size of all files below a folder; files that disappear meanwhile are left out."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(parent) / name).stat().st_size
    return total / 1e6


def measured_command(arguments: list[str], folder: Path, memory: str) -> Figures:
    """Run `hublake ...`; its output goes to the terminal. Raises CalledProcessError where it fails."""
    figures = Figures()
    environment = {**os.environ, "TMPDIR": str(folder / "scratch"), "HUBLAKE_BUILD_DRIVER_MEMORY": memory}
    command = [sys.executable, "-m", "hublake.lake.cli", *arguments]
    with lap() as taken, subprocess.Popen(command, env=environment) as process, Watch(process.pid, folder / "scratch", figures):
        try:
            code = process.wait()
        except BaseException:  # a command of hours must not outlive the benchmark
            process.terminate()
            raise
    if code:
        raise subprocess.CalledProcessError(code, arguments)
    figures.seconds = taken.seconds
    return figures


def measured_here(work: Callable[[], dict[str, int]], folder: Path) -> Figures:
    """Run a function of this process; its result becomes the notes."""
    figures, before = Figures(), time.process_time()
    with lap() as taken, Watch(os.getpid(), folder / "scratch", figures):
        figures.notes = work()
    figures.seconds, figures.cpu_seconds = taken.seconds, time.process_time() - before
    return figures


def read_with_duckdb(warehouse: Path, folder: Path) -> dict[str, int]:
    """The peer: listed fields and cards into two Parquet files, by two threads, without rules and gates."""
    engine = duckdb.connect(config={"threads": 2})
    parsed = ", ".join(f"body->'{name}' AS \"{name}\"" for name in LISTED)
    queries = {
        "items": f"SELECT hub_id, repo_id, {parsed} FROM read_parquet({_files(LISTINGS.path(str(warehouse)))})",  # noqa: S608 - our own
        "cards": f"SELECT hub_id, repo_id, etag, body FROM read_parquet({_files(CARDS.path(str(warehouse)))})",  # noqa: S608 - our own
    }
    rows = {}
    for name, query in queries.items():
        written = engine.execute(f"COPY ({query}) TO '{folder / f'duckdb-{name}.parquet'}' (FORMAT parquet)").fetchone()
        rows[name] = int(written[0]) if written else 0
    return rows


def _files(table: str) -> list[str]:
    return DeltaTable(table).file_uris()


def run_stage(name: str, folder: Path, options: argparse.Namespace) -> Figures:
    """One stage, from the name of a command or `bronze` or `duckdb`."""
    warehouse = folder / "warehouse"
    if name == "bronze":
        return measured_here(lambda: write_bronze(Location(str(warehouse)), options.models, options.seed), folder)
    if name == "duckdb":
        return measured_here(lambda: read_with_duckdb(warehouse, folder), folder)
    arguments = [argument.format(folder=folder) for argument in COMMANDS[name]]
    return measured_command([*arguments, "--warehouse", str(warehouse)], folder, options.memory)


def print_stage(name: str, figures: Figures) -> None:
    """One line per figure of a stage."""
    show(f"{name}, wall", figures.seconds, unit="s")
    show(f"{name}, CPU", figures.cpu_seconds, unit="s")
    largest = ", ".join(f"{program} {megabytes:,.0f}" for program, megabytes in sorted(figures.peaks.items(), key=lambda peak: -peak[1]))
    show(f"{name}, peak memory of all processes", figures.peak_megabytes, unit=f"MB (largest of each program: {largest})")
    show(f"{name}, scratch", figures.scratch_megabytes, unit="MB")
    for what, count in figures.notes.items():
        show(f"{name}, {what}", count, unit="rows")


def print_disk(warehouse: Path) -> None:
    """Megabytes of each table, the largest first."""
    tables = {f"{log.parent.parent.name}.{log.parent.name}": megabytes_in(log.parent) for log in warehouse.glob("*/*/_delta_log")}
    for table, megabytes in sorted(tables.items(), key=lambda sized: -sized[1]):
        show(f"disk, {table}", megabytes, unit="MB")


def main() -> None:
    """Run the stages that have not ended yet, and print the figures of all."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="working folder; a temporary folder, which stays, by default")
    parser.add_argument("--memory", default=load().build.driver_memory, help="memory of Spark's driver")
    options = parser.parse_args()
    folder: Path = options.folder or Path(tempfile.mkdtemp(prefix="hublake-whole-hub-"))
    (folder / "scratch").mkdir(parents=True, exist_ok=True)
    state = folder / STATE
    asked = {"models": options.models, "seed": options.seed}
    known = json.loads(state.read_text("utf-8")) if state.exists() else {"hub": asked, "stages": {}}
    if known["hub"] != asked:
        raise SystemExit(f"{folder} has a hub of {known['hub']}, not of {asked}. Choose another --folder.")
    print(f"working folder: {folder}", flush=True)
    for name in ("bronze", *COMMANDS, "duckdb"):
        if name not in known["stages"]:
            known["stages"][name] = asdict(run_stage(name, folder, options))
            state.write_text(json.dumps(known, indent=2), "utf-8")
        print_stage(name, Figures(**known["stages"][name]))
    print_disk(folder / "warehouse")
    build, peer = known["stages"]["build"], known["stages"]["duckdb"]
    show("build with gates", build["seconds"], peer["seconds"], unit="s", peer_name="DuckDB without rules")


if __name__ == "__main__":
    main()
