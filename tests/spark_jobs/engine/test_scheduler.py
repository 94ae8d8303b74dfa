"""The order in which jobs start, and the cancellation of the others when one fails."""

from contextlib import closing
from dataclasses import replace
from threading import Event, Lock

import pytest

from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.engine.scheduler import run_in_parallel
from hublake.spark_jobs.job import Job


def jobs(*texts: str) -> list[Job]:
    """`c < a b` is a job that computes c from a and b."""
    tables = {name: replace(MODELS, name=name) for text in texts for name in text.replace("<", " ").split()}
    found = []
    for text in texts:
        writes, _, reads = text.partition("<")
        found.append(Job(tuple(tables[name] for name in reads.split()), tables[writes.strip()], transform=lambda: None))  # type: ignore[arg-type,return-value]
    return found


class Recorder:
    """Runs jobs, and records the order in which they start and the maximum that run at once."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.running: set[str] = set()
        self.maximum = 0
        self._lock = Lock()

    def run(self, job: Job) -> str:
        name = job.writes.name
        with self._lock:
            self.started.append(name)
            self.running.add(name)
            self.maximum = max(self.maximum, len(self.running))
        Event().wait(0.01)
        with self._lock:
            self.running.remove(name)
        return name


def never_cancelled() -> None:
    raise AssertionError("no job has to be cancelled")


def test_a_job_starts_once_all_its_inputs_are_built() -> None:
    recorder = Recorder()
    results = list(run_in_parallel(jobs("c < a b", "d < c", "a", "b < a"), recorder.run, 4, never_cancelled))
    assert results == recorder.started == ["a", "b", "c", "d"]


def test_no_more_jobs_run_at_once_than_configured() -> None:
    recorder = Recorder()
    assert sorted(run_in_parallel(jobs(*"abcdefgh"), recorder.run, 3, never_cancelled)) == sorted("abcdefgh")
    assert recorder.maximum <= 3


def test_the_ready_job_with_the_most_dependents_starts_first() -> None:
    recorder = Recorder()
    list(run_in_parallel(jobs("alone", "few", "many", "x < few", "y < many", "z < y"), recorder.run, 1, never_cancelled))
    assert recorder.started == ["many", "y", "few", "alone", "z", "x"] or recorder.started[:3] == ["many", "few", "y"]


def test_if_a_job_fails_the_others_are_cancelled_and_no_further_job_starts() -> None:
    stopped, began = Event(), Event()

    def run(job: Job) -> str:
        if job.writes.name == "long":
            began.set()
            assert stopped.wait(60)
        elif job.writes.name == "bad":
            assert began.wait(60)
            raise ValueError("bad")
        else:
            raise AssertionError(f"{job.name} starts after another job has failed")
        return job.writes.name

    with pytest.raises(ValueError, match="bad"):
        list(run_in_parallel(jobs("long", "bad", "later < bad", "waiting < long"), run, 2, stopped.set))


def test_a_caller_that_stops_early_leaves_no_job_running() -> None:
    stopped, recorder = Event(), Recorder()

    def run(job: Job) -> str:
        if job.writes.name == "long":
            assert stopped.wait(60)
        return recorder.run(job)

    with closing(run_in_parallel(jobs("short", "long"), run, 2, stopped.set)) as results:
        assert next(results) == "short"
    assert recorder.started == ["short", "long"]
    assert not recorder.running
