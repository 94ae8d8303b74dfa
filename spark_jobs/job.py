"""What a job is, which jobs there are, and in which order they run."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from pyspark.sql import DataFrame

import spark_jobs
from lake.tables import Table

# A silver transform may add these columns: a row with a reason goes to silver.quarantine instead of its table.
# The reason reads "rule: what was seen"; the body is the raw record, else the row itself is kept.
SET_ASIDE_REASON = "set_aside_reason"
SET_ASIDE_BODY = "set_aside_body"

NO_JOBS = ("rules", "export")  # sub-packages in which discovery does not look


@dataclass(frozen=True)
class Job:
    """One table written from others.

    `transform` is pure. It gets one frame for each table of `reads`, in that order: of bronze the rows up to the
    snapshot (with snapshot_date), of silver and gold the rows of the snapshot, without the column snapshot_date.
    It answers the columns of `writes` without snapshot_date, which the runner adds. Where `params` is set (a frozen
    dataclass), it is passed as the keyword `params`.

    After the frames of `reads` come those of `before`: rows of the snapshot before, without snapshot_date and with
    `days_before`, the days between; no rows where it is the first. The job runs again when that snapshot changes.

    Where a table of `none_without` is known to hold nothing, or the spider `of_spider` has never run, `writes` holds nothing either:
    `transform` is not asked.

    A job that writes a history gets every table of `reads` with all its snapshots and their snapshot_date, the history
    as the keyword `history`, and as `days` the snapshots that it does not hold yet, or no longer as they are; `is_last`: none that
    it holds is younger. It answers changes: rows of the table with the flag IS_DELETED.
    """

    reads: tuple[Table, ...]
    writes: Table
    transform: Callable[..., DataFrame]
    params: Any = None
    question: str = ""
    before: tuple[Table, ...] = ()
    none_without: tuple[Table, ...] = ()
    of_spider: str = ""

    @property
    def name(self) -> str:
        return self.writes.full_name


@cache
def all_jobs() -> dict[str, Job]:
    """Every JOB of the sub-packages, by the full name of the table it writes, in an order in which they can run."""
    found: dict[str, Job] = {}
    for module_info in walk_packages(spark_jobs.__path__, "spark_jobs."):
        folders = module_info.name.split(".")[1:-1]
        if module_info.ispkg or not folders or folders[0] in NO_JOBS:
            continue
        module = import_module(module_info.name)
        job = getattr(module, "JOB", None)
        if isinstance(job, Job):
            if module_info.name.rsplit(".", 1)[1] != job.writes.name:
                raise ValueError(f"{module_info.name} writes {job.name}: name the file after its table")
            question = (module.__doc__ or "").strip().split("\n")[0]
            found[job.name] = replace(job, question=question)
    return {name: found[name] for name in _ordered(found.values())}


def _ordered(jobs: Iterable[Job]) -> list[str]:
    return list(TopologicalSorter(needs(sorted(jobs, key=lambda job: job.name))).static_order())


def needs(jobs: Sequence[Job]) -> dict[str, list[str]]:
    """Job -> those of the jobs that write what it reads."""
    names = {job.name for job in jobs}
    return {job.name: sorted(table.full_name for table in job.reads if table.full_name in names) for job in jobs}


def jobs_for(wanted: Iterable[Table]) -> list[Job]:
    """The jobs that make the wanted tables and all they need, in order; all jobs where none is wanted."""
    jobs = all_jobs()
    needed = {table.full_name for table in wanted} or set(jobs)
    for name in reversed(jobs):
        if name in needed:
            needed |= {table.full_name for table in jobs[name].reads}
    return [job for name, job in jobs.items() if name in needed]
