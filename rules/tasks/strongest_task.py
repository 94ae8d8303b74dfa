"""Which of the tasks of a model counts, if its sources disagree."""

from collections.abc import Iterable
from typing import NamedTuple

from hublake.lake.enums import TASK_SOURCES
from hublake.rules.tasks.vocabulary import tasks

STATED = 3  # card, hub and hub_inferred state a task; the other sources imply one
REFINING_SOURCES = ("card_text", "name")
MIN_CONFIDENCE_TO_REFINE = 0.7


class FoundTask(NamedTuple):
    """A task by one source of enums.TASK_SOURCES."""

    task: str
    source: str
    confidence: float


def strongest_task(found: Iterable[FoundTask]) -> FoundTask | None:
    """What the card or the Hub states, in this order; then a text or a name that refines the task of the class; then by confidence.

    >>> of_class = FoundTask("text2text-generation", "architecture", 0.85)
    >>> strongest_task([of_class, FoundTask("summarization", "name", 0.8)]).source
    'name'
    >>> strongest_task([of_class, FoundTask("fill-mask", "name", 0.8), FoundTask("translation", "hub_inferred", 0.95)]).source
    'hub_inferred'
    """
    candidates = list(found)
    of_class = max((each.task for each in candidates if each.source == "architecture"), default="")

    def order(each: FoundTask) -> tuple[int, bool, float, int, str]:
        place = TASK_SOURCES.index(each.source)
        refines = each.source in REFINING_SOURCES and each.confidence >= MIN_CONFIDENCE_TO_REFINE and of_class in tasks()[each.task].refines
        return min(place, STATED), not refines, -each.confidence, place, each.task

    return min(candidates, key=order, default=None)
