"""How much time do the gates add to a build, compared with Great Expectations itself on the same tables?

Crawls a synthetic hub over loopback and rebuilds it repeatedly, with and without gates.
    python -m benchmarks.gate_cost [--models N] [--rounds N] [--folder DIR]
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuite, ValidationDefinition

from benchmarks.figure import cpu_seconds, lap, show
from benchmarks.open_gate import OpenGate
from hublake.expectations.aggregates import aggregate_for
from hublake.expectations.gate import Gate
from hublake.expectations.suite import suite_of
from hublake.lake.paths import Location
from hublake.lake.settings import load
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.synthetic.generate import generate_hub
from hublake.spark_jobs.engine.build import Build
from hublake.spark_jobs.engine.discovery import all_jobs
from hublake.spark_jobs.engine.session import start_local_session
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.engine.warehouse_session import SMALL_WAREHOUSE_ROWS, count_bronze_rows


def crawl_synthetic_hub(folder: Path, models: int) -> str:
    """The address of a new warehouse with bronze tables only."""
    warehouse = str(folder / "warehouse")
    store = generate_hub(folder / "hub.sqlite", models=models, seed=7)
    with PracticeHub(store, quotas=Quotas(window_seconds=1, api=1000, resolvers=5000)) as hub:
        for spider in ("models", "cards"):
            command = [sys.executable, "-m", "hublake.lake.cli", "crawl", spider, "--endpoint", hub.url, "--warehouse", warehouse]
            subprocess.run(command, check=True, capture_output=True)
    store.close()
    return warehouse


def compare_with_great_expectations(warehouse: Warehouse) -> tuple[float, float]:
    """Seconds to validate all published tables: by our gate, and by Great Expectations itself (without counts or examples)."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source: Any = context.data_sources.add_spark("spark", persist=False)
    ours = theirs = 0.0
    for job in all_jobs().values():
        frame = warehouse.read_as_of(job.writes, None).persist()
        frame.count()
        begin = time.monotonic()
        Gate(warehouse.address).validate(frame, job.writes)
        ours += time.monotonic() - begin
        # Great Expectations gets the easier half: no comparisons with other tables, and no figures that only our gate computes.
        supported = [e for e in suite_of(job.writes) if aggregate_for(e, job.writes) is not None and not (e.meta or {}).get("condition")]
        batch = source.add_dataframe_asset(job.name).add_batch_definition_whole_dataframe("whole")
        suite = context.suites.add(ExpectationSuite(name=job.name, expectations=supported))
        definition = context.validation_definitions.add(ValidationDefinition(name=job.name, data=batch, suite=suite))
        begin = time.monotonic()
        definition.run(batch_parameters={"dataframe": frame}, result_format="BOOLEAN_ONLY")
        theirs += time.monotonic() - begin
        frame.unpersist()
    return ours, theirs


def build_seconds(warehouse: Warehouse, gate: Gate) -> tuple[float, float]:
    """Wall-clock and CPU seconds to rebuild all tables, including the gate's Data Docs."""
    build = Build(warehouse, load(), gate)
    before = cpu_seconds()
    with lap() as taken:
        build.run(rebuild=True)
        gate.write_docs()
    cpu = cpu_seconds() - before
    in_thread = build.gates.seconds()
    print(f"{type(gate).__name__}: {taken.seconds:.1f} s, {cpu:.1f} s of CPU; {in_thread:.1f} s in the gate's thread", flush=True)
    return taken.seconds, cpu


def main() -> None:
    """Crawl; build once to warm up, then alternate builds without and with gates; then validate the published tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="working folder; a temporary folder by default")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="hublake-gates-"))
    address = crawl_synthetic_hub(folder, options.models)
    spark = start_local_session(load(), folder / "spark", is_small=count_bronze_rows(Location(address)) < SMALL_WAREHOUSE_ROWS)
    warehouse = Warehouse(spark, address)
    build_seconds(warehouse, Gate(address))
    pairs = [(build_seconds(warehouse, OpenGate(address)), build_seconds(warehouse, Gate(address))) for _ in range(options.rounds)]
    for index, unit in enumerate(("s", "s of CPU")):
        without, with_gates = (min(seconds[index] for seconds in builds) for builds in zip(*pairs, strict=True))
        show("build with gates", with_gates, without, unit=unit, peer_name="without", bar="a ratio of 1.18: gates are 15 % of a build")
    ours, theirs = compare_with_great_expectations(warehouse)
    show("gates of all silver and gold tables, sequentially", ours, theirs, unit="s", peer_name="Great Expectations alone")
    spark.stop()
    if options.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
