"""The task of a class of a library: an architecture, an auto class, a pipeline of diffusers or a task type of PEFT."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from hublake.lake.curated import curated

# Task types of PEFT (peft.TaskType), and architectures of GGUF files that are no language models.
CONFIDENCE_OF_TASK_TYPE = 0.85
TASK_TYPES = {
    "CAUSAL_LM": "text-generation",
    "SEQ_CLS": "text-classification",
    "SEQ_2_SEQ_LM": "text2text-generation",
    "TOKEN_CLS": "token-classification",
    "QUESTION_ANS": "question-answering",
    "FEATURE_EXTRACTION": "feature-extraction",
}
MAX_CLASS_NAME = 200


class InferredTask(NamedTuple):
    """A task, how certain it is, and what it was inferred from."""

    task: str
    confidence: float
    evidence: str


@lru_cache(1 << 12)  # cards name the same few classes
def task_of_class(name: str) -> InferredTask | None:
    """The task of a class by the row of conf/architecture_tasks.csv whose end fits and is longest, then whose start is.

    The start of a row without an end counts as its end.

    >>> [found.task for name in ("BertForMaskedLM", "TapasForQuestionAnswering", "FluxKontextPipeline") if (found := task_of_class(name))]
    ['fill-mask', 'table-question-answering', 'image-to-image']
    >>> task_of_class("MyNetwork") is None
    True
    """
    text = name[:MAX_CLASS_NAME]
    fitting = [
        rule for rule in _rules() if text.startswith(rule.start) and text.endswith(rule.end) and len(text) >= len(rule.start + rule.end)
    ]
    if not fitting:
        return None
    best = max(fitting, key=lambda rule: (len(rule.end or rule.start), len(rule.start)))
    return InferredTask(best.task, best.confidence, text)


def strongest_of_classes(names: Iterable[str]) -> InferredTask | None:
    """The task of the class that states it most certainly; the first of equal ones. Empty names are ignored.

    >>> strongest_of_classes(["BertModel", "", "AutoModelForMaskedLM"])
    InferredTask(task='fill-mask', confidence=0.95, evidence='AutoModelForMaskedLM')
    """
    found = [task for name in names if name and (task := task_of_class(name))]
    return max(found, key=lambda task: task.confidence, default=None)


def task_of_task_type(task_type: str) -> InferredTask | None:
    """The task of a task type of PEFT.

    >>> task_of_task_type("CAUSAL_LM")
    InferredTask(task='text-generation', confidence=0.85, evidence='CAUSAL_LM')
    """
    task = TASK_TYPES.get(task_type)
    return InferredTask(task, CONFIDENCE_OF_TASK_TYPE, task_type) if task else None


class _Rule(NamedTuple):
    start: str
    end: str
    task: str
    confidence: float


@cache
def _rules() -> tuple[_Rule, ...]:
    rows = curated("architecture_tasks")
    return tuple(_Rule(row["starts_with"], row["ends_with"], row["task"], float(row["confidence"])) for row in rows)
