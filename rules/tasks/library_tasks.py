"""The task that most models of a library are for."""

from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated
from hublake.rules.tasks.class_tasks import InferredTask


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


def task_of_libraries(library: str | None, tags: Collection[str]) -> InferredTask | None:
    """The strongest task of the library in the field and of those in tags.

    >>> task_of_libraries("Transformers", ["setfit"]).task, task_of_libraries("transformers", ["en"])
    ('text-classification', None)
    """
    named = {(library or "").lower()} & library_tasks().keys() | _library_tags().intersection(tags)
    found = [InferredTask(library_tasks()[name].task, library_tasks()[name].confidence, name) for name in named]
    return max(found, key=lambda one: (one.confidence, one.task, one.evidence), default=None)


@cache
def _library_tags() -> frozenset[str]:
    return frozenset(name for name, library in library_tasks().items() if library.counts_as_tag)
