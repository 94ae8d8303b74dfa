"""Find the jobs and order them by what they read and write."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pkgutil import walk_packages

from hublake.lake.schema import Table
from hublake.spark_jobs import gold, silver
from hublake.spark_jobs.job import Facet, Job, SharedPass


@cache
def all_jobs() -> dict[str, Job]:
    """The JOB of every module of silver/ and gold/, by the full name of the table it writes, in an order in which they can run."""
    found: dict[str, Job] = {}
    modules = [info for layer in (silver, gold) for info in walk_packages(layer.__path__, f"{layer.__name__}.") if not info.ispkg]
    for info in modules:
        module = import_module(info.name)
        job: Job = module.JOB
        if info.name.rsplit(".", 1)[1] != job.writes.name:
            raise ValueError(f"{info.name} writes {job.name}: name the file after its table")
        question = (module.__doc__ or "").strip().split("\n")[0]
        found[job.name] = replace(job, question=question, module=info.name)
    return {name: found[name] for name in _ordered(found.values())}


def _ordered(jobs: Iterable[Job]) -> list[str]:
    return list(TopologicalSorter(dependencies(sorted(jobs, key=lambda job: job.name))).static_order())


def dependencies(jobs: Sequence[Job]) -> dict[str, list[str]]:
    """Job -> those of the jobs that write its inputs; and of the jobs that share a pass, the one that runs it for the others."""
    names = {job.name for job in jobs}
    inputs = {job.name: {table.full_name for table in job.reads if table.full_name in names} for job in jobs}
    first_of_pass: dict[SharedPass, str] = {}
    for job in sorted(jobs, key=lambda job: isinstance(job.transform, Facet) and not job.transform.is_main):
        if isinstance(job.transform, Facet):
            first = first_of_pass.setdefault(job.transform.shared_pass, job.name)
            inputs[job.name] |= {first} - {job.name}
    return {name: sorted(found) for name, found in inputs.items()}


def jobs_needed_for(tables: Iterable[Table]) -> list[Job]:
    """The jobs that build the tables and everything they are computed from, in order; all jobs if no table is given."""
    jobs = all_jobs()
    needed = {table.full_name for table in tables} or set(jobs)
    for name in reversed(jobs):
        if name in needed:
            needed |= {table.full_name for table in jobs[name].reads}
    return [job for name, job in jobs.items() if name in needed]
