"""Does a build of the next day, which carries rows over, equal a full build, and which part of its cost does it take?

Each day 1 % of the models of a synthetic hub are new or changed, and the cards of .3 %. Each build runs in its own process, then
`hublake build --again` on a copy of the warehouse; every table of the snapshot is compared. A day with a full listing has removed and
returned models, and does not count for the bar. The real Hub has 3,100,000 models.
    python -m benchmarks.daily_build [--models N] [--days N] [--seed N] [--share .01] [--full-every N] [--folder DIR] [--tables]
"""

import argparse
import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

import duckdb
from deltalake import DeltaTable

from benchmarks.figure import show
from benchmarks.synthetic_bronze import write_bronze
from benchmarks.synthetic_days import ChangingHub, full_days
from benchmarks.whole_hub import measured_command
from hublake.lake.delta.builds import BuildLog
from hublake.lake.delta.tables import file_paths
from hublake.lake.paths import Location
from hublake.lake.schema import TABLES, Table
from hublake.lake.settings import load
from hublake.spark_jobs.engine.event_log import format_metrics, metrics_by_table, read_events

BAR = 0.15
OF_THE_RUN = ("gold.builds", "gold.quality_results")


def differing_tables(one: Path, other: Path, day: date) -> dict[str, int]:
    """Table -> rows of its snapshot that only one of two warehouses has. Sums of fractions may differ in their last digits."""
    found: dict[str, int] = {}
    for table in TABLES.values():
        if table.layer == "bronze" or table.full_name in OF_THE_RUN:
            continue
        left, right = (_rows(warehouse, table, day) for warehouse in (one, other))
        if left is None or right is None:
            found |= {} if left is right else {table.full_name: -1}
            continue
        surplus = [f"(SELECT count(*) FROM (({a}) EXCEPT ALL ({b})))" for a, b in ((left, right), (right, left))]  # noqa: S608 - our own
        ((rows,),) = duckdb.connect().execute(f"SELECT {' + '.join(surplus)}").fetchall()
        found |= {table.full_name: rows} if rows else {}
    return found


def _rows(warehouse: Path, table: Table, day: date) -> str | None:
    """A query for the published rows of a snapshot, or of a whole history; None if there are none."""
    location = Location(str(warehouse))
    version = BuildLog(location).history().versions.get(table.full_name)
    if version is None:
        return None
    published = DeltaTable(table.path(str(warehouse)), version=version)
    files = file_paths(published, location, None if table.is_history else day)
    columns = [f"CAST({c.name} AS FLOAT)" if c.type == "double" else c.name for c in table if c.name != "snapshot_date"]
    return f"SELECT {', '.join(columns)} FROM read_parquet({files}, union_by_name=true)" if files else None  # noqa: S608 - our own


def print_tables(warehouse: Path) -> None:
    """What the last build took, table by table."""
    logs = sorted((warehouse / "_logs" / "events").iterdir(), key=lambda path: path.stat().st_mtime)
    print(format_metrics(metrics_by_table(read_events(logs[-1]))), flush=True)


def main() -> None:
    """Build the days one after the other, and compare each with a full build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.01, help="share of the models that change on a day")
    parser.add_argument("--full-every", type=int, default=3, help="a full listing on each n-th day")
    parser.add_argument("--folder", type=Path, help="working folder; a temporary folder, which stays, by default")
    parser.add_argument("--memory", default=load().build.driver_memory, help="memory of Spark's driver")
    parser.add_argument("--tables", action="store_true", help="print what each table took")
    options = parser.parse_args()
    os.environ["HUBLAKE_BUILD_CARRY_OVER_MIN_ROWS"] = "0"  # small tables too, since this compares rows
    folder: Path = options.folder or Path(tempfile.mkdtemp(prefix="hublake-daily-build-"))
    (folder / "scratch").mkdir(parents=True, exist_ok=True)
    warehouse, copy = folder / "warehouse", folder / "copy"
    location, hub = Location(str(warehouse)), ChangingHub(options.models, options.seed)
    write_bronze(location, options.models, options.seed)
    first = measured_command(["build", "--warehouse", str(warehouse)], folder, options.memory)
    show("first day, CPU", first.cpu_seconds, unit="s")
    differing: dict[date, dict[str, int]] = {}
    for full in full_days(options.days, options.full_every):
        day = hub.write_day(location, options.share, full=full, skipped=int(full)).date()
        carried = measured_command(["build", "--warehouse", str(warehouse)], folder, options.memory)
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(warehouse, copy)
        again = measured_command(["build", "--again", "--warehouse", str(copy)], folder, options.memory)
        if options.tables:
            print_tables(warehouse)
            print_tables(copy)
        name, bar = f"{day}, CPU of a build", "" if full else str(BAR)
        show(
            f"{name} after a full listing" if full else name, carried.cpu_seconds, again.cpu_seconds, unit="s", peer_name="in full", bar=bar
        )
        if rows := differing_tables(warehouse, copy, day):
            differing[day] = rows
    show("days with tables that differ from those of a full build", len(differing), unit="days", bar="0")
    for day, rows in differing.items():
        print(f"  {day}: {rows}", flush=True)


if __name__ == "__main__":
    main()
