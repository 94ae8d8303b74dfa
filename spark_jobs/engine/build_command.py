"""`hublake build`: one build in a Spark session of its own, with its progress on the console."""

from collections.abc import Sequence

from hublake.expectations.gate import Gate
from hublake.lake.schema import Table
from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.build import Build
from hublake.spark_jobs.engine.progress import ConsoleProgress
from hublake.spark_jobs.engine.warehouse_session import warehouse_session


def run_build(settings: Settings, tables: Sequence[Table], as_of: str | None, *, rebuild: bool) -> None:
    """Build the tables and report what was done. Raises what `Build.run` raises."""
    with ConsoleProgress() as progress:
        progress("starting Spark")
        with warehouse_session(settings) as warehouse:
            gate = Gate(warehouse.address)
            build = Build(warehouse, settings, gate, as_of, progress)
            try:
                progress.show_snapshot(build.snapshot)
                results = build.run(tables, rebuild=rebuild)
            finally:
                progress.show_docs(gate.write_docs())
            progress.show_summary(results)
