"""How long do gold.model_impact and gold.model_lineage take from silver on disk, compared with NetworkX and igraph?

The peers load the same two tables and compute PageRank and components; they write nothing, and compute no descendants, roots or
generations. `--growth` repeats our measurement on a tenth of the graph. `--graphframes` adds plain GraphFrames (slow). `--recorded` uses
copies of a recorded hub. `--limit N` gives one task at most N pairs, so that Spark contracts leaves in rounds, and GraphFrames solves what
is left above N pairs; the peer is then plain GraphFrames. The defaults are a tenth of the Hub:
    python -m benchmarks.graph_speed --models 3100000 --edges 1500000 --growth
    python -m benchmarks.graph_speed --models 3100000 --edges 1500000 --limit 1000000     leaves by Spark, the core in one task
    python -m benchmarks.graph_speed --models 3100000 --edges 1500000 --limit 20000       everything by rounds
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
from benchmarks.whole_hub import Figures, Watch


def ours(folder: Path, scratch: Path, memory: str, limit: int | None, *, gates: bool) -> dict[str, float]:
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
    settings = load(flags={"build.master": "local[2]", "build.driver_memory": memory, "graph.max_pairs_in_one_task": limit})
    with lap() as total:
        with lap() as start:
            spark = start_local_session(settings, scratch)
        taken["start"] = start.seconds
        gate = Gate(str(folder)) if gates else OpenGate(str(folder))
        build = Build(Warehouse(spark, str(folder)), settings, gate)
        build.snapshot = DAY  # there is no crawl to read it from
        jobs = [all_jobs()[table.full_name] for table in (MODEL_LINEAGE, MODEL_IMPACT)]
        with build.gates:
            no_inputs = Fingerprint("benchmark", "")
            built = list(
                run_in_parallel(jobs, lambda job: build.runner.run(job, DAY, no_inputs), settings.build.tables_at_once, build.runner.cancel)
            )
            taken |= {result.table.name: result.seconds for result in built}
            for result in built:
                print(f"{result.table.full_name}: {'; '.join(result.notes)}", file=sys.stderr)
            with lap() as waited:
                build.collect(built, wait=True)
            taken["gates left"] = waited.seconds
        with lap() as published:
            publish(build.warehouse, build.run_id, build.staged_plans(), build.history)
        taken["publish"] = published.seconds
    taken |= {"total": total.seconds, "cpu": cpu_seconds()}
    spark.stop()
    return taken | _traffic(scratch)


def _traffic(scratch: Path) -> dict[str, float]:
    """What all tasks of the session shuffled and spilled, from its event log."""
    from hublake.spark_jobs.engine.event_log import metrics_by_table, read_events

    metrics = [sums for application in (scratch / "events").iterdir() for sums in metrics_by_table(read_events(application)).values()]
    return {"shuffled MB": sum(m.shuffled_bytes for m in metrics) / 1e6, "spilled MB": sum(m.spilled_bytes for m in metrics) / 1e6}


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
    return taken | _traffic(scratch)


def in_own_process(which: str, folder: Path, memory: str, limit: int | None = None) -> dict[str, float]:
    """One measurement in its own process, so that none inherits the memory or warm JVM of another; with the peaks of all its processes."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        command = [sys.executable, "-m", "benchmarks.graph_speed", "--one", which, "--folder", str(folder), "--memory", memory]
        command += ["--scratch", scratch, *(["--limit", str(limit)] if limit is not None else [])]
        figures = Figures()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, Watch(process.pid, Path(scratch), figures):
            output = process.communicate()[0]
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
    peaks = {f"peak MB of {program}": megabytes for program, megabytes in figures.peaks.items() if program in ("java", "python")}
    return {name: float(value) for name, value in json.loads(output.splitlines()[-1]).items()} | peaks


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
            return ours(folder, scratch, args.memory, args.limit, gates=args.one == "gated")


def formatted(taken: dict[str, float]) -> str:
    """All figures of a run but its totals."""
    return ", ".join(
        f"{name} {figure:,.0f}" if "MB" in name else f"{name} {figure:.1f} s"
        for name, figure in taken.items()
        if name not in ("total", "cpu")
    )


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
    parser.add_argument("--limit", type=int, help="graph.max_pairs_in_one_task, beside plain GraphFrames")
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
        if args.limit is None:
            _compare(folder, Path(work) / "tenth", args)
        else:
            _compare_rounds(folder, args)


def _compare(folder: Path, small: Path, args: argparse.Namespace) -> None:
    """The fast path, with and without gates, beside every peer."""
    peers = {name: in_own_process(name, folder, args.memory) for name in ("networkx", "igraph", *["graphframes"] * args.graphframes)}
    totals = {
        what: in_own_process(program, folder, args.memory) for program, what in (("ungated", "without gates"), ("gated", "with gates"))
    }
    for what, taken in totals.items():
        print(f"ours {what}: {formatted(taken)}")
        for name, peer in peers.items():
            bar = "1, half is the goal" if name == "networkx" else ""
            show(f"silver to gold {what}", taken["total"], peer["total"], unit="s", peer_name=name, bar=bar)
            show(f"silver to gold {what}, CPU of both cores", taken["cpu"], peer["cpu"], unit="CPU s", peer_name=name)
    if args.growth:
        _write(small, args.models // 10, args)
        full, tenth = (run["total"] - run["start"] for run in (totals["without gates"], in_own_process("ungated", small, args.memory)))
        show("ten times the graph, without start-up", full, tenth, unit="s", peer_name="a tenth", bar="11")


def _compare_rounds(folder: Path, args: argparse.Namespace) -> None:
    """With at most --limit pairs in one task, without gates, beside plain GraphFrames."""
    peer, taken = in_own_process("graphframes", folder, args.memory), in_own_process("ungated", folder, args.memory, args.limit)
    print(f"plain GraphFrames: {formatted(peer)}\nours: {formatted(taken)}")
    show(f"at most {args.limit:,} pairs in one task", taken["total"], peer["total"], unit="s", peer_name="plain GraphFrames", bar="2")
    show("CPU of both cores", taken["cpu"], peer["cpu"], unit="CPU s", peer_name="plain GraphFrames")
    show("shuffled", taken["shuffled MB"], peer["shuffled MB"], unit="MB", peer_name="plain GraphFrames")


if __name__ == "__main__":
    main()
