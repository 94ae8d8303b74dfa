"""Which job begins when, and what becomes of the others when one fails."""

from contextlib import closing
from dataclasses import replace
from threading import Event, Lock

import pytest

from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.engine.scheduler import run_in_parallel
from hublake.spark_jobs.job import Job


def jobs(*told: str) -> list[Job]:
    """`c < a b` is a job that writes c from a and b."""
    tables = {name: replace(MODELS, name=name) for text in told for name in text.replace("<", " ").split()}
    found = []
    for text in told:
        writes, _, reads = text.partition("<")
        found.append(Job(tuple(tables[name] for name in reads.split()), tables[writes.strip()], transform=lambda: None))  # type: ignore[arg-type,return-value]
    return found


class Workshop:
    """Makes tables, and remembers in what order they were begun and how many at once."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.now: set[str] = set()
        self.most = 0
        self._lock = Lock()

    def make(self, job: Job) -> str:
        name = job.writes.name
        with self._lock:
            self.begun.append(name)
            self.now.add(name)
            self.most = max(self.most, len(self.now))
        Event().wait(0.01)
        with self._lock:
            self.now.remove(name)
        return name


def never_asked() -> None:
    raise AssertionError("nothing is to be stopped")


def test_a_job_begins_when_all_that_it_reads_is_made() -> None:
    workshop = Workshop()
    made = list(run_in_parallel(jobs("c < a b", "d < c", "a", "b < a"), workshop.make, 4, never_asked))
    assert made == workshop.begun == ["a", "b", "c", "d"]


def test_no_more_are_made_at_once_than_told() -> None:
    workshop = Workshop()
    assert sorted(run_in_parallel(jobs(*"abcdefgh"), workshop.make, 3, never_asked)) == sorted("abcdefgh")
    assert workshop.most <= 3


def test_of_those_that_can_begin_the_one_comes_first_that_most_others_wait_for() -> None:
    workshop = Workshop()
    list(run_in_parallel(jobs("alone", "few", "many", "x < few", "y < many", "z < y"), workshop.make, 1, never_asked))
    assert workshop.begun == ["many", "y", "few", "alone", "z", "x"] or workshop.begun[:3] == ["many", "few", "y"]


def test_where_one_fails_the_others_are_stopped_and_nothing_new_begins() -> None:
    stopped, began = Event(), Event()

    def make(job: Job) -> str:
        if job.writes.name == "long":
            began.set()
            assert stopped.wait(60)
        elif job.writes.name == "bad":
            assert began.wait(60)
            raise ValueError("bad")
        else:
            raise AssertionError(f"{job.name} begins after another has failed")
        return job.writes.name

    with pytest.raises(ValueError, match="bad"):
        list(run_in_parallel(jobs("long", "bad", "later < bad", "waiting < long"), make, 2, stopped.set))


def test_who_leaves_early_leaves_nothing_running() -> None:
    stopped, workshop = Event(), Workshop()

    def make(job: Job) -> str:
        if job.writes.name == "long":
            assert stopped.wait(60)
        return workshop.make(job)

    with closing(run_in_parallel(jobs("short", "long"), make, 2, stopped.set)) as made:
        assert next(made) == "short"
    assert workshop.begun == ["short", "long"]
    assert not workshop.now
