"""Run jobs in parallel: each starts once its inputs are built, and the job with the most dependents starts first."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TypeVar

from hublake.spark_jobs.engine.discovery import dependencies
from hublake.spark_jobs.job import Job

CANCEL_INTERVAL_SECONDS = 0.5  # between calls of `cancel`: a running job may have started new Spark work since the last call

Result = TypeVar("Result")


def run_in_parallel(jobs: Sequence[Job], run: Callable[[Job], Result], max_parallel: int, cancel: Callable[[], None]) -> Generator[Result]:
    """Call `run` for each job, at most `max_parallel` at once, and yield the results in order of completion.

    Raises the first exception that a job raises. After that, or if the caller closes the generator early, no further job starts and
    `cancel` is called until the running jobs have ended; their results are discarded.
    """
    by_name = {job.name: job for job in jobs}
    inputs = dependencies(jobs)
    dependents = _dependents(inputs)
    order = TopologicalSorter(inputs)
    order.prepare()
    ready: list[str] = []
    running: dict[Future[Result], str] = {}
    pool = ThreadPoolExecutor(max_parallel, "job")
    try:
        while order.is_active():
            ready = sorted([*ready, *order.get_ready()], key=lambda name: -len(dependents[name]))
            while ready and len(running) < max_parallel:
                name = ready.pop(0)
                running[pool.submit(run, by_name[name])] = name
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                order.done(running.pop(ended))
                yield ended.result()
    finally:
        while unfinished := [future for future in running if not future.done()]:
            cancel()
            wait(unfinished, timeout=CANCEL_INTERVAL_SECONDS)
        pool.shutdown()


def _dependents(inputs: dict[str, list[str]]) -> dict[str, set[str]]:
    """Job -> all jobs that cannot start before it has ended. `inputs` lists the jobs in an order in which they can run."""
    found: dict[str, set[str]] = {name: set() for name in inputs}
    for name in reversed(inputs):
        for source in inputs[name]:
            found[source] |= {name, *found[name]}
    return found
