"""The steps of a build that are running: the time each has taken, the rows that it has read, and which take unusually long."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain

from py4j.protocol import Py4JError
from pyspark import SparkContext

SLOW_FACTOR = 10.0  # times the duration in the last build
SLOW_SECONDS = 60.0  # shorter steps are never called slow


@dataclass
class Step:
    """A job or a gate. `label` is shown, `group` is its Spark job group, and `usual` its seconds in the last build, if known."""

    label: str
    group: str
    begin: float
    usual: float | None = None
    is_slow: bool = False


@dataclass
class RunningSteps:
    """The running steps of one build, in the order in which they began. Threads may share it.

    `rows_read` returns the rows that the running stages of a Spark job group have read.
    """

    rows_read: Callable[[str], int]
    clock: Callable[[], float] = time.monotonic
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def running(self, label: str, group: str, usual: float | None = None) -> Iterator[Step]:
        """A step that runs as long as the block."""
        step = Step(label, group, self.clock(), usual)
        self.steps.append(step)
        try:
            yield step
        finally:
            self.steps.remove(step)

    def describe(self) -> str:
        """Each running step with its seconds and rows; empty if none runs.

        >>> steps = RunningSteps({"silver.models": 1200, "silver.accounts": 0}.get, iter([0, 8, 20, 20]).__next__)
        >>> with steps.running("silver.models", "silver.models"), steps.running("gate of silver.accounts", "silver.accounts"):
        ...     steps.describe()
        'silver.models 20 s, 1,200 rows read; gate of silver.accounts 12 s'
        """
        return "; ".join(self._line(step) for step in self.steps.copy())

    def _line(self, step: Step) -> str:
        rows = self.rows_read(step.group)
        return f"{step.label} {self.clock() - step.begin:.0f} s" + (f", {rows:,} rows read" if rows else "")

    def newly_slow(self) -> Iterator[str]:
        """One sentence for each step that has taken SLOW_FACTOR times its usual time, once per step."""
        for step in self.steps.copy():
            seconds = self.clock() - step.begin
            if step.usual is not None and not step.is_slow and seconds >= max(SLOW_SECONDS, SLOW_FACTOR * step.usual):
                step.is_slow = True
                yield f"{step.label} has been running for {seconds:.0f} s; the last build needed {step.usual:.1f} s"


def label_spark_jobs(context: SparkContext, group: str, description: str) -> None:
    """Label the jobs that this thread starts from now on, and give the group an equal share of the tasks that run at once.

    Without a call site, Spark searches the stack for one at each RDD.
    """
    context.setJobGroup(group, description)
    context.setLocalProperty("spark.scheduler.pool", group)
    for form in ("callSite.short", "callSite.long"):
        context.setLocalProperty(form, group)


def rows_read_by_spark(context: SparkContext, group: str) -> int:
    """The rows that the running stages of a job group have read from files and shuffles, as of the last heartbeat of their executors."""
    tracker, store = context.statusTracker(), context._jsc.sc().statusStore()
    with suppress(Py4JError):  # Spark has dropped the record of a stage that has just ended, or stops
        jobs = set(tracker.getActiveJobsIds()).intersection(tracker.getJobIdsForGroup(group))
        stages = set(chain.from_iterable(job.stageIds for job in map(tracker.getJobInfo, jobs) if job))
        figures = [store.lastStageAttempt(stage) for stage in stages.intersection(tracker.getActiveStageIds())]
        return sum(figure.inputRecords() + figure.shuffleReadRecords() for figure in figures)
    return 0
