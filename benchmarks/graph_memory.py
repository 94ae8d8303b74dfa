"""What the one task of each graph job takes at its peak, beside the formula of conf/spark/cluster.conf.

Each runs in a process of its own that reads its Arrow batches from a file, as Spark's Python worker does from its socket.
    python -m benchmarks.graph_memory --models 3100000 --edges 1500000
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.figure import peak_megabytes, show
from benchmarks.made_graph import Numbers, made_pairs
from spark_jobs.boundary import ROWS_OUT
from spark_jobs.graph.bearing import DAMPING
from spark_jobs.graph.model_impact import _measured
from spark_jobs.graph.model_lineage import _placed

TASKS: dict[str, Callable[[pa.Table], pa.Table]] = {"model_lineage": _placed, "model_impact": partial(_measured, damping=DAMPING)}


def formula(models: int, edges: int) -> float:
    """GB beside the JVM, as conf/spark/cluster.conf has it."""
    return 0.3 + 0.4 * edges / 1e6 + 0.1 * models / 1e6


def named(models: int, child: Numbers, parent: Numbers) -> pa.Table:
    """What model_lineage sends: the pairs, by names as long as the Hub's."""
    names = pa.array([f"owner{n % 100_000}/Some-Model-{n}" for n in range(models)])
    return pa.table({"child_id": names.take(pa.array(child)), "parent_id": names.take(pa.array(parent))})


def numbered(models: int, child: Numbers, parent: Numbers) -> pa.Table:
    """What model_impact sends: all models and the pairs, by numbers of 64 bits."""
    number = np.random.default_rng(7).permutation(np.arange(models, dtype=np.int64) * 2_000_003)
    known = pa.table({"number": number, "downloads": np.zeros(models, dtype=np.int64), "parent": pa.nulls(models, pa.int64())})
    pairs = pa.table({"number": number[child], "downloads": pa.nulls(child.size, pa.int64()), "parent": number[parent]})
    return pa.concat_tables([known, pairs])


def peak(task: str, batches: Path) -> float:
    """GB that this process ever held, after the task."""
    with pa.OSFile(str(batches)) as file, pa.ipc.open_stream(file) as reader:
        TASKS[task](reader.read_all())
    return peak_megabytes() / 1000


def main() -> None:
    """Write the batches, run each task in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=310_000)
    parser.add_argument("--edges", type=int, default=150_000)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(peak(args.one[0], Path(args.one[1])))
        return
    child, parent = made_pairs(args.models, args.edges)
    with tempfile.TemporaryDirectory() as work:
        for task, table in (("model_lineage", named(args.models, child, parent)), ("model_impact", numbered(args.models, child, parent))):
            file = Path(work) / task
            with pa.ipc.new_stream(file, table.schema) as writer:
                writer.write_table(table, max_chunksize=ROWS_OUT)
            command = [sys.executable, "-m", "benchmarks.graph_memory", "--one", task, str(file)]
            taken = float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
            show(
                f"{task}: {args.models:,} models, {child.size:,} pairs",
                taken,
                formula(args.models, child.size),
                unit="GB",
                peer_name="formula",
            )


if __name__ == "__main__":
    main()
