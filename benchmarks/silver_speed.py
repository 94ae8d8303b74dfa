"""How many models per second go from bronze to all silver tables with their gates, compared with engines that only parse the items?

The peers parse each item's JSON into the columns that silver.models copies unchanged, and write them: no rules, no gates, no other
table. Our seconds exclude the start of the session. The last lines also exclude what a tenth of the models takes, a cost that hardly
grows with their number. Defaults are a small part of a recorded hub:
    python -m benchmarks.silver_speed --models 570000
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

from benchmarks.figure import cpu_seconds, lap, show
from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.settings import CrawlSettings

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "hub2024"
LISTED_AT = datetime(2024, 7, 15, 3, tzinfo=UTC)
PAGE = 1000
READ = "id STRING, createdAt STRING, pipeline_tag STRING, library_name STRING, downloads BIGINT, likes BIGINT, tags ARRAY<STRING>"
MEMORY = "6g"


def write_bronze(folder: Path, source: Path, items: int, repo_type: str = "model") -> int:
    """Add to bronze.listings and bronze.crawl_runs what a full crawl of recorded items does; return the number of items."""
    crawl = {"crawl_id": f"recorded-{repo_type}s", "snapshot_date": LISTED_AT.date(), "repo_type": repo_type}
    listed = 0
    with gzip.open(source / f"{repo_type}s.jsonl.gz", "rt", encoding="utf-8") as lines:
        for rows in _commits(islice(lines, items), crawl):
            listed += len(rows)
            data = pa.Table.from_pylist(rows, schema=arrow_schema(LISTINGS))
            write_deltalake(LISTINGS.path(str(folder)), data, partition_by=list(LISTINGS.partitioned_by), mode="append")
    run = (
        {name: crawl[name] for name in ("crawl_id", "snapshot_date")}
        | {
            "spider": f"{repo_type}s",
            "shard": "0/1",
            "started_at": LISTED_AT,
            "finished_at": LISTED_AT + timedelta(hours=1),
            "outcome": "finished",
            "items": listed,
        }
        | dict.fromkeys(("requests", "refused", "retries", "failures"), 0)
    )
    write_deltalake(CRAWL_RUNS.path(str(folder)), pa.Table.from_pylist([run], schema=arrow_schema(CRAWL_RUNS)), mode="append")
    return listed


def _commits(lines: Iterable[str], crawl: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Rows of bronze.listings, in batches of the size that the crawler writes."""
    numbered = enumerate(line.rstrip("\n") for line in lines)
    while taken := list(islice(numbered, CrawlSettings().batch_rows)):
        yield [
            crawl
            | {"page": number // PAGE, "position": number % PAGE, "body": body, **_names(body)}
            | {"fetched_at": LISTED_AT + timedelta(seconds=number // PAGE)}
            for number, body in taken
        ]


def _names(body: str) -> dict[str, str]:
    item = json.loads(body)
    return {"hub_id": item.get("_id"), "repo_id": item.get("id") or item.get("modelId")}


def ours(folder: Path, scratch: Path) -> dict[str, float]:
    """Seconds of the session start and of all silver tables including their gates; prints each table."""
    from hublake.expectations.gate import Gate
    from hublake.lake.schema import TABLES
    from hublake.lake.settings import load
    from hublake.spark_jobs.engine.build import Build
    from hublake.spark_jobs.engine.discovery import all_jobs
    from hublake.spark_jobs.engine.results import TableResult
    from hublake.spark_jobs.engine.session import start_local_session
    from hublake.spark_jobs.engine.warehouse import Warehouse

    def report(step: str | TableResult) -> None:
        if isinstance(step, TableResult):
            print(f"  {step.status} {step.table.full_name}: {step.seconds:.1f} s, {step.rows:,} rows", file=sys.stderr, flush=True)

    settings = load(flags={"build.master": "local[2]", "build.driver_memory": MEMORY})
    with lap() as start:
        spark = start_local_session(settings, scratch)
    build = Build(Warehouse(spark, str(folder)), settings, Gate(str(folder)), report=report)
    before = cpu_seconds()
    with lap() as total:
        steps = build.run(TABLES[name] for name in all_jobs() if name.startswith("silver."))
    taken = {"start": start.seconds, "total": total.seconds, "cpu": cpu_seconds() - before}
    spark.stop()
    return taken | {"gates": build.gates.seconds(), "tables": len(steps)}


def spark_peer(folder: Path, scratch: Path) -> dict[str, float]:
    """from_json of each body and a write, in a session like ours."""
    from pyspark.sql import functions as F

    from hublake.lake.settings import load
    from hublake.spark_jobs.engine.session import start_local_session

    spark = start_local_session(load(flags={"build.master": "local[2]", "build.driver_memory": MEMORY}), scratch)
    before = cpu_seconds()
    with lap() as total:
        items = spark.read.format("delta").load(LISTINGS.path(str(folder))).select(F.from_json("body", READ).alias("item"))
        items.select("item.*").write.parquet(str(scratch / "items"))
    taken = {"total": total.seconds, "cpu": cpu_seconds() - before}
    spark.stop()
    return taken


def duckdb_peer(folder: Path, scratch: Path) -> dict[str, float]:
    """The same in DuckDB."""
    import duckdb

    files = DeltaTable(LISTINGS.path(str(folder))).file_uris()
    columns = {name: kind.replace("ARRAY<STRING>", "VARCHAR[]") for name, kind in (part.strip().split(" ") for part in READ.split(","))}
    with lap() as total:
        engine = duckdb.connect(config={"threads": 2})
        items = f"SELECT unnest(from_json(body, '{json.dumps([columns])[1:-1]}')) FROM read_parquet({files})"  # noqa: S608  # our own
        engine.execute(f"COPY ({items}) TO '{scratch / 'items.parquet'}' (FORMAT parquet)")
    return {"total": total.seconds, "cpu": cpu_seconds()}


PROGRAMS = {"ours": ours, "bare Spark from_json": spark_peer, "DuckDB": duckdb_peer}


def _in_own_process(which: str, folder: Path) -> dict[str, float]:
    """One measurement in its own process."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        command = [sys.executable, "-m", "benchmarks.silver_speed", "--one", which, "--folder", str(folder), "--scratch", scratch]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {name: float(value) for name, value in json.loads(found.stdout.splitlines()[-1]).items()}


def main() -> None:
    """Write bronze, run each program and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=20_000)
    parser.add_argument("--data", type=Path, default=RECORDED, help="folder with models.jsonl.gz")
    parser.add_argument("--one", choices=PROGRAMS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--scratch", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(PROGRAMS[args.one](args.folder, args.scratch)))
        return
    with tempfile.TemporaryDirectory() as work:
        sizes = {}
        for models in sorted({args.models // 10, args.models}):
            folder = Path(work) / str(models)
            sizes[write_bronze(folder, args.data, models)] = folder
        few, models = sorted(sizes)
        taken = {which: _in_own_process(which, sizes[models]) for which in PROGRAMS}
        small = _in_own_process("ours", sizes[few])
    mine = taken.pop("ours")
    for size, run in ((models, mine), (few, small)):
        print(f"ours, {size:,} models: {', '.join(f'{name} {value:.1f}' for name, value in run.items())}")
    for which, peer in taken.items():
        for unit, clock in (("s", "total"), ("CPU s", "cpu")):
            show("bronze to silver", models / mine[clock], models / peer[clock], unit=f"models/{unit}", peer_name=which, bar="10,000")
    more = models - few
    for unit, clock in (("s", "total"), ("CPU s", "cpu")):
        show(f"the {more:,} models after {few:,}", more / (mine[clock] - small[clock]), unit=f"models/{unit}", bar="10,000")


if __name__ == "__main__":
    main()
