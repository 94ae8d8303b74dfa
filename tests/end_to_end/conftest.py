"""One synthetic hub, crawled once over HTTP as a user would, for all end-to-end tests."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from pyspark.sql import SparkSession

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.synthetic.generate import generate_hub
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.engine.results import TableResult
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.end_to_end.sql_clients import LISTEN_EVERYWHERE, SECRETS, SqlServer, serving
from tests.spark_jobs.warehouses import build_of


@dataclass(frozen=True)
class Crawled:
    """A warehouse with bronze only, and the truth that the hub was generated from."""

    warehouse: Path
    models: list[dict[str, Any]]
    edges: list[dict[str, Any]]


def hublake(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`hublake ...` in a process of its own."""
    command = [sys.executable, "-m", "hublake.lake.cli", *map(str, arguments)]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=500, check=False)


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Crawled:
    """The first worker that needs it crawls; other workers of the same run wait and read the result."""
    folder = tmp_path_factory.getbasetemp().parent / f"end-to-end-{testrun_uid}"
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            scratch = tmp_path_factory.mktemp("end-to-end")
            _crawl(scratch)
            scratch.rename(folder)
    return Crawled(folder / "warehouse", _rows(folder / "truth" / "models.jsonl.gz"), _rows(folder / "truth" / "edges.jsonl.gz"))


def _crawl(folder: Path) -> None:
    store = generate_hub(folder / "hub.sqlite", models=1000, seed=11, truth_dir=folder / "truth")
    with PracticeHub(store, quotas=Quotas(window_seconds=2, api=1000, resolvers=2000)) as hub:
        for crawl in (("models",), ("cards",), ("datasets",), ("cards", "--of", "datasets")):
            done = hublake("crawl", *crawl, "--endpoint", hub.url, "--warehouse", folder / "warehouse", HF_HOME=str(folder / "no-token"))
            assert done.returncode == 0, done.stderr
    store.close()


@pytest.fixture(scope="session")
def built(spark: SparkSession, crawled: Crawled, tmp_path_factory: pytest.TempPathFactory) -> tuple[PublishedTables, list[TableResult]]:
    folder = tmp_path_factory.mktemp("built") / "warehouse"
    shutil.copytree(crawled.warehouse, folder)
    results = build_of(Warehouse(spark, str(folder))).run()
    return PublishedTables(str(folder), {}), results


@pytest.fixture(scope="session")
def sql_server(built: tuple[PublishedTables, list[TableResult]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlServer]:
    """`hublake serve` on loopback, started in an environment full of secrets."""
    with serving(tmp_path_factory.mktemp("server"), built[0].address, **SECRETS, **LISTEN_EVERYWHERE) as server:
        yield server


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
