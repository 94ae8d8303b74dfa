"""What the one task of each job on the whole graph takes at its peak, beside the formula of conf/spark/cluster.conf.

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
from hublake.spark_jobs.dataframes.arrow_functions import OUTPUT_BATCH_ROWS
from hublake.spark_jobs.gold.impact.model_impact import _measured
from hublake.spark_jobs.gold.lineage.model_lineage import _placed
from hublake.spark_jobs.graph.bearing import DAMPING
from hublake.spark_jobs.steps.lineage_edges import edges

TASKS: dict[str, Callable[..., pa.Table]] = {
    "lineage_edges": edges,
    "model_lineage": _placed,
    "model_impact": partial(_measured, damping=DAMPING),
}
OF_A_MILLION_MODELS = {"lineage_edges": 0.4, "model_lineage": 0.1, "model_impact": 0.1}  # GB; names, or numbers of models


def formula(task: str, models: int, edges: int) -> float:
    """GB beside the JVM, as conf/spark/cluster.conf has it."""
    return 0.3 + 0.4 * edges / 1e6 + OF_A_MILLION_MODELS[task] * models / 1e6


def made_names(models: int) -> pa.Array:
    """Names as long as the Hub's; every eighth tells of another."""
    ends = ("", "-GGUF", *(f"-{n}" for n in range(2, 8)))
    return pa.array([f"owner{n % 100_000}/Some-Model-{n - n % 8}{ends[n % 8]}" for n in range(models)])


def said(names: pa.Array, child: Numbers, parent: Numbers) -> dict[str, pa.Table]:
    """What lineage_edges sends: all models, and each pair as a tag says it."""
    models, parents = len(names), names.take(pa.array(parent))
    readings = {
        "child_id": names.take(pa.array(child)),
        "parent": parents,
        "declared_parent": parents,
        "relation": pa.repeat("finetune", child.size),
        "evidence": pa.repeat("typed_tag", child.size),
        "problem": pa.nulls(child.size, pa.string()),
        "is_relation_declared": pa.repeat(True, child.size),
        "confidence": pa.repeat(1.0, child.size),
    }
    known = {
        "model_id": names,
        "hub_id": pa.array([f"{n:024x}" for n in range(models)]),
        "author": pa.array([f"owner{n % 100_000}" for n in range(models)]),
        "created_at": pa.array(np.arange(models, dtype=np.int64)),
        "is_created_at_floor": pa.repeat(False, models),
        "downloads_30d": pa.array(np.zeros(models, dtype=np.int64)),
    }
    nothing = pa.table({"hub_id": pa.array([], pa.string()), "parent": pa.array([], pa.string())})
    return {"readings": pa.table(readings), "models": pa.table(known), "former_names": nothing}


def named(names: pa.Array, child: Numbers, parent: Numbers) -> dict[str, pa.Table]:
    """What model_lineage sends: the pairs, by names."""
    return {"declared": pa.table({"child_id": names.take(pa.array(child)), "parent_id": names.take(pa.array(parent))})}


def numbered(names: pa.Array, child: Numbers, parent: Numbers) -> dict[str, pa.Table]:
    """What model_impact sends: all models and the pairs, by numbers of 64 bits."""
    models = len(names)
    number = np.random.default_rng(7).permutation(np.arange(models, dtype=np.int64) * 2_000_003)
    known = pa.table({"number": number, "downloads": np.zeros(models, dtype=np.int64), "parent": pa.nulls(models, pa.int64())})
    pairs = pa.table({"number": number[child], "downloads": pa.nulls(child.size, pa.int64()), "parent": number[parent]})
    return {"graph": pa.concat_tables([known, pairs])}


def peak(task: str, folder: Path) -> float:
    """GB that this process ever held, after the task."""
    tables = {}
    for path in folder.iterdir():
        with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as reader:
            tables[path.name] = reader.read_all()
    TASKS[task](**tables)
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
    names, (child, parent) = made_names(args.models), made_pairs(args.models, args.edges)
    sends = {"lineage_edges": said, "model_lineage": named, "model_impact": numbered}
    with tempfile.TemporaryDirectory() as work:
        for task, tables in sends.items():
            folder = Path(work) / task
            folder.mkdir()
            for name, table in tables(names, child, parent).items():
                with pa.ipc.new_stream(folder / name, table.schema) as writer:
                    writer.write_table(table, max_chunksize=OUTPUT_BATCH_ROWS)
            command = [sys.executable, "-m", "benchmarks.graph_memory", "--one", task, str(folder)]
            taken = float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
            show(
                f"{task}: {args.models:,} models, {child.size:,} pairs",
                taken,
                formula(task, args.models, child.size),
                unit="GB",
                peer_name="formula",
            )


if __name__ == "__main__":
    main()
