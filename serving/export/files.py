"""Files of an export: each is complete or does not exist."""

import os
from collections.abc import Iterable, Iterator
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


@contextmanager
def partial_file(target: Path) -> Iterator[Path]:
    """A file beside the target that becomes the target when the block ends well. Raises HublakeError where it cannot be written."""
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
    is_replaced = target.exists()
    with partial_file(target) as partial, partial.open("wb") as file:
        for part in parts:
            file.write(part.encode() if isinstance(part, str) else part)
    return Written(target, rows, is_replaced)


REPLACED = "  (replaced the earlier file)"


def written_line(written: Written, what: str = "") -> str:
    """The line that a command prints on a file."""
    return f"{written.rows:>12,} rows  {written.path}{f'  {what}' if what else ''}{REPLACED * written.is_replaced}"
