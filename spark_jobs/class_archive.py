"""An archive of the JVM's classes, made once at set-up: a session need not find, check and link ten thousand of them anew.

    python -m spark_jobs.class_archive          make it beside the jars (a minute, 200 MB)

A session starts in half the time with it. The JVM itself looks whether the archive fits its version, the jars and their places, and
does without where it does not; so it may be deleted at any time.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyspark import SparkContext
from pyspark.sql import SparkSession

from expectations.gate import Gate
from lake.errors import HublakeError
from lake.settings import Settings, load
from lake.tables import Table
from lake.tables.bronze import CRAWL_RUNS, LISTINGS
from lake.tables.gold import MODEL_IMPACT, MODEL_LINEAGE
from spark_jobs.jars import class_archive
from spark_jobs.runner import Build
from spark_jobs.schema import spark_schema
from spark_jobs.session import local_session
from spark_jobs.storage import Warehouse

DUMP_SECONDS = 180  # after which the JVM, which writes the archive when it ends, is no longer waited for
AT = datetime(2026, 1, 2, tzinfo=UTC)
CRAWL = {"crawl_id": "c", "snapshot_date": AT.date()}
RUN = CRAWL | {"spider": "models", "shard": "0/1", "started_at": AT, "finished_at": AT, "outcome": "finished"}
RUN |= dict.fromkeys(("requests", "items", "refused", "retries", "failures"), 0)
ITEMS = (
    '{"id": "a/flora-tree", "tags": ["en", "license:mit", "dataset:squad"]}',
    '{"id": "b/flora-tree-gguf", "tags": ["base_model:a/flora-tree", "gguf"]}',
    '{"id": "b/flora-tree-4bit", "tags": []}',
)


def make_archive(settings: Settings) -> Path:
    """Build a hub of three models and keep the classes that it took. Raises HublakeError where the JVM wrote none."""
    target = class_archive(settings)
    partial = target.with_suffix(".partial")
    with tempfile.TemporaryDirectory(prefix="hublake-") as folder:
        spark = local_session(settings, Path(folder) / "work", java=f"-XX:ArchiveClassesAtExit={partial} -Xlog:cds*=off")
        _build(spark, f"{folder}/warehouse", settings)
        gateway: Any = SparkContext._gateway
        spark.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(DUMP_SECONDS)
    if not partial.is_file():
        raise HublakeError(f"Java wrote no archive of classes to {partial}")
    return partial.replace(target)


def _build(spark: SparkSession, address: str, settings: Settings) -> None:
    place = CRAWL | {"repo_type": "model", "page": 0, "fetched_at": AT}
    listed = [place | {"position": n, "hub_id": f"h{n}", "repo_id": f"r{n}", "body": body} for n, body in enumerate(ITEMS)]
    warehouse = Warehouse(spark, address)
    tables: tuple[tuple[Table, list[dict[str, Any]]], ...] = ((LISTINGS, listed), (CRAWL_RUNS, [RUN]))
    for table, rows in tables:
        warehouse.publish(spark.createDataFrame(rows, spark_schema(table)), table, {"snapshot_date": AT.date()}, {})
    Build(warehouse, settings, Gate(address)).run([MODEL_IMPACT, MODEL_LINEAGE])


if __name__ == "__main__":
    try:
        make_archive(load())
    except Exception as error:  # Nothing depends on it: a set-up that got so far is whole without.
        print(f"hublake: no archive of classes was made, sessions start slower: {error}", file=sys.stderr)
