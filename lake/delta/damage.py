"""Turn errors of damaged tables, full disks and missing permissions into one sentence: what failed, where, and what to do.

Libraries report them in many ways: delta-rs by errors and by panics, which are no `Exception`; Arrow, DuckDB and Spark by errors of their
own. So an error is recognised by its text, and by the name of its class: this module imports none of them.
"""

import re
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import unquote

from hublake.lake.delta.store_errors import NO_RESPONSE
from hublake.lake.errors import DamagedTable, HublakeError, MissingTable, UnusableWarehouse
from hublake.lake.schema import TABLES, Table

if TYPE_CHECKING:
    from deltalake import DeltaTable

PANIC = "PanicException"
# Classes of errors that a damaged table can cause, by name. Those of DuckDB and Spark have many other causes.
LOW_LEVEL = frozenset({PANIC, "DeltaError", "ArrowException", "OSError"})
STORE_ERRORS = LOW_LEVEL | {"_duckdb.Error", "Py4JJavaError", "PySparkException"}
CONFLICT = "CommitFailedError"  # another writer was faster: the caller tries again
FULL_DISK = re.compile(r"No space left on device|Disk quota exceeded|File too large|StorageFull")
READ_ONLY = re.compile(r"Read-only file system")
DENIED = re.compile(r"Permission denied|PermissionDenied|Access ?Denied|AccessControlException|Operation not permitted| 403 Forbidden")
DAMAGE = re.compile(
    r"_delta_log|Parquet magic|not a Parquet file|DELTA_|FAILED_READ_FILE|Checksum|No such file|FileNotFoundException|Not a directory"
    r"|No files found|No magic bytes|too small to be a Parquet|reading the stream registered as"
)
# A table in a path or, in errors of DuckDB, as the reader (serving/reader.py) registers it for Arrow.
TABLE_PATH = re.compile(r"\b(bronze|silver|gold)/([a-z_]+)\b|registered as '(bronze|silver|gold)_([a-z_]+)'")
NOISE = re.compile(r"\x1b\[\d+m|^[\w.$]*(?:Exception|Error): |^An error occurred while calling \S+\s*:?\s*")
READ_CHARACTERS = 20_000  # of an error's text, which may contain a long stack trace
SHOWN_CHARACTERS = 200


@contextmanager
def report_damage(address: str, table: Table | None = None) -> Iterator[None]:
    """Raise DamagedTable or UnusableWarehouse instead of an error of a library that means one of these. Other errors pass through.

    `table` is the table that the block reads or writes; without it, the error's text names one by its path.
    """
    try:
        yield
    except HublakeError:
        raise
    except BaseException as error:
        explained = explain(error, address, table)
        if explained is None:
            raise
        raise explained from error


def reading(table: "DeltaTable") -> AbstractContextManager[None]:
    """`report_damage` for a block that reads an open table."""
    address, layer, name = unquote(table.table_uri).removeprefix("file://").rstrip("/").rsplit("/", 2)
    return report_damage(address, TABLES.get(f"{layer}.{name}"))


def explain(error: BaseException, address: str, table: Table | None = None) -> HublakeError | None:
    """The error in one sentence; None if it means something else."""
    classes, text = _class_names(error), str(error)[:READ_CHARACTERS]
    if CONFLICT in classes or not classes & STORE_ERRORS or any(NO_RESPONSE.match(line) for line in text.splitlines()):
        return None
    subject = table or _table_in(text)
    is_damage = subject is not None and (bool(table and classes & LOW_LEVEL) or DAMAGE.search(text) is not None)
    if "_duckdb.Error" in classes and not is_damage and table is None:  # such as an export to a full disk
        return None
    what, seen = subject.full_name if subject else "the warehouse", f"Seen: {first_line(text)}"
    if FULL_DISK.search(text):
        return UnusableWarehouse(
            f"{what} in {address} was not written: a disk is full, that of the warehouse or of temporary files ({tempfile.gettempdir()})."
            f" Everything committed before is complete: free space and run the same command again. {seen}"
        )
    if READ_ONLY.search(text) or DENIED.search(text):
        cause = "its file system is read-only" if READ_ONLY.search(text) else "this user does not have the permission"
        return UnusableWarehouse(f"{what} in {address} cannot be used: {cause}. Correct that, or use another --warehouse. {seen}")
    if PANIC in classes and subject is None:
        return UnusableWarehouse(f"the warehouse {address} cannot be used: delta-rs fails at this address. Use another --warehouse. {seen}")
    return damaged(subject, address, first_line(text)) if subject and is_damage else None


def _class_names(error: BaseException) -> set[str]:
    """The names of an error's classes, those of DuckDB with their module, since one is called just Error."""
    classes = type(error).__mro__
    return {kind.__name__ if kind.__module__ != "_duckdb" else f"_duckdb.{kind.__name__}" for kind in classes}


def damaged(table: Table, address: str, seen: str) -> DamagedTable:
    """The error for a table whose log or files cannot be read: what was seen there, and what to do."""
    return DamagedTable(f"{table.full_name} is damaged: {seen}. {remedy(table, address)}")


def missing(table: Table, address: str) -> MissingTable:
    """The error for a table that the warehouse lacks, with the command that creates it."""
    command = f"Fill it: hublake crawl {crawled_by(table)}" if table.layer == "bronze" else "Build it: hublake build"
    return MissingTable(f"{table.full_name} is not in the warehouse {address}. {command} --warehouse {shlex.quote(address)}")


def remedy(table: Table, address: str) -> str:
    """What to do about a damaged table."""
    command = f"hublake build --repair {table.full_name} --warehouse {shlex.quote(address)}"
    if table.layer == "bronze":
        return f"It cannot be built again; to keep its intact files and learn what is lost: {command}"
    return f"Repair it: {command}"


def crawled_by(table: Table) -> str:
    """The spider of `hublake crawl` that fills a bronze table."""
    return {"cards": "cards", "accounts": "accounts"}.get(table.name, "models --full")


def first_line(text: str) -> str:
    """The first line of an error that says something, without colours and class names."""
    lines = (NOISE.sub("", line.strip()).strip() for line in text.splitlines())
    return next((line for line in lines if len(line) > 1), "no message")[:SHOWN_CHARACTERS].rstrip(".")


def _table_in(text: str) -> Table | None:
    found = (TABLES.get(f"{layer or view_layer}.{name or view}") for layer, name, view_layer, view in TABLE_PATH.findall(text))
    return next((table for table in found if table is not None), None)
