"""The curated lists in conf/*.csv, read once per process."""

import csv
import io
from functools import cache

from hublake.lake.settings import conf_folder


@cache
def curated(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of conf/<name>.csv by column; every list names the origin of each row in its column `source`.

    >>> curated("placeholder_datasets")[0]["dataset"]
    'generator'
    """
    text = (conf_folder() / f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(io.StringIO(text, newline="")))


@cache
def curated_words(name: str, column: str) -> frozenset[str]:
    """Return one column of a curated list."""
    return frozenset(row[column] for row in curated(name))
