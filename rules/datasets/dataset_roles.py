"""What a model used a dataset for: the Hub writes one kind of tag for training data, preference data and evaluated benchmarks alike."""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from hublake.lake.curated import curated, curated_words
from hublake.rules.datasets.dataset_renames import own_name
from hublake.rules.declared_values import DeclaredValue

MAX_RESULTS = 1000  # evaluated datasets that are read from one card
_WORDS = re.compile(r"[^a-z0-9]+")
_HAS_RESULTS = frozenset(("model-index", "eval-results"))
_TUNED = ("base_model:", "generated_from_")


class DatasetRole(NamedTuple):
    """`role` is one of DATASET_ROLES, `evidence` the fact that decides it."""

    role: str
    evidence: str | None


def dataset_role(declared: DeclaredValue, evaluated: frozenset[str], tags: Iterable[str]) -> DatasetRole:
    """The role of one dataset of a model; `evaluated` from `evaluated_datasets`, `tags` are all tags of the model.

    An evaluated dataset that the author does not list as a dataset is no training data: its tag comes from the results.

    >>> tag = DeclaredValue("openai/gsm8k", "openai/gsm8k", "tag", 0.95)
    >>> dataset_role(tag, frozenset(["gsm8k"]), []).role, dataset_role(tag._replace(source="card"), frozenset(["gsm8k"]), []).role
    ('eval', 'unknown')
    """
    name = own_name(declared.value)
    tags = tuple(tags)
    if declared.source == "tag":
        if name in evaluated:
            return DatasetRole("eval", "model-index")
        if name in curated_words("evaluation_datasets", "dataset") and not _HAS_RESULTS.isdisjoint(tags):
            return DatasetRole("eval", "benchmark of a model with results")
    words = frozenset(_WORDS.split(name))
    preference = min(words & curated_words("preference_words", "word"), default=None)
    if preference:
        return DatasetRole("preference", preference)
    if name in _corpora():
        return DatasetRole("train", "corpus for pretraining")
    tuned = next((tag for tag in tags if tag.startswith(_TUNED)), None)
    return DatasetRole("tune", tuned[:200]) if tuned else DatasetRole("unknown", None)


def evaluated_datasets(front_matter: str | None) -> frozenset[str]:
    """The own names, in lower case, of the datasets in the `model-index` of a front matter in JSON; bounded, any shape.

    >>> text = '{"model-index": [{"results": [{"dataset": {"type": "openai/gsm8k", "name": "GSM8K (5-shot)"}}]}]}'
    >>> sorted(evaluated_datasets(text)), evaluated_datasets("[")
    (['gsm8k', 'gsm8k (5-shot)'], frozenset())
    """
    if not front_matter or '"model-index"' not in front_matter:
        return frozenset()
    try:
        data = json.loads(front_matter)
    except (ValueError, RecursionError):
        return frozenset()
    models = _list(data.get("model-index") if isinstance(data, dict) else None)
    results = [result for model in models if isinstance(model, dict) for result in _list(model.get("results"))][:MAX_RESULTS]
    datasets = [result.get("dataset") for result in results if isinstance(result, dict)]
    named = [dataset.get(key) for dataset in datasets if isinstance(dataset, dict) for key in ("type", "name")]
    return frozenset(own_name(text.strip()) for text in named if isinstance(text, str) and text.strip())


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


@cache
def _corpora() -> frozenset[str]:
    return frozenset(own_name(row["dataset"]) for row in curated("pretraining_corpora"))
