"""Run each pass that several jobs of a build share once, for all of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from pyspark.sql import DataFrame

from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.engine.carrying import Changed
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import Facet, Job, SharedPass


@dataclass(frozen=True)
class ComputedPass:
    """What a pass has computed for the facets of these tables, stored on the disks of these executors by the first action that reads it."""

    rows: DataFrame
    changed: Changed | None
    tables: frozenset[str]
    executors: frozenset[str]


@dataclass
class SharedPasses:
    """The passes of one build. `planned` are the facets that the build has yet to stage, by snapshot."""

    warehouse: Warehouse
    find_changed: Callable[[Sequence[Facet], date, Sequence[DataFrame]], Changed | None]
    planned: dict[date, dict[str, Facet]] = field(default_factory=dict)
    computed: dict[tuple[SharedPass, date], ComputedPass] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def plan(self, jobs: Iterable[Job], day: date) -> None:
        """Announce jobs that the build will run for a snapshot: the first one that needs a pass runs it for all of them."""
        self.planned.setdefault(day, {}).update({job.name: job.transform for job in jobs if isinstance(job.transform, Facet)})

    def rows(self, facet: Facet, day: date, frames: Sequence[DataFrame]) -> tuple[DataFrame, Changed | None]:
        """The rows of a facet's table, and which they are if the others are carried over.

        If an executor that stores a part of the pass was lost, the pass runs again.
        """
        key, table = (facet.shared_pass, day), facet.table.full_name
        with self._lock:
            found, executors = self.computed.get(key), self.warehouse.executors()
            if found is None or table not in found.tables or not found.executors <= executors:
                planned = {**self._sharing(facet, day), table: facet}
                changed = self.find_changed(list(planned.values()), day, frames)
                only = None if changed is None else changed.frame(self.warehouse.spark)
                rows = lazy_checkpoint(facet.shared_pass.compute(list(planned.values()), frames, only))
                found = self.computed[key] = ComputedPass(rows, changed, frozenset(planned), executors)
        return facet.shared_pass.select(found.rows, facet), found.changed

    def staged(self, facet: Facet, day: date) -> None:
        """A facet's table has been written. With the last one, Spark may delete what the pass has computed."""
        with self._lock:
            self.planned.get(day, {}).pop(facet.table.full_name, None)
            if not self._sharing(facet, day):
                self.computed.pop((facet.shared_pass, day), None)

    def _sharing(self, facet: Facet, day: date) -> dict[str, Facet]:
        return {name: other for name, other in self.planned.get(day, {}).items() if other.shared_pass == facet.shared_pass}
