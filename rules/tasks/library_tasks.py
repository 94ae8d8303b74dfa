"""The task that most models of a library are for."""

from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated


class LibraryTask(NamedTuple):
    """`counts_as_tag`: a tag of that name shows the library too."""

    task: str
    confidence: float
    counts_as_tag: bool


@cache
def library_tasks() -> dict[str, LibraryTask]:
    """By name of the library, in lower case.

    >>> library_tasks()["timm"]
    LibraryTask(task='image-classification', confidence=0.95, counts_as_tag=True)
    """
    rows = curated("library_tasks")
    return {row["library"]: LibraryTask(row["task"], float(row["confidence"]), row["counts_as_tag"] == "yes") for row in rows}
