"""How do time and memory of gold.model_impact and gold.model_lineage grow with the hub, up to ten Hubs, with each task within 2 GB?

Each size is a synthetic graph of the Hub's shape with .484 pairs for each model. Beyond `--limit` pairs, Spark contracts leaves in rounds.
    python -m benchmarks.graph_growth                                         310,000 and 1,000,000 models
    python -m benchmarks.graph_growth --models 310000 3100000 31000000        ten Hubs: about 8 GB of disk
"""

import argparse
import subprocess
import sys
import tempfile
from math import log
from pathlib import Path

from benchmarks.figure import show
from benchmarks.graph_speed import formatted, in_own_process
from benchmarks.synthetic_graph import synthetic_edges, write_narrow_silver
from hublake.lake.settings import GraphSettings

PAIRS_PER_MODEL = 15 / 31


def grown(folder: Path, models: int, memory: str, limit: int) -> dict[str, float]:
    """Write a hub of this size in a process of its own, and measure both tables."""
    command = [sys.executable, "-m", "benchmarks.graph_growth", "--write", str(folder), "--models", str(models)]
    subprocess.run(command, check=True)
    taken = in_own_process("ungated", folder, memory, limit)
    print(f"{models:,} models: {formatted(taken)}")
    show(f"{models:,} models", taken["total"], unit="s")
    show(f"{models:,} models, largest Python process", taken["peak MB of python"], unit="MB", bar="2000")
    return taken


def main() -> None:
    """Measure each size, and print by which power of the size each figure grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, nargs="+", default=[310_000, 1_000_000])
    parser.add_argument("--limit", type=int, default=GraphSettings().max_pairs_in_one_task, help="graph.max_pairs_in_one_task")
    parser.add_argument("--memory", default="8g", help="of the driver")
    parser.add_argument("--folder", type=Path, help="where the tables of one size at a time are written (default: a temporary folder)")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.write:
        [models] = args.models
        write_narrow_silver(args.write, models, *synthetic_edges(models, round(models * PAIRS_PER_MODEL)))
        return
    before: tuple[int, dict[str, float]] | None = None
    for models in args.models:
        with tempfile.TemporaryDirectory(dir=args.folder) as work:
            taken = grown(Path(work) / "hub", models, args.memory, args.limit)
        taken["work"] = taken["total"] - taken["start"]
        if before:
            growth = log(models / before[0])
            for name, unit in (
                ("work", "seconds without start-up"),
                ("cpu", "CPU seconds"),
                ("peak MB of python", "largest Python process"),
            ):
                show(
                    f"{before[0]:,} to {models:,} models, {unit}", log(taken[name] / before[1][name]) / growth, unit="(exponent)", bar="1.1"
                )
        before = (models, taken)


if __name__ == "__main__":
    main()
