"""Runs a crawl as its own process, since a reactor starts only once, and reads back what it stored."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

PROJECT = Path(__file__).resolve().parents[2]
# Fast: no waiting for a quota where the little hub sends no headers.
UNPACED = {"HUBLAKE_CRAWL_API_QUOTA": "0", "HUBLAKE_CRAWL_RESOLVERS_QUOTA": "0", "HUBLAKE_CRAWL_PAGES_QUOTA": "0"}
# Little hubs answer by /resolve/.
UNPACED |= {"HUBLAKE_CRAWL_DIRECT_CARDS": "never"}


def environment(warehouse: Path, endpoint: str, **more: str) -> dict[str, str]:
    """The caller's environment, with a home of its own, so that nobody's token is sent."""
    own = {"HF_ENDPOINT": endpoint, "HUBLAKE_WAREHOUSE": str(warehouse), "HF_HOME": str(warehouse / "no-home")}
    return {**os.environ, **UNPACED, **own, **more}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "lake.cli", "crawl", *arguments]


def crawl(warehouse: Path, endpoint: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`hublake crawl ...` against that hub; settings as HUBLAKE_* in `more`."""
    return subprocess.run(
        command(*arguments),
        env=environment(warehouse, endpoint, **more),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def rows(warehouse: Path, table: str) -> list[dict[str, Any]]:
    """A bronze table; empty where it is missing."""
    path = warehouse / "bronze" / table
    found: list[dict[str, Any]] = DeltaTable(str(path)).to_pyarrow_table().to_pylist() if path.is_dir() else []
    return found
