"""Rules on one item of a listing."""

from datetime import UTC, datetime

import pytest

from tests.rules.cards.reading import model_facts


def test_absent_keys_are_null_and_no_oddity() -> None:
    facts = model_facts({"_id": "0" * 24, "id": "gpt-x"})
    assert (facts["author"], facts["downloads_30d"], facts["created_at"], facts["has_card"]) == (None, None, None, False)
    assert facts["oddities"] == []


def test_answers_of_2022_name_a_model_by_model_id_alone() -> None:
    assert model_facts({"modelId": "ada/one"})["model_id"] == "ada/one"


def test_the_floor_of_created_at_is_marked() -> None:
    facts = model_facts({"id": "ada/old", "createdAt": "2022-03-02T23:29:04.000Z"})
    assert facts["created_at"] == datetime(2022, 3, 2, 23, 29, 4, tzinfo=UTC)
    assert facts["is_created_at_floor"]


@pytest.mark.parametrize(("gated", "is_gated"), [(False, False), (None, False), ("auto", True), ("manual", True)])
def test_gated_is_a_flag_or_the_kind_of_gate(gated: object, is_gated: bool) -> None:
    assert model_facts({"id": "ada/one", "gated": gated})["is_gated"] is is_gated


@pytest.mark.parametrize(
    ("key", "value", "column", "seen"),
    [
        ("downloads", "many", "downloads_30d", "downloads: a str where int was expected"),
        ("downloads", True, "downloads_30d", "downloads: a bool where int was expected"),
        ("likes", -1, "likes", "likes: -1 is out of range"),
        ("downloadsAllTime", 2**64, "downloads_all_time", f"downloadsAllTime: {2**64} is out of range"),
        ("pipeline_tag", ["a", "b"], "pipeline_tag", "pipeline_tag: a list where str was expected"),
        ("safetensors", {"total": "7B"}, "parameters", "safetensors.total: '7B' is no number of parameters"),
        ("baseModels", {"relation": "distill", "models": []}, "hub_relation", "baseModels.relation: 'distill' is not declared"),
    ],
)
def test_a_value_of_another_type_is_null_and_told(key: str, value: object, column: str, seen: str) -> None:
    facts = model_facts({"id": "ada/one", key: value})
    assert facts[column] is None
    assert facts["oddities"][0].startswith(seen)


def test_a_key_that_nobody_knows_is_told() -> None:
    assert model_facts({"id": "ada/one", "colour": "blue"})["oddities"] == ["colour: unknown key"]


def test_parameters_come_from_gguf_then_safetensors_then_the_name() -> None:
    item = {"id": "ada/one-7B", "gguf": {"total": 5}, "safetensors": {"total": 6}}
    seen = []
    for key in ("gguf", "safetensors", None):
        facts = model_facts(item)
        seen.append((facts["parameters"], facts["parameters_source"]))
        item.pop(key, None) if key else None
    assert seen == [(5, "gguf"), (6, "safetensors"), (7_000_000_000, "name")]


def test_an_absurd_number_of_parameters_stays_exact() -> None:
    assert model_facts({"id": "ada/one", "safetensors": {"total": 19_980_000_000_000_001}})["parameters"] == 19_980_000_000_000_001


def test_only_readme_md_at_the_root_is_a_card() -> None:
    listed = [{"rfilename": name} for name in ("readme.md", "docs/README.md")]
    assert not model_facts({"id": "ada/one", "siblings": listed})["has_card"]
    assert model_facts({"id": "ada/one", "siblings": [*listed, {"rfilename": "README.md"}]})["has_card"]


def test_the_hubs_parents_carry_their_relation() -> None:
    facts = model_facts(
        {"id": "ada/one", "baseModels": {"relation": "merge", "models": [{"_id": "1", "id": "b/x"}, {"_id": "2", "id": "b/y"}]}}
    )
    assert (facts["hub_parents"], facts["hub_relation"]) == (["b/x", "b/y"], "merge")
