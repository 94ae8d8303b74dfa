"""Does the cost of any table grow faster than the Hub?

Builds synthetic hubs of several sizes, and prints the exponent of each table. The cost of a table is the core seconds of its Spark
tasks, including those of its gate, from the event log. With three sizes or more, the part that does not grow is estimated from the two
smallest sizes and subtracted; the exponent is that between the two largest sizes. All builds use the session of a large warehouse, in a
new process each. A size that has been built is not built again in the same --folder.
    python -m benchmarks.growth [--models N N ...] [--seed N] [--folder DIR] [--memory 4g]
"""

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

from benchmarks.figure import lap, show
from benchmarks.synthetic_bronze import write_bronze
from hublake.lake.paths import Location
from hublake.lake.settings import load
from hublake.spark_jobs.engine.event_log import metrics_by_table, read_events

MAX_EXPONENT = 1.1
FEW_SECONDS = 5.0  # a table that takes less at the largest size is not judged: its exponent is noise


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """The exponent of the growth between the two largest sizes, which come last.

    >>> linear, quadratic = [7 + n / 1000 for n in (10_000, 30_000, 100_000)], [(n / 10_000) ** 2 for n in (10_000, 30_000, 100_000)]
    >>> round(exponent([10_000, 30_000, 100_000], linear), 2), round(exponent([30_000, 100_000], quadratic[1:]), 2)
    (1.0, 2.0)
    """
    fixed = 0.0
    if len(sizes) > 2:
        slope = (seconds[1] - seconds[0]) / (sizes[1] - sizes[0])
        fixed = min(max(0.0, seconds[0] - slope * sizes[0]), seconds[0])
    grown, before = seconds[-1] - fixed, seconds[-2] - fixed
    return math.log(grown / before) / math.log(sizes[-1] / sizes[-2]) if grown > 0 and before > 0 else 0.0


def build_hub(folder: Path, models: int, seed: int, memory: str) -> dict[str, float]:
    """Core seconds by table of one hub, which is built unless the folder has the figures of an earlier run."""
    found = folder / f"{models}.json"
    if not found.exists():
        warehouse = folder / str(models)
        with lap() as taken:
            write_bronze(Location(str(warehouse)), models, seed)
        show(f"{models:,} models, bronze", taken.seconds, unit="s")
        process = get_context("spawn").Process(target=build_as_large, args=(str(warehouse), memory))
        with lap() as taken:
            process.start()
            process.join()
        if process.exitcode:
            raise SystemExit(f"the build of {models:,} models failed; its output is above")
        show(f"{models:,} models, build", taken.seconds, unit="s")
        (events,) = (warehouse / "_logs" / "events").iterdir()
        core_seconds = {table: sums.core_seconds for table, sums in metrics_by_table(read_events(events)).items()}
        found.write_text(json.dumps(core_seconds, indent=2), "utf-8")
    return dict(json.loads(found.read_text("utf-8")))


def build_as_large(warehouse: str, memory: str) -> None:
    """Build all tables with the options of a large warehouse, regardless of its size."""
    from hublake.spark_jobs.engine import warehouse_session
    from hublake.spark_jobs.engine.build_command import run_build

    warehouse_session.SMALL_WAREHOUSE_ROWS = 0
    run_build(load(flags={"warehouse": warehouse, "build.driver_memory": memory}), [], None, rebuild=False, repair=False)


def print_growth(sizes: Sequence[int], found: Sequence[dict[str, float]]) -> list[str]:
    """One line per table, the costliest first; returns those that grow too fast."""
    too_fast = []
    print(f"{'core seconds of':36}" + "".join(f"{size:>12,}" for size in sizes) + f"{'exponent':>10}")
    for table in sorted(found[-1], key=lambda name: -found[-1][name]):
        seconds = [of_size.get(table, 0.0) for of_size in found]
        growth = exponent(sizes, seconds)
        is_judged = seconds[-1] >= FEW_SECONDS
        if is_judged and growth > MAX_EXPONENT:
            too_fast.append(table)
        note = " too fast" if table in too_fast else "" if is_judged else " (not judged)"
        print(f"{table:36}" + "".join(f"{figure:>12.2f}" for figure in seconds) + f"{growth:>10.2f}{note}")
    return too_fast


def main() -> None:
    """Build the hubs, print the growth of each table, and fail if one grows too fast."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="working folder; a temporary folder, which stays, by default")
    parser.add_argument("--memory", default=load().build.driver_memory, help="memory of Spark's driver")
    options = parser.parse_args()
    sizes = sorted(set(options.models))
    if len(sizes) < 2:
        parser.error("growth needs at least two sizes")
    folder: Path = options.folder or Path(tempfile.mkdtemp(prefix="hublake-growth-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"working folder: {folder}", flush=True)
    found = [build_hub(folder, size, options.seed, options.memory) for size in sizes]
    too_fast = print_growth(sizes, found)
    show("tables that grow too fast", len(too_fast), unit="tables", bar=f"0 with an exponent above {MAX_EXPONENT}")
    sys.exit(bool(too_fast))


if __name__ == "__main__":
    main()
