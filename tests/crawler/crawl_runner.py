"""Runs a crawl in a process of its own, because a reactor starts only once, and reads what it stored."""

import json
import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from typing import Any

from deltalake import DeltaTable

ROOT = Path(__file__).resolve().parents[2]
# Fast: no waiting for a quota, because scripted hubs send no headers.
UNPACED = {"HUBLAKE_CRAWL_API_QUOTA": "0", "HUBLAKE_CRAWL_RESOLVERS_QUOTA": "0", "HUBLAKE_CRAWL_PAGES_QUOTA": "0"}
# Scripted hubs serve cards by /resolve/.
UNPACED |= {"HUBLAKE_CRAWL_DIRECT_CARDS": "never"}
LONGEST_SECONDS = 100


def environment(warehouse: Path, endpoint: str, **more: str) -> dict[str, str]:
    """Return the caller's environment with another home folder, so that no real token is sent."""
    own = {"HF_ENDPOINT": endpoint, "HUBLAKE_WAREHOUSE": str(warehouse), "HF_HOME": str(warehouse / "no-home")}
    return {**os.environ, **UNPACED, **own, **more}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "hublake.lake.cli", "crawl", *arguments]


@cache
def _fork_server() -> "subprocess.Popen[str]":
    """Start the process that forks for each crawl; it ends with this process, whose pipe it reads."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crawler.fork_server"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def crawl(warehouse: Path, endpoint: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `hublake crawl ...` against a hub, with HUBLAKE_* settings in `more`. One at a time: use `command` for concurrent crawls."""
    server = _fork_server()
    assert server.stdin is not None
    assert server.stdout is not None
    with TemporaryDirectory() as name:
        out, err = Path(name, "out"), Path(name, "err")
        out.touch()
        err.touch()
        order = {"arguments": ["crawl", *arguments], "environ": environment(warehouse, endpoint, **more), "out": str(out), "err": str(err)}
        print(json.dumps(order), file=server.stdin, flush=True)
        if not select([server.stdout], [], [], LONGEST_SECONDS)[0]:
            os.killpg(server.pid, signal.SIGKILL)
            _fork_server.cache_clear()
            raise subprocess.TimeoutExpired(command(*arguments), LONGEST_SECONDS, out.read_text(), err.read_text())
        return subprocess.CompletedProcess(command(*arguments), int(server.stdout.readline()), out.read_text(), err.read_text())


def rows(warehouse: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a bronze table; none if it does not exist."""
    path = warehouse / "bronze" / table
    found: list[dict[str, Any]] = DeltaTable(str(path)).to_pyarrow_table().to_pylist() if path.is_dir() else []
    return found
