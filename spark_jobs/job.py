"""What a job is: one table, computed from others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame

from hublake.lake.schema import Table

# A silver transform may add these columns: a row with a reason goes to silver.quarantine instead of its table.
# The reason reads "rule: what was seen"; the body is the raw record, else the row itself is kept.
QUARANTINE_REASON = "quarantine_reason"
QUARANTINE_BODY = "quarantine_body"

IS_DELETED = "is_deleted"  # in the changes of a history table: the row with this key is deleted


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
    reads_previous: tuple[Table, ...] = ()
    requires_rows_of: tuple[Table, ...] = ()
    requires_spider: str = ""

    @property
    def name(self) -> str:
        return self.writes.full_name
