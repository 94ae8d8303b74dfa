"""Which rows of bronze a build has to check: those of crawls that have added files since a build last checked the table.

Rows of bronze never change, and each key contains the crawl. All rows are checked again when an expectation has changed, and by
`hublake check` and `hublake build --again`.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from hublake.lake.delta.tables import open_table
from hublake.lake.errors import HublakeError
from hublake.lake.paths import Location
from hublake.lake.schema import Table


class BronzeFile(NamedTuple):
    """A data file of a bronze table, with the crawls of its first and last rows in order of their ids; None if they are unknown."""

    path: str
    snapshot_date: date
    first_crawl_id: str | None
    last_crawl_id: str | None


class PassedCheck(NamedTuple):
    """The last check of a table that passed: of rows up to which snapshot, in which version (`id version`), and by which expectations.

    `has_warnings`: it broke an expectation that is not critical.
    """

    snapshot_date: date
    rows_identity: str | None
    configurations: frozenset[str]
    has_warnings: bool = False


def crawls_to_check(
    files: Iterable[BronzeFile], last: PassedCheck | None, checked_files: Collection[str] | None, configurations: Collection[str]
) -> list[str] | None:
    """The crawls whose rows have to be checked; None if all rows have to be, no crawl if none has.

    All rows have to be without an earlier check by equal expectations, if its files (`checked_files`) are unknown or one of them is gone,
    if a new file has rows of several crawls, as after a compaction, and if nothing is new but the check had warnings to repeat.
    """
    files = list(files)
    if last is None or checked_files is None or last.configurations != frozenset(configurations):
        return None
    if not files or not {file.path for file in files}.issuperset(checked_files):
        return None
    new = [file for file in files if file.snapshot_date > last.snapshot_date or file.path not in checked_files]
    crawls = {file.first_crawl_id for file in new}
    if any(file.first_crawl_id != file.last_crawl_id for file in new):
        return None
    is_unknown = None in crawls or (not new and last.has_warnings)
    return None if is_unknown else sorted(filter(None, crawls))


def bronze_files(table: DeltaTable) -> list[BronzeFile]:
    """The data files of a bronze table that is partitioned by snapshot_date, by its log alone."""
    actions = table.get_add_actions(flatten=True)
    missing = [None] * actions.num_rows
    crawls = [actions[name].to_pylist() if name in actions.schema.names else missing for name in ("min.crawl_id", "max.crawl_id")]
    columns = (actions["path"].to_pylist(), actions["partition.snapshot_date"].to_pylist(), *crawls)
    return [BronzeFile(*file) for file in zip(*columns, strict=True)]


def files_of(location: Location, table: Table, rows_identity: str | None) -> frozenset[str] | None:
    """The paths of the data files of an earlier version of a table; None if its log no longer reaches back to it."""
    table_id, _, version = (rows_identity or "").partition(" ")
    if not version.isdecimal():
        return None
    try:
        found = open_table(location, table, version=int(version))
    except (DeltaError, HublakeError):
        return None
    if found is None or str(found.metadata().id) != table_id:
        return None
    return frozenset(found.get_add_actions(flatten=True)["path"].to_pylist())
