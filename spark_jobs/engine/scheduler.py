"""Jobs that run side by side: each begins when all that it reads is made, and first the one that most others wait for."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TypeVar

from hublake.spark_jobs.engine.discovery import dependencies
from hublake.spark_jobs.job import Job

SECONDS_BETWEEN_CALLS = 0.5  # to jobs that are told to stop, and may have begun something new meanwhile

Made = TypeVar("Made")


def run_in_parallel(jobs: Sequence[Job], make: Callable[[Job], Made], at_once: int, stop: Callable[[], None]) -> Generator[Made]:
    """What `make` answers of each job, in the order in which they are through, `at_once` of them at a time.

    The first that fails raises here, and so does leaving early: then nothing new begins, `stop` is called until the others have ended,
    and what becomes of these is dropped.
    """
    by_name = {job.name: job for job in jobs}
    needed = dependencies(jobs)
    waiting_for = _waiting_for(needed)
    order = TopologicalSorter(needed)
    order.prepare()
    ready: list[str] = []
    running: dict[Future[Made], str] = {}
    pool = ThreadPoolExecutor(at_once, "job")
    try:
        while order.is_active():
            ready = sorted([*ready, *order.get_ready()], key=lambda name: -len(waiting_for[name]))
            while ready and len(running) < at_once:
                name = ready.pop(0)
                running[pool.submit(make, by_name[name])] = name
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                order.done(running.pop(ended))
                yield ended.result()
    finally:
        while busy := [future for future in running if not future.done()]:
            stop()
            wait(busy, timeout=SECONDS_BETWEEN_CALLS)
        pool.shutdown()


def _waiting_for(needed: dict[str, list[str]]) -> dict[str, set[str]]:
    """Job -> those that cannot begin before it has ended; `needed` names those before a job, in an order in which they can run."""
    found: dict[str, set[str]] = {name: set() for name in needed}
    for name in reversed(needed):
        for before in needed[name]:
            found[before] |= {name, *found[name]}
    return found
