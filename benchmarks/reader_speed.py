"""How long do the readers take, and how much memory, on a whole Hub: one model, filtered models, SQL, GraphML and GEXF beside NetworkX?

Each is a command in a process of its own that finds no Java. The hub is synthetic, with values in every column that the readers show.
NetworkX keeps the graph and the document in memory, so its writer and ours write a smaller graph beside each other.
    python -m benchmarks.reader_speed                                       (310,000 models, a minute)
    python -m benchmarks.reader_speed --models 3100000 --edges 1500000      (the whole Hub, three minutes)
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.figure import lap, peak_megabytes, show
from benchmarks.synthetic_graph import synthetic_edges, write_rows, write_silver
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.export.graphs.lineage_graph import EDGE_COLUMNS, LineageGraph
from hublake.serving.reader import PublishedTables

WRITERS = {"graphml": nx.write_graphml, "gexf": nx.write_gexf}
GRAPH_BARS = {"s": "120 s", "CPU s": "", "MB": "2,000 MB"}
FILTERS = ("--task", "text-generation", "--language", "en", "--min-downloads", "10")
TASKS = ("text-generation", "text-classification", "image-classification", "automatic-speech-recognition", "text-to-image", None, None)
LIBRARIES = ("transformers", "diffusers", "peft", "sentence-transformers", "timm", None)
ARCHITECTURES = ("LlamaForCausalLM", "Qwen2ForCausalLM", "BertForSequenceClassification", None, None)
LICENSES = ("apache-2.0", "mit", "llama3", "cc-by-nc-4.0", "other")
DECLARING = 3  # one model in so many declares a licence, and a language
MOST_CHILDREN = """
    SELECT parent_id FROM silver.lineage_edges WHERE parent_status <> 'missing' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""
FEW_CHILDREN = """
    SELECT parent_id FROM silver.lineage_edges WHERE parent_status <> 'missing' GROUP BY 1 HAVING count(*) = 3 ORDER BY 1 LIMIT 1
"""


@dataclass(frozen=True)
class Used:
    """What a process used: wall-clock and processor seconds, and megabytes at its peak."""

    seconds: float
    cpu: float
    megabytes: float
    output: str


