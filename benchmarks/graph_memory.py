"""How much memory does the single task of each job on the full graph take, compared with the formula of conf/spark/cluster.conf?

Each task runs in its own process and reads its Arrow batches from a file, as Spark's Python worker reads them from its socket.
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
from benchmarks.synthetic_graph import Numbers, synthetic_edges
from hublake.spark_jobs.dataframes.arrow_functions import OUTPUT_BATCH_ROWS
from hublake.spark_jobs.gold.lineage.model_lineage import _positions
from hublake.spark_jobs.graph.impact_sums import DAMPING
from hublake.spark_jobs.steps.impact_scores import node_sums
from hublake.spark_jobs.steps.parent_claims import edges_from_claims

TASKS: dict[str, Callable[..., pa.Table]] = {
    "lineage_edges": edges_from_claims,
    "model_lineage": _positions,
    "model_impact": partial(node_sums, damping=DAMPING),
}
GB_PER_MILLION_MODELS = {"lineage_edges": 0.4, "model_lineage": 0.1, "model_impact": 0.1}  # names, or hashes of names


def formula(task: str, models: int, edges: int) -> float:
    """GB beyond the JVM, as in conf/spark/cluster.conf."""
    return 0.3 + 0.4 * edges / 1e6 + GB_PER_MILLION_MODELS[task] * models / 1e6


def synthetic_names(models: int) -> pa.Array:
    """Names as long as the Hub's; one in eight implies a parent."""
    suffixes = ("", "-GGUF", *(f"-{n}" for n in range(2, 8)))
    return pa.array([f"owner{n % 100_000}/Some-Model-{n - n % 8}{suffixes[n % 8]}" for n in range(models)])


def edges_input(names: pa.Array, child: Numbers, parent: Numbers) -> dict[str, pa.Table]:
    """The input of lineage_edges: all models, and each edge as a claim by a tag."""
    models, parents = len(names), names.take(pa.array(parent))
    declared = {
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
    no_former_names = pa.table({"hub_id": pa.array([], pa.string()), "parent": pa.array([], pa.string())})
    return {"declared": pa.table(declared), "models": pa.table(known), "former_names": no_former_names}


def lineage_input(names: pa.Array, child: Numbers, parent: Numbers) -> dict[str, pa.Table]:
    """The input of model_lineage: the edges by names."""
    is_guess = np.zeros(child.size, np.bool_)
    return {
        "declared": pa.table({"child_id": names.take(pa.array(child)), "parent_id": names.take(pa.array(parent)), "is_guess": is_guess})
    }


def impact_input(names: pa.Array, child: Numbers, parent: Numbers) -> dict[str, pa.Table]:
    """The input of model_impact: all models and the edges, by 64-bit hashes."""
    models = len(names)
    node = np.random.default_rng(7).permutation(np.arange(models, dtype=np.int64) * 2_000_003)
    known = pa.table({"node": node, "downloads": np.zeros(models, dtype=np.int64)})
    edges = pa.table(
        {
            "node": node[child],
            "parent": node[parent],
            "is_guess": np.zeros(child.size, np.bool_),
        }
    )
    return {"graph": pa.concat_tables([known, edges], promote_options="default")}


def run_task(task: str, folder: Path) -> float:
    """Run a task and return the peak memory of this process in GB."""
    tables = {}
    for path in folder.iterdir():
        with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as reader:
            tables[path.name] = reader.read_all()
    TASKS[task](**tables)
    return peak_megabytes() / 1000


def main() -> None:
    """Write the batches and run each task in its own process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=310_000)
    parser.add_argument("--edges", type=int, default=150_000)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(run_task(args.one[0], Path(args.one[1])))
        return
    names, (child, parent) = synthetic_names(args.models), synthetic_edges(args.models, args.edges)
    inputs = {"lineage_edges": edges_input, "model_lineage": lineage_input, "model_impact": impact_input}
    with tempfile.TemporaryDirectory() as work:
        for task, tables in inputs.items():
            folder = Path(work) / task
            folder.mkdir()
            for name, table in tables(names, child, parent).items():
                with pa.ipc.new_stream(folder / name, table.schema) as writer:
                    writer.write_table(table, max_chunksize=OUTPUT_BATCH_ROWS)
            command = [sys.executable, "-m", "benchmarks.graph_memory", "--one", task, str(folder)]
            peak = float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
            show(
                f"{task}: {args.models:,} models, {child.size:,} edges",
                peak,
                formula(task, args.models, child.size),
                unit="GB",
                peer_name="formula",
            )


if __name__ == "__main__":
    main()
