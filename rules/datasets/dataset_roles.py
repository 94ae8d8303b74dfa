"""What a model used a dataset for: the Hub writes one kind of tag for training data, preference data and evaluated benchmarks alike."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from hublake.lake.curated import curated, curated_words
from hublake.lake.repo_ids import author_of
from hublake.rules.datasets.dataset_renames import own_name
from hublake.rules.datasets.declared_datasets import dataset_id
from hublake.rules.declared_values import DeclaredValue
from hublake.rules.visible_text import visible

MAX_RESULTS = 1000  # evaluated datasets that are read from one model
EVAL_RESULTS = "eval_results"  # source of a dataset that only the Hub's list of results names
_WORDS = re.compile(r"[^a-z0-9]+")
_HAS_RESULTS = frozenset(("model-index", "eval-results"))
_TUNED = ("base_model:", "generated_from_")

Evaluated = Mapping[str, Mapping[str, str]]  # own name -> owner, empty if the results name none -> where the result is


class DatasetRole(NamedTuple):
    """`role` is one of DATASET_ROLES, `evidence` the fact that decides it."""

    role: str
    evidence: str | None


def dataset_role(declared: DeclaredValue, evaluated: Evaluated, tags: Iterable[str]) -> DatasetRole:
    """The role of one dataset of a model; `evaluated` from `evaluated_datasets`, `tags` are all tags of the model.

    An evaluated dataset that the author does not list as a dataset is no training data: its tag comes from the results.

    >>> tag, results = DeclaredValue("openai/gsm8k", "openai/gsm8k", "tag", 0.95), evaluated_datasets(None, ["openai/gsm8k"])
    >>> dataset_role(tag, results, []).role, dataset_role(tag._replace(source="card"), results, []).role
    ('eval', 'unknown')
    """
    name = own_name(declared.value)
    tags = tuple(tags)
    if declared.source == EVAL_RESULTS:
        return DatasetRole("eval", "evalResults")
    if declared.source == "tag":
        result = _result_on(declared.value, evaluated)
        if result:
            return DatasetRole("eval", result)
        if name in curated_words("evaluation_datasets", "dataset") and not _HAS_RESULTS.isdisjoint(tags):
            return DatasetRole("eval", "benchmark of a model with results")  # lists only benchmarks that have no training part
    words = frozenset(_WORDS.split(name))
    preference = min(words & curated_words("preference_words", "word"), default=None)
    if preference:
        return DatasetRole("preference", preference)
    if name in _corpora():
        return DatasetRole("train", "corpus for pretraining")
    tuned = next((tag for tag in tags if tag.startswith(_TUNED)), None)
    return DatasetRole("tune", tuned[:200]) if tuned else DatasetRole("unknown", None)


def evaluated_datasets(front_matter: str | None, eval_results: Iterable[str] = ()) -> Evaluated:
    """The datasets in the `model-index` of a front matter in JSON (bounded, any shape), and those of the Hub's field `evalResults`.

    >>> text = '{"model-index": [{"results": [{"dataset": {"type": "openai/gsm8k", "name": "GSM8K (5-shot)"}}]}]}'
    >>> sorted(evaluated_datasets(text, ["cais/hle"])), evaluated_datasets("[")
    (['gsm8k', 'gsm8k (5-shot)', 'hle'], {})
    """
    listed = [(name, "evalResults") for name in list(eval_results)[:MAX_RESULTS]]
    return _by_own_name([*listed, *((name, "model-index") for name in _names_in_model_index(front_matter))])


def only_evaluated(eval_results: Iterable[str], declared: Iterable[DeclaredValue]) -> list[DeclaredValue]:
    """The datasets of the Hub's field `evalResults` that the model declares nowhere, as values of the source EVAL_RESULTS.

    >>> [found.value for found in only_evaluated(["cais/hle", "cais/mmlu"], [DeclaredValue("mmlu", "mmlu", "card", 1.0)])]
    ['cais/hle']
    """
    named = _by_own_name((value.value, value.source) for value in declared)
    results = {dataset_id(visible(text)): text for text in list(eval_results)[:MAX_RESULTS]}
    return [DeclaredValue(name, text, EVAL_RESULTS, 1.0) for name, text in results.items() if name and not _result_on(name, named)]


def _by_own_name(datasets: Iterable[tuple[str, str]]) -> Evaluated:
    found: dict[str, dict[str, str]] = {}
    for text, evidence in datasets:
        name = own_name(text.strip())
        if name:
            found.setdefault(name, {}).setdefault(_owner(text), evidence)
    return found


def _result_on(dataset: str, evaluated: Evaluated) -> str | None:
    """Where a result on the dataset is. Equal own names mean one dataset, unless both have owners and these differ."""
    owners = evaluated.get(own_name(dataset), {})
    owner = _owner(dataset)
    return owners.get(owner) or owners.get("") or (None if owner else next(iter(owners.values()), None))


def _owner(dataset: str) -> str:
    return (author_of(dataset.strip()) or "").lower()


def _names_in_model_index(front_matter: str | None) -> list[str]:
    if not front_matter or '"model-index"' not in front_matter:
        return []
    try:
        data = json.loads(front_matter)
    except (ValueError, RecursionError):
        return []
    models = _list(data.get("model-index") if isinstance(data, dict) else None)
    results = [result for model in models if isinstance(model, dict) for result in _list(model.get("results"))][:MAX_RESULTS]
    datasets = [result.get("dataset") for result in results if isinstance(result, dict)]
    named = [dataset.get(key) for dataset in datasets if isinstance(dataset, dict) for key in ("type", "name")]
    return [text for text in named if isinstance(text, str)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


@cache
def _corpora() -> frozenset[str]:
    return frozenset(own_name(row["dataset"]) for row in curated("pretraining_corpora"))
