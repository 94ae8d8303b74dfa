"""`hublake build`: one build in a Spark session of its own, with its progress on the console."""

import gc
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module

from hublake.lake.delta.builds import BuildHistory, BuildLog
from hublake.lake.delta.repair import Repair, RepairPlan, require_sound
from hublake.lake.delta.store_errors import report_unreachable_store
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.paths import require_tables, require_warehouse, require_writable
from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.operations import QUALITY_RESULTS, QUARANTINE
from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.discovery import all_jobs, jobs_needed_for
from hublake.spark_jobs.engine.progress import ConsoleProgress
from hublake.spark_jobs.engine.results import Notice
from hublake.spark_jobs.engine.session import load_first_classes
from hublake.spark_jobs.engine.warehouse_session import warehouse_session


def run_build(
    settings: Settings, tables: Sequence[Table], as_of: str | None, *, rebuild: bool, repair: bool, expected_models: int | None = None
) -> None:
    """Build the tables and report what was done. Raises what `Build.run`, `require_sound` and `Repair.prepare` raise.

    With `expected_models`, Spark starts at once, and the tables are inspected when standard input has a line.
    """
    require_warehouse(settings.warehouse)
    require_writable(settings.warehouse)
    if repair and as_of is not None:
        raise WrongUse("--repair rebuilds every snapshot of a damaged table: leave out --as-of")
    if repair and expected_models is not None:
        raise WrongUse("--repair needs the tables as they are, and --expect a crawl that has yet to write them: leave one of them out")
    plan = RepairPlan()
    with ConsoleProgress() as progress:
        if expected_models is None:
            plan = _prepare(settings, tables, progress, repair=repair)
            if repair and tables and all(table.layer == "bronze" for table in tables):
                return
        else:
            progress.hide_status()
        progress("starting Spark")
        # Great Expectations is imported while the JVM starts, and the pages of the gates are written while it stops.
        with ThreadPoolExecutor(1, "gates") as gates:
            imported = gates.submit(_import_engine)
            with warehouse_session(settings, expected_models=expected_models) as warehouse:
                imported.result()
                if expected_models is not None:
                    load_first_classes(warehouse.spark)
                    _await_line()
                    progress.show_status()
                    _prepare(settings, tables, progress, repair=False)
                from hublake.expectations.gate import Gate
                from hublake.spark_jobs.engine.build import Build

                gate = Gate(warehouse.address)
                build = Build(warehouse, settings, gate, as_of, progress, plan)
                try:
                    progress.show_snapshot(build.snapshot)
                    with progress.following(build.steps):
                        results = build.run(_tables_to_build(tables, plan), rebuild=rebuild)
                finally:
                    written = gates.submit(gate.write_docs)
                    progress.show_docs(gate.docs)
                progress.show_summary(results)
            written.result()


def _import_engine() -> None:
    """Import what a build runs. What modules define stays, and Python would search it for cycles again and again."""
    gc.disable()
    try:
        import_module("hublake.spark_jobs.engine.build")
        all_jobs()
    finally:
        gc.freeze()
        gc.enable()


def _await_line() -> None:
    """Wait until standard input has a line. Raises HublakeError if it ends without one, for example because a crawl has failed."""
    if sys.stdin is None or not sys.stdin.readline():  # None if the shell has closed it
        raise HublakeError("standard input ended without a line, so nothing was built. Run it again when a crawl has stored something")


def _tables_to_build(tables: Sequence[Table], plan: RepairPlan) -> list[Table]:
    """The named tables that jobs write, and those that a repair has to rebuild beside them."""
    named = [table for table in tables if table.full_name in all_jobs()]
    return [*named, *(TABLES[name] for name in plan.rebuild if named)]


def with_missing_inputs(plan: RepairPlan, history: BuildHistory) -> RepairPlan:
    """Add the snapshots from which those of the plan are computed and that are not published, such as dropped ones."""
    rebuild = {name: set(days) for name, days in plan.rebuild.items()}
    for job in reversed(all_jobs().values()):
        inputs = [table for table in job.reads if table.full_name in all_jobs() and not table.is_history]
        days = rebuild.get(job.name, set())
        if job.writes.is_history and days:
            days = days | {day for table in inputs for day in history.dropped_days(table.full_name)}
        for table in inputs:
            if missing := days - set(history.days(table.full_name)):
                rebuild[table.full_name] = rebuild.get(table.full_name, set()) | missing
    return replace(plan, rebuild={name: sorted(days) for name, days in rebuild.items()})


def _prepare(settings: Settings, tables: Sequence[Table], progress: ConsoleProgress, *, repair: bool) -> RepairPlan:
    """Inspect the tables that a build reads and writes; with `repair`, prepare them for it."""
    progress("inspecting tables")
    require_tables(settings.warehouse)
    location = settings.location
    jobs = jobs_needed_for(table for table in tables if table.full_name in all_jobs())
    needed = {table.full_name: table for job in jobs for table in (*job.reads, *job.reads_previous, *job.reads_earlier, job.writes)}
    involved = [table for table in TABLES.values() if table.full_name in needed or table in (QUARANTINE, QUALITY_RESULTS)]
    with report_unreachable_store(settings.warehouse):
        if repair:
            plan = Repair(location, tables, involved, lambda text: progress(Notice(text))).prepare()
            return with_missing_inputs(plan, BuildLog(location).history())
        for condition in require_sound(location, involved):
            progress(Notice(f"{condition.problem()}. The rows are the same"))
    return RepairPlan()
