"""Crawls that are killed midway, and what bronze must contain nevertheless."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from tests.crawler.crawl_runner import ROOT, command, environment, rows

# Columns that differ between crawls of the same hub.
VOLATILE_COLUMNS = ("crawl_id", "snapshot_date", "fetched_at", "last_at")


def contents(warehouse: Path, table: str) -> Counter[tuple[Any, ...]]:
    """Count the rows of a bronze table, without the ids and times of the crawl."""
    return Counter(tuple(value for name, value in row.items() if name not in VOLATILE_COLUMNS) for row in rows(warehouse, table))


def workers_of(pid: int) -> list[int]:
    """Return the process ids of the workers that a crawl has started, oldest first."""
    children = psutil.Process(pid).children()
    return [child.pid for child in sorted(children, key=lambda c: c.create_time()) if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.Error:  # it has died in the meantime
        return False


def kill_all(pid: int) -> None:
    """Kill the crawl and its workers at the same moment."""
    for one in [pid, *workers_of(pid)]:
        os.kill(one, signal.SIGKILL)


def disturbed(
    warehouse: Path,
    endpoint: str,
    arguments: list[str],
    is_time: Callable[[], bool],
    strike: Callable[[int], None],
    more: Mapping[str, str],
) -> tuple[int, str, bool]:
    """Run a crawl and call `strike` once `is_time`. Returns (exit code, stderr, whether it was still running then)."""
    own = environment(warehouse, endpoint, **more)
    with subprocess.Popen(command(*arguments), env=own, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as crawl:
        while not is_time() and crawl.poll() is None:
            time.sleep(0.002)
        was_running = crawl.poll() is None
        try:
            if was_running:
                strike(crawl.pid)
            _, stderr = crawl.communicate(timeout=60)
        except BaseException:
            crawl.kill()
            raise
    return crawl.returncode, stderr, was_running
