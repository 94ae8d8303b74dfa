"""Small real warehouses for tests."""

from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession

from hublake.expectations.gate import Gate
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.settings import load
from hublake.spark_jobs.engine.build import Build
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.drawn import drawn

DAY = date(2026, 1, 2)
RUNS = """crawl_id | snapshot_date | spider | shard | outcome  | started_at          | finished_at         | requests | items | refused | retries | failures
          c1       | 2026-01-02    | models | 0/1   | finished | 2026-01-02T00:00:00 | 2026-01-02T00:09:00 | 1        | 1     | 0       | 0       | 0"""


def listed(spark: SparkSession, folder: Path, bodies: list[str]) -> Warehouse:
    """A warehouse with one finished listing of these items, which have the hub_ids h0, h1 ..."""
    warehouse = Warehouse(spark, str(folder))
    rows = [f"c1 | 2026-01-02 | model | 0 | {n} | h{n} | 2026-01-02T00:00:00 | {body}" for n, body in enumerate(bodies)]
    listings = "crawl_id | snapshot_date | repo_type | page | position | hub_id | fetched_at | body\n" + "\n".join(rows)
    warehouse.overwrite(drawn(spark, LISTINGS, listings), LISTINGS, {"snapshot_date": DAY}, {})
    warehouse.overwrite(drawn(spark, CRAWL_RUNS, RUNS), CRAWL_RUNS, {"snapshot_date": DAY}, {})
    return warehouse


def build_of(warehouse: Warehouse, as_of: str | None = None, **flags: object) -> Build:
    """A build of the warehouse; `flags` override the default settings."""
    return Build(warehouse, load(flags={name.replace("__", "."): value for name, value in flags.items()}), Gate(warehouse.address), as_of)
