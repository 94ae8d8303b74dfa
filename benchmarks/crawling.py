"""Shared by the benchmarks of the crawler: a synthetic hub in its own process, and crawls and peers as further processes."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import dropwhile
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from deltalake import DeltaTable

from benchmarks.figure import peak_megabytes
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Bucket, Quotas
from hublake.sample_hub.store import Store
from hublake.sample_hub.synthetic.generate import generate_hub

UNLIMITED = Quotas(window_seconds=300, api=10**9, resolvers=10**9, pages=10**9)
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class BucketCounts:
    """Requests of a quota bucket: answered with 200, refused with 429, and granted in each finished window."""

    answered: int
    refused: int
    granted: list[int]

    def share_used(self, quota: int) -> float:
        """Share of the quota that was used in full windows: all except the one of the first request."""
        full = list(dropwhile(lambda granted: granted == 0, self.granted))[1:]
        return sum(full) / (quota * len(full)) if full else 0.0


@dataclass
class ServedHub:
    """A running hub: its address, and the requests that it has received."""

    url: str
    _pipe: "Connection[str, Any]"

    def counts(self, bucket: str) -> BucketCounts:
        self._pipe.send(bucket)
        return BucketCounts(**self._pipe.recv())


def _serve(store_path: Path, quotas: Quotas, response_seconds: float, pipe: "Connection[Any, str]") -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with PracticeHub(Store.open(store_path), quotas=quotas, response_seconds=response_seconds) as hub:
        pipe.send(hub.url)
        while bucket := pipe.recv():
            name: Bucket = "api" if bucket == "api" else "resolvers"
            pipe.send(asdict(BucketCounts(hub.requests.count(name, 200), hub.requests.count(name, 429), hub.limiter.granted(name))))


@contextmanager
def served(store_path: Path, quotas: Quotas = UNLIMITED, response_seconds: float = 0.0) -> Iterator[ServedHub]:
    """Serve the store as a hub during the block."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(store_path, quotas, response_seconds, theirs))
    process.start()
    theirs.close()  # so that the death of the hub is noticed
    try:
        yield ServedHub(ours.recv(), ours)
    finally:
        ours.send("")
        process.join()


@contextmanager
def synthetic_store(models: int) -> Iterator[tuple[Path, Path]]:
    """(a temporary folder, the store of a synthetic hub with that many models)."""
    with TemporaryDirectory(prefix="hublake-bench-") as name:
        store = generate_hub(Path(name) / "hub.sqlite", models, 1)
        store.close()
        yield Path(name), store.path


@contextmanager
def cached_store(models: int, folder: Path | None) -> Iterator[tuple[Path, Path]]:
    """Like `synthetic_store`, but with `folder` the hub is generated there once and kept."""
    if folder is None:
        with synthetic_store(models) as (temporary, store):
            yield temporary, store
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"hub-{models}.sqlite"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        generate_hub(unfinished, models, 1).close()
        unfinished.rename(path)
    yield folder, path


def _environment(url: str, warehouse: Path | None, settings: dict[str, str]) -> dict[str, str]:
    without = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUBLAKE_"))}
    own = {"HF_ENDPOINT": url, "HF_HOME": str(Path("no-home").absolute()), "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    if warehouse is not None:
        own["HUBLAKE_WAREHOUSE"] = str(warehouse)
    return {**without, **own, **settings}


def start(arguments: Sequence[str], url: str, warehouse: Path | None = None, **settings: str) -> "subprocess.Popen[str]":
    """Start a Python process with this hub and warehouse in its environment."""
    command = [sys.executable, *arguments]
    return subprocess.Popen(
        command, env=_environment(url, warehouse, settings), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def start_crawl(what: str, url: str, warehouse: Path, *options: str, **settings: str) -> "subprocess.Popen[str]":
    """Start `hublake crawl WHAT`."""
    return start(["-m", "hublake.lake.cli", "crawl", what, *options], url, warehouse, **settings)


def crawl(what: str, url: str, warehouse: Path, *options: str, **settings: str) -> float:
    """Run `hublake crawl WHAT`, which must succeed; returns its peak memory in MB, sampled ten times a second."""
    process = start_crawl(what, url, warehouse, *options, **settings)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, peak_megabytes(process.pid))
        time.sleep(0.1)
    if process.returncode != 0:
        raise SystemExit(f"crawl {what} failed; see {warehouse}/_logs")
    return peak


def last_run(warehouse: Path) -> dict[str, Any]:
    """The newest row of crawl_runs, with `seconds` from the first request to the last row on disk."""
    runs: list[dict[str, Any]] = DeltaTable(str(warehouse / "bronze" / "crawl_runs")).to_pyarrow_table().to_pylist()
    run = max(runs, key=lambda row: row["started_at"])
    return run | {"seconds": (run["finished_at"] - run["started_at"]).total_seconds()}


def run_for(seconds: float, start_all: Callable[[], list["subprocess.Popen[str]"]]) -> None:
    """Start processes, and interrupt them after so many seconds as an operator does."""
    processes = start_all()
    time.sleep(seconds)
    for process in processes:
        if process.poll() is not None:
            print(f"  ended early: {process.args!r:.100}", flush=True)
        process.send_signal(signal.SIGINT)
    for process in processes:
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def arguments(about: str | None, **defaults: int | float) -> argparse.Namespace:
    """Parse the command line: one option per size, with these defaults."""
    parser = argparse.ArgumentParser(description=about)
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=type(default), default=default, help=f"default: {default}")
    return parser.parse_args()
