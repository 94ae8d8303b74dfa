"""How long do all tables on licences and datasets take with their gates, and how does that grow with the number of models?

Defaults are a small part of a recorded hub; the whole of it, for comparison with a tenth:
    python -m benchmarks.rights_speed --models 570000 --datasets 175000
The exponent is that of the seconds in the number of models, between a tenth and all of them. The seconds at 3.1 million models extrapolate
the time of the larger run with it.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.figure import cpu_seconds, lap, show
from benchmarks.silver_speed import MEMORY, RECORDED, write_bronze

HUB = 3_100_000
TABLES = (
    *("silver.license_catalogue", "silver.model_licenses", "silver.model_datasets", "silver.dataset_edges", "silver.dataset_facts"),
    *("gold.license_edges", "gold.license_transitions", "gold.license_chains", "gold.license_propagation", "gold.license_adoption"),
    *("gold.dataset_influence", "gold.dataset_licenses", "gold.training_disclosure"),
)
NEEDED = (
    *("silver.models", "silver.model_configs", "silver.model_history", "silver.datasets", "silver.lineage_edges", "silver.accounts"),
    *("silver.organisations", "gold.model_impact"),
)


class Part(NamedTuple):
    """Tables that are built together, after those of the parts before, and the bar for the seconds of all parts so far."""

    name: str
    tables: Sequence[str]
    bar: str


def measure(folder: Path, scratch: Path, needed: Sequence[str], parts: Sequence[Part]) -> dict[str, list[float]]:
    """Seconds, and CPU seconds, until the tables of each part are built, each with its gate, after those that are needed first."""
    from hublake.expectations.gate import Gate
    from hublake.lake.schema import TABLES as ALL
    from hublake.lake.settings import load
    from hublake.spark_jobs.engine.build import Build
    from hublake.spark_jobs.engine.results import TableResult
    from hublake.spark_jobs.engine.session import start_local_session
    from hublake.spark_jobs.engine.warehouse import Warehouse

    def report(step: str | TableResult) -> None:
        if isinstance(step, TableResult) and step.status != "current":
            print(f"  {step.status} {step.table.full_name}: {step.seconds:.1f} s, {step.rows:,} rows", file=sys.stderr, flush=True)

    settings = load(flags={"build.master": "local[2]", "build.driver_memory": MEMORY})
    spark = start_local_session(settings, scratch)

    def build(tables: Sequence[str]) -> None:
        Build(Warehouse(spark, str(folder)), settings, Gate(str(folder)), report=report).run(ALL[name] for name in tables)

    build(needed)
    taken: dict[str, list[float]] = {"total": [0.0], "cpu": [0.0]}
    before = cpu_seconds()
    for part in parts:
        with lap() as total:
            build(part.tables)
        taken["total"].append(taken["total"][-1] + total.seconds)
        taken["cpu"].append(cpu_seconds() - before)
    spark.stop()
    return {name: values[1:] for name, values in taken.items()}


def compare_sizes(module: str, question: str | None, needed: Sequence[str], parts: Sequence[Part]) -> None:
    """Write bronze for a tenth and for all models, and measure each in its own process, which runs the module again."""
    parser = argparse.ArgumentParser(description=question, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=20_000)
    parser.add_argument("--datasets", type=int, default=6_000)
    parser.add_argument("--data", type=Path, default=RECORDED, help="folder with models.jsonl.gz and datasets.jsonl.gz")
    parser.add_argument("--keep", type=Path, help="folder for the warehouses, which are kept")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        if args.one:
            print(json.dumps(measure(args.one, Path(work), needed, parts)))
            return
        taken, sizes = [], []
        for tenths in (10, 1):
            folder = (args.keep or Path(work)) / f"tenth-{tenths}"
            sizes.append(write_bronze(folder, args.data, args.models // tenths))
            write_bronze(folder, args.data, args.datasets // tenths, "dataset")
            command = [sys.executable, "-m", module, "--one", str(folder)]
            found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            taken.append(json.loads(found.stdout.splitlines()[-1]))
    for place, part in enumerate(parts):
        show_part(part, sizes, *[[run[unit][place] for run in taken] for unit in ("total", "cpu")])


def show_part(part: Part, sizes: Sequence[int], seconds: Sequence[float], cpu: Sequence[float]) -> None:
    """Print both runs, and the seconds at the Hub's size by a power of the number of models and by a line."""
    few, models = sizes
    for size, total, used in zip(sizes, seconds, cpu, strict=True):
        print(f"{part.name}, {size:,} models: {total:.1f} s, {used:.1f} CPU s")
    exponent = math.log(seconds[1] / seconds[0]) / math.log(models / few)
    print(f"exponent: {exponent:.2f}")
    show(f"{part.name} at 3.1 million models, extrapolated", seconds[1] * (HUB / models) ** max(exponent, 0), unit="s", bar=part.bar)
    linear = (seconds[1] - seconds[0]) / (models - few)
    show("the same with a fixed cost and one per model", seconds[1] + linear * (HUB - models), unit="s", bar=part.bar)


if __name__ == "__main__":
    compare_sizes("benchmarks.rights_speed", __doc__, NEEDED, [Part("all tables", TABLES, "90 s")])