def run(*command: str) -> Used:
    """Run a command that finds no Java. Raises CalledProcessError if it fails."""
    environment = {**os.environ, "PATH": str(Path(sys.executable).parent), "JAVA_HOME": "/nonexistent"}
    peak = 0.0
    with tempfile.TemporaryFile() as output, lap() as taken:
        process = subprocess.Popen(command, stdout=output, env=environment)
        while True:
            peak = max(peak, peak_megabytes(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            time.sleep(0.02)
        output.seek(0)
        text = output.read(100).decode(errors="replace")
    if code := os.waitstatus_to_exitcode(status):
        raise subprocess.CalledProcessError(code, command)
    return Used(taken.seconds, usage.ru_utime + usage.ru_stime, peak, text)


def hublake(*arguments: str) -> Used:
    """Run a command of Hublake."""
    return run(sys.executable, "-m", "hublake", *arguments)


def write_hub(folder: Path, models: int, edges: int, seed: int = 7) -> None:
    """Write the tables that the readers read, of a hub of that size."""
    write_silver(folder, models, *synthetic_edges(models, edges))
    rng = np.random.default_rng(seed)
    names = PublishedTables(str(folder), {}).arrow("SELECT hub_id, model_id, downloads_30d, tags FROM silver.models ORDER BY hub_id")
    ids, downloads = names["model_id"].combine_chunks(), names["downloads_30d"].combine_chunks()
    created = (1_660_000_000 + rng.integers(0, 100_000_000, models)) * 1_000_000
    write_rows(
        folder,
        MODELS,
        models,
        hub_id=names["hub_id"].combine_chunks(),
        model_id=ids,
        author=pc.utf8_slice_codeunits(ids, 0, 9),
        created_at=pa.array(created, pa.timestamp("us", tz="UTC")),
        downloads_30d=downloads,
        likes=rng.integers(0, 50, models),
        tags=names["tags"].combine_chunks(),
        pipeline_tag=_drawn(rng, TASKS, models),
        library_name=_drawn(rng, LIBRARIES, models),
        architecture=_drawn(rng, ARCHITECTURES, models),
        parameters=rng.integers(10**8, 10**10, models),
    )
    write_rows(folder, MODEL_IMPACT, models, model_id=ids, impact_score=rng.random(models) * 100, descendants=rng.integers(0, 9, models))
    write_rows(folder, MODEL_LINEAGE, models, model_id=ids, component_id=ids, generation=rng.integers(0, 5, models))
    declaring = ids.take(pa.array(np.arange(0, models, DECLARING)))
    write_rows(folder, MODEL_LICENSES, len(declaring), model_id=declaring, license=_drawn(rng, LICENSES, len(declaring)))
    kinds = pa.repeat("declared", len(declaring))
    write_rows(
        folder, MODEL_LANGUAGES, len(declaring), model_id=declaring, kind=kinds, language=_drawn(rng, ("en", "de", "zh"), len(declaring))
    )


def _drawn(rng: np.random.Generator, values: Sequence[str | None], rows: int) -> pa.Array:
    """A column of values drawn at random."""
    return pa.array(values, pa.string()).take(pa.array(rng.integers(0, len(values), rows)))


def print_reads(warehouse: str, times: int) -> None:
    """One model, three filters, a count: the slowest of several runs."""
    published = PublishedTables(warehouse, {})
    commands = {
        "model with the most children": (("model", published.value(MOST_CHILDREN)), "1.5 s"),
        "model with three children": (("model", published.value(FEW_CHILDREN)), "1.5 s"),
        "models with three filters": (("models", *FILTERS), "3 s"),
        "models with three filters, parquet": (("models", *FILTERS, "--format", "parquet"), "3 s"),
        "sql count": (("sql", "SELECT count(*) FROM silver.models"), "1 s"),
    }
    for name, (arguments, bar) in commands.items():
        used = [hublake(*arguments, "--warehouse", warehouse) for _ in range(times)]
        show(f"{name}, slowest of {times}", max(one.seconds for one in used), unit="s", bar=bar)
        show(f"{name}, mean", mean(one.cpu for one in used), unit="CPU s")
        show(f"{name}, peak", max(one.megabytes for one in used), unit="MB", bar="1,000 MB")


def print_graphs(warehouse: str, folder: Path) -> None:
    """The whole graph in both formats."""
    for name in WRITERS:
        used = hublake("export", "--format", name, "--out", str(folder), "--warehouse", warehouse)
        file = folder / f"lineage.{name}"
        show(f"{name} of the whole hub, size", file.stat().st_size / 1e6, unit="MB")
        file.unlink()
        for unit, figure in (("s", used.seconds), ("CPU s", used.cpu), ("MB", used.megabytes)):
            show(f"{name} of the whole hub", figure, unit=unit, bar=GRAPH_BARS[unit])


def print_beside_networkx(models: int, folder: Path) -> None:
    """Both writers on one synthetic graph."""
    warehouse = folder / "small"
    write_hub(warehouse, models, models // 2)
    for name in WRITERS:
        ours = hublake("export", "--format", name, "--out", str(folder), "--warehouse", str(warehouse))
        theirs = run(sys.executable, "-m", "benchmarks.reader_speed", "--warehouse", str(warehouse), "--networkx-writes", name)
        what = f"{name} of {models:,} models"
        show(what, ours.seconds, float(theirs.output), unit="s", peer_name="NetworkX, writing alone")
        show(what, ours.megabytes, theirs.megabytes, unit="MB", peer_name="NetworkX")


def write_by_networkx(warehouse: str, name: str) -> None:
    """Read the graph into NetworkX, and print how long it takes to write it."""
    graph = LineageGraph(PublishedTables(warehouse, {}), is_selected=False)
    read = graph.published.records
    found = nx.MultiDiGraph()
    columns = [column.name for column in graph.columns]
    for row in read("SELECT * REPLACE (created_at::VARCHAR AS created_at) FROM graph_nodes"):
        found.add_node(row["model_id"], **{column: row[column] for column in columns if row[column] is not None})
    for row in read("SELECT * FROM graph_edges"):
        found.add_edge(row["child_id"], row["parent_id"], **{column.name: row[column.name] for column in EDGE_COLUMNS})
    with tempfile.NamedTemporaryFile() as file, lap() as taken:
        WRITERS[name](found, file.name)
    print(taken.seconds)


def main() -> None:
    """Print each figure with its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=310_000)
    parser.add_argument("--edges", type=int, default=150_000)
    parser.add_argument("--warehouse", help="an existing one in place of a synthetic one")
    parser.add_argument("--times", type=int, default=5, help="runs of each query")
    parser.add_argument("--networkx-models", type=int, default=30_000)
    parser.add_argument("--networkx-writes", choices=WRITERS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.networkx_writes:
        write_by_networkx(args.warehouse, args.networkx_writes)
        return
    with tempfile.TemporaryDirectory() as work:
        warehouse = args.warehouse or f"{work}/warehouse"
        if not args.warehouse:
            write_hub(Path(warehouse), args.models, args.edges)
        print_reads(warehouse, args.times)
        print_graphs(warehouse, Path(work))
        print_beside_networkx(args.networkx_models, Path(work))


if __name__ == "__main__":
    main()
