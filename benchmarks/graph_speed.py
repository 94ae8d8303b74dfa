"""How long do gold.model_impact and gold.model_lineage take from silver on disk, compared with NetworkX and igraph?

The peers load the same two tables and compute PageRank and components; they write nothing, and compute no descendants, roots or
generations. `--growth` repeats our measurement on a tenth of the graph. `--graphframes` adds plain GraphFrames (slow). `--recorded` uses
copies of a recorded hub. The defaults are a tenth of the Hub:
    python -m benchmarks.graph_speed --models 3100000 --edges 1500000 --growth
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.figure import cpu_seconds, lap, show
from benchmarks.synthetic_graph import DAY, recorded_edges, synthetic_edges, write_silver


def ours(folder: Path, scratch: Path, memory: str, *, gates: bool) -> dict[str, float]:
    """Seconds of the JVM start, of each table through the runner, and in total."""
    from benchmarks.open_gate import OpenGate
    from hublake.expectations.gate import Gate
    from hublake.lake.schema.gold.impact import MODEL_IMPACT
    from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
    from hublake.lake.settings import load
    from hublake.spark_jobs.engine.build import Build
    from hublake.spark_jobs.engine.discovery import all_jobs
    from hublake.spark_jobs.engine.fingerprints import Fingerprint
    from hublake.spark_jobs.engine.publish import publish
    from hublake.spark_jobs.engine.scheduler import run_in_parallel
    from hublake.spark_jobs.engine.session import start_local_session
    from hublake.spark_jobs.engine.warehouse import Warehouse

    taken: dict[str, float] = {}
    with lap() as total:
        with lap() as start:
            spark = start_local_session(load(flags={"build.master": "local[2]", "build.driver_memory": memory}), scratch)
        taken["start"] = start.seconds
        gate = Gate(str(folder)) if gates else OpenGate(str(folder))
        build = Build(Warehouse(spark, str(folder)), load(), gate)
        build.snapshot = DAY  # there is no crawl to read it from
        jobs = [all_jobs()[table.full_name] for table in (MODEL_LINEAGE, MODEL_IMPACT)]
        with build.gates:
            no_inputs = Fingerprint("benchmark", "")
            built = list(
                run_in_parallel(jobs, lambda job: build.runner.run(job, DAY, no_inputs), load().build.tables_at_once, build.runner.cancel)
            )
            taken |= {result.table.name: result.seconds for result in built}
            with lap() as waited:
                build.collect(built, wait=True)
            taken["gates left"] = waited.seconds
        with lap() as published:
            publish(build.warehouse, build.run_id, build.staged_plans(), build.history)
        taken["publish"] = published.seconds
    taken |= {"total": total.seconds, "cpu": cpu_seconds()}
    spark.stop()
    return taken


def _tables(folder: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of all models, and the edges between listed models, as a plain Python program reads them."""
    import pyarrow.compute as pc
    from deltalake import DeltaTable

    from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
    from hublake.lake.schema.silver.models import MODELS

    models = DeltaTable(MODELS.path(str(folder))).to_pyarrow_table(columns=["model_id"])["model_id"].to_pylist()
    edges = DeltaTable(LINEAGE_EDGES.path(str(folder))).to_pyarrow_table(columns=["child_id", "parent_id", "parent_status", "is_self_loop"])
    edges = edges.filter(pc.and_(pc.not_equal(edges["parent_status"], "missing"), pc.invert(edges["is_self_loop"])))
    return models, list(zip(edges["child_id"].to_pylist(), edges["parent_id"].to_pylist(), strict=True))


def networkx_peer(folder: Path) -> dict[str, float]:
    """Load the tables; PageRank with the default tolerance; weak components."""
    with lap() as total:
        import networkx as nx

        models, pairs = _tables(folder)
        graph: Any = nx.DiGraph()
        graph.add_nodes_from(models)
        graph.add_edges_from(pairs)
        nx.pagerank(graph)
        list(nx.weakly_connected_components(graph))
    return {"total": total.seconds, "cpu": cpu_seconds()}


def igraph_peer(folder: Path) -> dict[str, float]:
    """The same; names are mapped to numbers by a dict, as is usual with igraph."""
    with lap() as total:
        import igraph

        models, pairs = _tables(folder)
        number = {name: n for n, name in enumerate(models)}
        graph = igraph.Graph(n=len(models), edges=[(number[a], number[b]) for a, b in pairs], directed=True).simplify()
        graph.pagerank()
        graph.connected_components(mode="weak")
    return {"total": total.seconds, "cpu": cpu_seconds()}


