"""Roles of datasets: an evaluated dataset is no training data."""

import json

import pytest

from hublake.lake.enums import DATASET_ROLES
from hublake.rules.datasets.dataset_roles import MAX_RESULTS, dataset_role, evaluated_datasets, only_evaluated
from hublake.rules.declared_values import DeclaredValue

RESULTS = {"model-index": [{"results": [{"dataset": {"type": "glue", "name": "SST-2"}}, {"dataset": None}, "x"]}, None]}
EVALUATED = evaluated_datasets(json.dumps(RESULTS), ["cais/hle", "Idavidrein/gpqa"])
TRAPS = [
    ("glue", "tag", [], "eval"),
    ("nyu-mll/GLUE", "tag", [], "eval"),
    ("glue", "card", [], "unknown"),  # evaluated, but the author lists it as a dataset
    ("glue", "card", ["base_model:bert-base-uncased"], "tune"),
    ("mmlu", "tag", ["model-index"], "eval"),
    ("cais/mmlu", "tag", ["eval-results"], "eval"),
    ("openai/gsm8k", "tag", ["model-index"], "unknown"),  # has a training part, which models are trained on
    ("cais/mmlu", "tag", [], "unknown"),  # without results it may be training data
    ("cais/mmlu", "card", ["model-index"], "unknown"),
    ("acme/squad", "tag", ["model-index"], "unknown"),  # no benchmark of the list
    ("Intel/orca_dpo_pairs", "card", [], "preference"),
    ("acme/adpost", "card", [], "unknown"),  # contains dpo
    ("HuggingFaceFW/fineweb", "card", ["base_model:x/y"], "train"),
    ("c4", "tag", [], "train"),
    ("acme/c4-questions", "tag", [], "unknown"),
    ("acme/texts", "tag", ["generated_from_trainer"], "tune"),
    ("meta-llama/Llama-2-7b", "card", [], "unknown"),  # named like a model
    ("", "card", [], "unknown"),
    ("cais/hle", "tag", [], "eval"),
    ("hle", "tag", [], "eval"),
    ("acme/hle", "tag", [], "unknown"),  # another dataset of that name
    ("cais/hle", "card", [], "unknown"),
    ("cais/hle", "eval_results", ["base_model:x/y"], "eval"),
]


@pytest.mark.parametrize(("name", "source", "tags", "role"), TRAPS)
def test_the_first_rule_that_applies_gives_the_role(name: str, source: str, tags: list[str], role: str) -> None:
    found = dataset_role(DeclaredValue(name, name, source, 1.0), EVALUATED, tags)
    assert found.role == role
    assert found.role in DATASET_ROLES
    assert (found.evidence is None) == (role == "unknown")


@pytest.mark.parametrize("text", [None, "", "[", '["model-index"]', '{"model-index": 3}', '{"model-index": [{"results": {"a": 1}}]}'])
def test_a_malformed_model_index_evaluates_nothing(text: str | None) -> None:
    assert not evaluated_datasets(text)


def declared(name: str, source: str = "tag") -> DeclaredValue:
    return DeclaredValue(name, name, source, 1.0)


def test_a_result_that_the_model_declares_nowhere_is_a_dataset_of_its_own() -> None:
    found = only_evaluated(["cais/hle", "cais/mmlu", "cais/hle", " "], [declared("mmlu", "card"), declared("acme/hle")])
    assert [(value.value, value.source) for value in found] == [("cais/hle", "eval_results")]


def test_endless_results_are_cut() -> None:
    assert len(only_evaluated([f"a/{number}" for number in range(2 * MAX_RESULTS)], [])) == MAX_RESULTS


def test_the_evidence_is_where_the_result_is() -> None:
    roles = [dataset_role(declared(name), EVALUATED, []) for name in ("glue", "gpqa")]
    assert [role.evidence for role in roles] == ["model-index", "evalResults"]
