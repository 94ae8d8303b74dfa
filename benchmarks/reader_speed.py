"""How long do the readers take, and how much memory, on a whole Hub: one model, filtered models, SQL, GraphML and GEXF beside NetworkX?

Each is a command in a process of its own that finds no Java. NetworkX keeps the graph and the document in memory, so its writer and ours
write a smaller synthetic graph beside each other.
    python -m benchmarks.reader_speed --warehouse WAREHOUSE
    python -m benchmarks.reader_speed                             (a synthetic one of 310,000 models: models and edges only)
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

from benchmarks.figure import lap, peak_megabytes, show
from benchmarks.synthetic_graph import synthetic_edges, write_silver
from hublake.serving.export.graphs.lineage_graph import EDGE_COLUMNS, LineageGraph
from hublake.serving.reader import PublishedTables

WRITERS = {"graphml": nx.write_graphml, "gexf": nx.write_gexf}
GRAPH_BARS = {"s": "120 s", "CPU s": "", "MB": "2,000 MB"}
FILTERS = ("--task", "text-generation", "--language", "en", "--min-downloads", "10")
WITHOUT_LANGUAGES = ("--relation", "finetune", "--search", "instruct", "--min-downloads", "10")
MOST_CHILDREN = """
    SELECT parent_id FROM silver.lineage_edges WHERE parent_status <> 'missing' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""


@dataclass(frozen=True)
class Used:
    """What a process used: wall-clock and processor seconds, and megabytes at its peak."""

    seconds: float
    cpu: float
    megabytes: float


def run(*command: str) -> Used:
    """Run a command that finds no Java. Raises CalledProcessError if it fails."""
    environment = {**os.environ, "PATH": str(Path(sys.executable).parent), "JAVA_HOME": "/nonexistent"}
    peak = 0.0
    with lap() as taken:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
        while True:
            peak = max(peak, peak_megabytes(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            time.sleep(0.02)
    if code := os.waitstatus_to_exitcode(status):
        raise subprocess.CalledProcessError(code, command)
    return Used(taken.seconds, usage.ru_utime + usage.ru_stime, peak)


def hublake(*arguments: str) -> Used:
    """Run a command of Hublake."""
    return run(sys.executable, "-m", "hublake", *arguments)


def print_reads(warehouse: str, times: int) -> None:
    """One model, three filters, a count: the slowest of several runs."""
    published = PublishedTables(warehouse, {})
    root = published.value(MOST_CHILDREN)
    filters = FILTERS if "silver.model_languages" in published.tables else WITHOUT_LANGUAGES
    commands = {
        f"model {root}": (("model", root), "1.5 s"),
        "models with three filters": (("models", *filters), "3 s"),
        "models with three filters, parquet": (("models", *filters, "--format", "parquet"), "3 s"),
        "sql count": (("sql", "SELECT count(*) FROM silver.models"), "1 s"),
    }
    for name, (arguments, bar) in commands.items():
        used = [hublake(*arguments, "--warehouse", warehouse) for _ in range(times)]
        show(f"{name}, slowest of {times}", max(one.seconds for one in used), unit="s", bar=bar)
        show(f"{name}, peak", max(one.megabytes for one in used), unit="MB", bar="1,000 MB")


def print_graphs(warehouse: str, folder: Path) -> None:
    """The whole graph in both formats."""
    for name in WRITERS:
        used = hublake("export", "--format", name, "--out", str(folder), "--warehouse", warehouse)
        file = folder / f"lineage.{name}"
        show(f"{name} of {warehouse}, size", file.stat().st_size / 1e6, unit="MB")
        file.unlink()
        for unit, figure in (("s", used.seconds), ("CPU s", used.cpu), ("MB", used.megabytes)):
            show(f"{name} of {warehouse}", figure, unit=unit, bar=GRAPH_BARS[unit])


def print_beside_networkx(models: int, folder: Path) -> None:
    """Both writers on one synthetic graph."""
    warehouse = folder / "small"
    write_silver(warehouse, models, *synthetic_edges(models, models // 2))
    for name in WRITERS:
        ours = hublake("export", "--format", name, "--out", str(folder), "--warehouse", str(warehouse))
        theirs = run(sys.executable, "-m", "benchmarks.reader_speed", "--warehouse", str(warehouse), "--networkx-writes", name)
        reads = run(sys.executable, "-m", "benchmarks.reader_speed", "--warehouse", str(warehouse), "--networkx-writes", "nothing")
        what = f"{name} of {models:,} models"
        show(what, ours.seconds, theirs.seconds - reads.seconds, unit="s", peer_name="NetworkX, writing alone")
        show(what, ours.megabytes, theirs.megabytes, unit="MB", peer_name="NetworkX")


def write_by_networkx(warehouse: str, name: str) -> None:
    """Read the graph into NetworkX and write it; `nothing`: only read it."""
    graph = LineageGraph(PublishedTables(warehouse, {}), is_selected=False)
    read = graph.published.records
    found = nx.MultiDiGraph()
    columns = [column.name for column in graph.columns]
    for row in read("SELECT * REPLACE (created_at::VARCHAR AS created_at) FROM graph_nodes"):
        found.add_node(row["model_id"], **{column: row[column] for column in columns if row[column] is not None})
    for row in read("SELECT * FROM graph_edges"):
        found.add_edge(row["child_id"], row["parent_id"], **{column.name: row[column.name] for column in EDGE_COLUMNS})
    if name in WRITERS:
        with tempfile.NamedTemporaryFile() as file:
            WRITERS[name](found, file.name)


def main() -> None:
    """Print each figure with its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouse", help="an existing one")
    parser.add_argument("--times", type=int, default=5, help="runs of each query")
    parser.add_argument("--networkx-models", type=int, default=50_000)
    parser.add_argument("--networkx-writes", choices=[*WRITERS, "nothing"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.networkx_writes:
        write_by_networkx(args.warehouse, args.networkx_writes)
        return
    with tempfile.TemporaryDirectory() as work:
        warehouse = args.warehouse or f"{work}/warehouse"
        if not args.warehouse:
            write_silver(Path(warehouse), 310_000, *synthetic_edges(310_000, 150_000))
        print_reads(warehouse, args.times)
        print_graphs(warehouse, Path(work))
        print_beside_networkx(args.networkx_models, Path(work))


if __name__ == "__main__":
    main()
