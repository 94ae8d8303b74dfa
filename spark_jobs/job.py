"""A job computes one table from others. This module declares what a job is; hublake.spark_jobs.engine runs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pyspark.sql import DataFrame

from hublake.lake.schema import Table
from hublake.lake.settings import GraphSettings

# A silver transform may add these columns. A row with a reason goes to silver.quarantine instead of its table. The reason reads
# "rule: what was found"; the body is the raw record. Without a body, the quarantine stores the row itself.
QUARANTINE_REASON = "quarantine_reason"
QUARANTINE_BODY = "quarantine_body"

IS_DELETED = "is_deleted"  # in the changes of a history table: delete the row with this key


def no_note(text: str) -> None:
    """For callers without a build log."""


@dataclass(frozen=True)
class Execution:
    """How a transform computes its rows, which do not depend on it. So it is no parameter, and a table stays current if it changes.

    `note` takes a text that is printed with the table and recorded as `method` in its commit.
    """

    max_pairs_in_one_task: int = GraphSettings().max_pairs_in_one_task
    note: Callable[[str], None] = no_note


DEFAULT_EXECUTION = Execution()


class SharedPass(Protocol):
    """One pass over records from which several jobs take the rows of their tables, so that each record is parsed once."""

    def compute(self, facets: Sequence["Facet"], frames: Sequence[DataFrame], only: DataFrame | None = None) -> DataFrame:
        """One frame with the rows of all facets. `frames` are those of the `reads` of each of their jobs.

        `only`: the values of `per` whose rows are needed; records without a value are always passed.
        """
        ...

    def changed(self, frames: Sequence[DataFrame], before: DataFrame) -> DataFrame:
        """The values of `per` whose rows may differ from those computed when the main table was `before`."""
        ...

    @property
    def per(self) -> str:
        """The column of all its tables by which rows are carried over, as CarryOver.per."""
        ...

    def select(self, computed: DataFrame, facet: "Facet") -> DataFrame:
        """The rows of one facet's table, with QUARANTINE_REASON and QUARANTINE_BODY, out of what `compute` returned."""
        ...


@dataclass(frozen=True)
class Facet:
    """A transform that takes its rows from a pass that other jobs share: `rule` is called for each record that the pass has parsed.

    A build runs the pass once for all of its jobs that share it. `is_main`: the records that the pass rejects are quarantined under this
    table; each pass has one main facet.
    """

    shared_pass: SharedPass
    table: Table
    rule: Callable[[Any], dict[str, Any] | None]
    is_main: bool = False

    def __call__(self, *frames: DataFrame) -> DataFrame:
        """The rows of the table, by a pass for this facet alone."""
        return self.shared_pass.select(self.shared_pass.compute([self], frames), self)


@dataclass(frozen=True)
class CarryOver:
    """Rows of a table that stay as they are from one snapshot to the next: those of the values of the column `per` that have not changed.

    The rows with one value depend on nothing but the rows of `reads` with the same value. Inputs that lack the column must not differ at
    all, unless `compares` gets the frames of `reads` and returns what counts of them, as rows with the column. A job that reads bronze
    finds out by itself which values have changed: `changed` gets the frames of `reads` and, as `before`, the last snapshot of the table.

    The engine passes to `transform` the rows of changed values, and inputs without the column whole. With `changed` or `selects`, it
    passes whole frames and the keyword `only`, the changed values. With `revises`, only a part of each row meets the condition above:
    `transform` also gets the keyword `kept`, the rows of all other values at the last snapshot, and returns the rows of all values. Inputs
    without the column may then differ.
    """

    per: str
    changed: Callable[..., DataFrame] | None = None
    compares: Callable[..., DataFrame] | None = None
    selects: bool = False
    revises: bool = False


@dataclass(frozen=True)
class Job:
    """One table and the transform that computes it from others.

    `transform` takes one frame for each table of `reads`, in that order. A bronze frame has all rows up to the snapshot, with
    snapshot_date; a silver or gold frame has the rows of the snapshot, without the column snapshot_date; a history has the periods that
    were known on the day of the snapshot. The result has the columns of `writes` without snapshot_date, which the engine adds. If
    `params` (a frozen dataclass) is set, it is passed as the keyword `params`.

    The frames of `reads_previous` follow those of `reads`: rows of the previous snapshot, without snapshot_date and with `days_before`,
    the number of days between the two; no rows if there is no previous snapshot. The job runs again when that snapshot changes.

    The frames of `reads_earlier` come last: rows of all earlier snapshots that are published, with `days_before` in place of snapshot_date.
    If `takes_day`, the transform gets the day of the snapshot as the keyword `day`; if `takes_execution`, the keyword `execution`.

    If a table of `requires_rows_of` is known to be empty, or the spider `requires_spider` has never run, the engine writes an empty
    snapshot and does not call `transform`.

    A job that writes a history gets every table of `reads` with all its snapshots and their snapshot_date. It also gets the keywords
    `history`, the published history; `days`, the snapshots to merge, because the history lacks them or they have been rebuilt since;
    and `is_last`, which is true if the history contains no later snapshot. It returns changes: rows of the table with the flag IS_DELETED.

    What a transform may do: it reads its frames and the curated lists of conf/, and returns a frame. It may run Spark actions on its
    frames (count, isEmpty, toArrow), checkpoint them, and create small frames in their session. It opens no path, table, session,
    clock, environment or setting, and draws no unseeded random number: the same input gives the same rows. The engine does all other
    input and output. tests/conventions/test_transforms.py checks this.

    With `carries`, a build computes only the rows whose input rows have changed. Snapshots must be the same as without it.

    Discovery sets `question`, the first line of the module's docstring, and `module`, its name.
    """

    reads: tuple[Table, ...]
    writes: Table
    transform: Callable[..., DataFrame]
    params: Any = None
    question: str = ""
    module: str = ""
    reads_previous: tuple[Table, ...] = ()
    reads_earlier: tuple[Table, ...] = ()
    takes_day: bool = False
    takes_execution: bool = False
    requires_rows_of: tuple[Table, ...] = ()
    requires_spider: str = ""
    carries: CarryOver | None = None

    @property
    def name(self) -> str:
        return self.writes.full_name
