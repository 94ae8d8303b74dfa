"""Files of an export: each is complete or does not exist."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb

from hublake.lake.errors import HublakeError


class Written(NamedTuple):
    """A file of an export; `is_replaced` if it existed before."""

    path: Path
    rows: int
    is_replaced: bool


def replace_file(target: Path, write: Callable[[Path], int]) -> Written:
    """Write a file beside the target, which becomes the target when `write` has ended well; `write` returns the number of rows.

    Raises HublakeError where it cannot be written.
    """
    is_replaced = target.exists()
    with _partial_file(target) as partial:
        rows = write(partial)
    return Written(target, rows, is_replaced)


@contextmanager
def _partial_file(target: Path) -> Iterator[Path]:
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HublakeError(f"cannot create {target.parent}: {error.strerror}. Choose another --out.") from error
    try:
        yield partial
        partial.replace(target)
    except (OSError, duckdb.IOException) as error:
        raise HublakeError(f"cannot write {target}: {error}. Choose another --out.") from error
    finally:
        partial.unlink(missing_ok=True)


def write_file(target: Path, parts: Iterable[str | bytes], rows: int) -> Written:
    """Write texts one after another, in UTF-8."""

    def write(partial: Path) -> int:
        with partial.open("wb") as file:
            for part in parts:
                file.write(part.encode() if isinstance(part, str) else part)
        return rows

    return replace_file(target, write)


REPLACED = "  (replaced the earlier file)"


def written_line(written: Written, what: str = "") -> str:
    """The line that a command prints on a file."""
    return f"{written.rows:>12,} rows  {written.path}{f'  {what}' if what else ''}{REPLACED * written.is_replaced}"
