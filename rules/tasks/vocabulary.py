"""The closed vocabulary of tasks, and the spellings that mean one of them."""

import re
from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated

MAX_WRITTEN = 80

_SEPARATORS = re.compile(r"[\s_/]+")


class Task(NamedTuple):
    """A task of the Hub. `succeeded_by` is the task under which the Hub lists the models of a retired one, otherwise the task itself.

    `refines` are tasks of classes that also serve for it: a translator is loaded by a class for text2text-generation.
    """

    name: str
    modality: str
    succeeded_by: str
    refines: tuple[str, ...]


@cache
def tasks() -> dict[str, Task]:
    """Every task by name, retired ones included.

    >>> tasks()["fill-mask"].modality, tasks()["conversational"].succeeded_by
    ('nlp', 'text-generation')
    """
    return {
        row["task"]: Task(row["task"], row["modality"], row["succeeded_by"] or row["task"], tuple(row["refines"].split()))
        for row in curated("tasks")
    }


def tasks_in_tags(tags: Collection[str], pipeline_tag: str | None) -> list[str]:
    """Tasks among the tags, without the Hub's field, which the Hub adds to them. The tag of a retired task means its successor.

    >>> tasks_in_tags(["en", "fill-mask", "conversational", "summarization"], "fill-mask")
    ['summarization', 'text-generation']
    """
    return sorted({_tasks_of_tags()[tag] for tag in _tasks_of_tags().keys() & set(tags)} - {pipeline_tag})


@cache
def _tasks_of_tags() -> dict[str, str]:
    return {task.name: task.succeeded_by for task in tasks().values()}


@cache
def tasks_by_spelling() -> dict[str, str]:
    """Task by the spellings of it: its name, its sub-tasks and usual other words, in the form of `spelling`."""
    return {name: name for name in tasks()} | {row["written"]: row["task"] for row in curated("task_aliases")}


def task_of(written: str) -> str | None:
    """The task that a text means, None if it means none.

    >>> task_of("Text Classification"), task_of("named-entity-recognition"), task_of("text_to_image"), task_of("false")
    ('text-classification', 'token-classification', 'text-to-image', None)
    """
    return tasks_by_spelling().get(spelling(written))


def spelling(written: str) -> str:
    """In lower case, with hyphens between words."""
    return _SEPARATORS.sub("-", written[:MAX_WRITTEN].strip().casefold())
