"""How long does it take to list every model that the most used dataset reaches, with paths, compared with igraph on the same files?

Both start from Delta tables on disk. The peer keeps the whole graph in memory and finds the reached models without paths. Smaller than
the Hub by default:
    python -m benchmarks.dataset_reach --models 3100000 --edges 1500000
"""

import argparse
import tempfile
from pathlib import Path

import igraph
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, write_deltalake

from benchmarks.figure import lap, show
from benchmarks.synthetic_graph import DAY, synthetic_edges, write_silver
from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.schema.silver.datasets import DATASET_EDGES, MODEL_DATASETS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables
from hublake.serving.tainted import find_tainted, write_tainted

DATASET = "owner0/data-0"  # the one that most models declare


def write_uses(folder: Path, seed: int = 7) -> None:
    """Write silver.model_datasets: one model in eight declares a dataset, a few datasets have most of them; and no sources of datasets."""
    rng = np.random.default_rng(seed)
    names = DeltaTable(MODELS.path(str(folder))).to_pyarrow_table(columns=["model_id"])["model_id"].combine_chunks()
    using = rng.choice(len(names), len(names) // 8, replace=False)
    number = (rng.random(using.size) ** 4 * max(len(names) // 20, 1)).astype(np.int64)
    dataset_ids = pa.array([f"owner{number % 500}/data-{number}" for number in number.tolist()])
    rows = len(using)
    values = {
        "snapshot_date": pa.repeat(pa.scalar(DAY), rows),
        "model_id": names.take(pa.array(using)),
        "dataset_id": dataset_ids,
        "resolved_id": dataset_ids,
        "is_placeholder": pa.repeat(False, rows),
        "dataset_status": pa.repeat("present", rows),
        "role": pa.repeat("tune", rows),
        "source": pa.repeat("tag", rows),
        "confidence": pa.repeat(1.0, rows),
    }
    schema = arrow_schema(MODEL_DATASETS)
    columns = [values[field.name] if field.name in values else pa.nulls(rows, field.type) for field in schema]
    for table, data in ((MODEL_DATASETS, pa.table(columns, schema=schema)), (DATASET_EDGES, arrow_schema(DATASET_EDGES).empty_table())):
        write_deltalake(table.path(str(folder)), data, partition_by=list(table.partitioned_by), mode="overwrite")


def reach_with_igraph(folder: Path) -> set[str]:
    """The same models by a breadth-first search over the whole graph."""
    edges = DeltaTable(LINEAGE_EDGES.path(str(folder))).to_pyarrow_table(columns=["child_id", "parent_id", "parent_status", "is_self_loop"])
    edges = edges.filter(pc.and_(pc.not_equal(edges["parent_status"], "missing"), pc.invert(edges["is_self_loop"])))
    uses = DeltaTable(MODEL_DATASETS.path(str(folder))).to_pyarrow_table(columns=["model_id", "dataset_id"])
    starts = uses.filter(pc.equal(uses["dataset_id"], DATASET))["model_id"]
    ends = pa.chunked_array([*edges["child_id"].chunks, *edges["parent_id"].chunks, *starts.chunks]).combine_chunks().dictionary_encode()
    child, parent, start = np.split(ends.indices.to_numpy(), [len(edges), 2 * len(edges)])
    hub = len(ends.dictionary)  # one more node above all starts, so that one search finds the union
    pairs = np.concatenate([np.column_stack([parent, child]), np.column_stack([np.full(start.size, hub), start])])
    reached = igraph.Graph(n=hub + 1, edges=pairs, directed=True).subcomponent(hub, mode="out")
    return set(ends.dictionary.take(pa.array([node for node in reached if node != hub])).to_pylist())


def main() -> None:
    """Generate a hub, list what the dataset reaches with both, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=310_000)
    parser.add_argument("--edges", type=int, default=150_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "warehouse"
        write_silver(folder, args.models, *synthetic_edges(args.models, args.edges))
        write_uses(folder)
        with lap() as ours:
            published = PublishedTables(str(folder), {})
            found = find_tainted(published, [DATASET])
            write_tainted(published, Path(work) / "out")
        with lap() as peer:
            expected = reach_with_igraph(folder)
        reached = {name for (name,) in published.rows("SELECT model_id FROM tainted")}
        if reached != expected:
            raise SystemExit(f"the models differ: {len(reached - expected):,} only ours, {len(expected - reached):,} only igraph's")
        show(f"{found.reached:,} models that {DATASET} reaches", ours.seconds, peer.seconds, unit="s", peer_name="igraph", bar="10 s")


if __name__ == "__main__":
    main()