def graphframes_peer(folder: Path, scratch: Path, memory: str) -> dict[str, float]:
    """GraphFrames without our changes: PageRank to 1e-6 and connected components on long ids; results are counted, not written."""
    from graphframes import GraphFrame
    from pyspark.sql import functions as F

    from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
    from hublake.lake.schema.silver.models import MODELS
    from hublake.lake.settings import load
    from hublake.spark_jobs.engine.session import start_local_session
    from hublake.spark_jobs.engine.warehouse import Warehouse
    from hublake.spark_jobs.steps.derivation_edges import derivation_edges

    with lap() as total:
        spark = start_local_session(load(flags={"build.master": "local[2]", "build.driver_memory": memory}), scratch)
        warehouse = Warehouse(spark, str(folder))
        pairs = derivation_edges(warehouse.read(LINEAGE_EDGES)).distinct()
        graph = GraphFrame(
            warehouse.read(MODELS).select(F.xxhash64("model_id").alias("id")),
            pairs.select(F.xxhash64("child").alias("src"), F.xxhash64("parent").alias("dst")),
        ).cache()
        graph.pageRank(resetProbability=0.15, tol=1e-6).vertices.count()
        graph.connectedComponents().count()
    taken = {"total": total.seconds, "cpu": cpu_seconds()}
    spark.stop()
    return taken


def _in_own_process(which: str, folder: Path, memory: str, *flags: str) -> dict[str, float]:
    """One measurement in its own process, so that none inherits the memory or warm JVM of another."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        command = [sys.executable, "-m", "benchmarks.graph_speed", "--one", which, "--folder", str(folder), "--memory", memory]
        found = subprocess.run([*command, "--scratch", scratch, *flags], check=True, stdout=subprocess.PIPE, text=True)
    return {name: float(value) for name, value in json.loads(found.stdout.splitlines()[-1]).items()}


def _one(args: argparse.Namespace) -> dict[str, float]:
    folder, scratch = Path(args.folder), Path(args.scratch)
    match args.one:
        case "networkx":
            return networkx_peer(folder)
        case "igraph":
            return igraph_peer(folder)
        case "graphframes":
            return graphframes_peer(folder, scratch, args.memory)
        case _:
            return ours(folder, scratch, args.memory, gates=args.one == "gated")


def _formatted(taken: dict[str, float]) -> str:
    return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in taken.items() if name not in ("total", "cpu"))


def _write(folder: Path, models: int, args: argparse.Namespace) -> None:
    """Write the silver tables: a synthetic graph in proportion to the requested size, or copies of a recorded one."""
    edges = recorded_edges(args.recorded, models) if args.recorded else synthetic_edges(models, args.edges * models // args.models)
    write_silver(folder, models, *edges)
    print(f"{models:,} models, {edges[0].size:,} edges", flush=True)


def main() -> None:
    """Generate the graph, run each program in its own process and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=310_000)
    parser.add_argument("--edges", type=int, default=150_000)
    parser.add_argument("--memory", default="8g", help="of the driver")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--graphframes", action="store_true")
    parser.add_argument(
        "--recorded", type=Path, help="use copies of a recorded listing (models.jsonl.gz), up to --models, in place of a synthetic graph"
    )
    parser.add_argument("--folder", help="existing silver tables (snapshot 2026-01-02) in place of synthetic ones")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--scratch", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(_one(args)))
        return
    with tempfile.TemporaryDirectory() as work:
        folder = Path(args.folder) if args.folder else Path(work) / "hub"
        if not args.folder:
            _write(folder, args.models, args)
        peers = {name: _in_own_process(name, folder, args.memory) for name in ("networkx", "igraph", *["graphframes"] * args.graphframes)}
        totals = {
            what: _in_own_process(program, folder, args.memory) for program, what in (("ungated", "without gates"), ("gated", "with gates"))
        }
        for what, taken in totals.items():
            print(f"ours {what}: {_formatted(taken)}")
            for name, peer in peers.items():
                bar = "1, half is the goal" if name == "networkx" else ""
                show(f"silver to gold {what}", taken["total"], peer["total"], unit="s", peer_name=name, bar=bar)
                show(f"silver to gold {what}, CPU of both cores", taken["cpu"], peer["cpu"], unit="CPU s", peer_name=name)
        if args.growth:
            small = Path(work) / "tenth"
            _write(small, args.models // 10, args)
            full, tenth = (run["total"] - run["start"] for run in (totals["without gates"], _in_own_process("ungated", small, args.memory)))
            show("ten times the graph, without start-up", full, tenth, unit="s", peer_name="a tenth", bar="11")


if __name__ == "__main__":
    main()
