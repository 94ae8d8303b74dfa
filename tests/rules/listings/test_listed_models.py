"""Rows of silver.models from items of the model listing."""

from datetime import UTC, datetime

import pytest

from tests.rules.listings.both_parsers import parsed_model


def test_absent_keys_are_null_and_not_reported() -> None:
    row = parsed_model({"_id": "0" * 24, "id": "gpt-x"})
    assert (row["author"], row["downloads_30d"], row["created_at"], row["has_card"]) == (None, None, None, False)
    assert row["oddities"] == []


def test_items_of_2022_have_a_model_id_only() -> None:
    assert parsed_model({"modelId": "ada/one"})["model_id"] == "ada/one"


def test_the_floor_of_created_at_is_flagged() -> None:
    row = parsed_model({"id": "ada/old", "createdAt": "2022-03-02T23:29:04.000Z"})
    assert row["created_at"] == datetime(2022, 3, 2, 23, 29, 4, tzinfo=UTC)
    assert row["is_created_at_floor"]


@pytest.mark.parametrize(("gated", "is_gated"), [(False, False), (None, False), ("auto", True), ("manual", True)])
def test_gated_is_a_flag_or_the_type_of_gate(gated: object, is_gated: bool) -> None:
    assert parsed_model({"id": "ada/one", "gated": gated})["is_gated"] is is_gated


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
def test_a_value_of_another_type_is_null_and_reported(key: str, value: object, column: str, seen: str) -> None:
    row = parsed_model({"id": "ada/one", key: value})
    assert row[column] is None
    assert row["oddities"][0].startswith(seen)


def test_an_unknown_key_is_reported() -> None:
    assert parsed_model({"id": "ada/one", "colour": "blue"})["oddities"] == ["colour: unknown key"]


def counted(**item: object) -> tuple[object, ...]:
    row = parsed_model({"id": "ada/one"} | item)
    return row["parameters"], row["parameters_source"], row["parameters_raw"]


def test_parameters_come_from_safetensors_then_gguf_then_the_name() -> None:
    item = {"id": "ada/one-7B", "gguf": {"total": 7_100_000_000}, "safetensors": {"total": 7_200_000_000}}
    assert counted(**item) == (7_200_000_000, "safetensors", 7_100_000_000)
    del item["safetensors"]
    assert counted(**item) == (7_100_000_000, "gguf", 7_100_000_000)
    assert counted(id="ada/one-7B") == (7_000_000_000, "name", None)


def test_packed_numbers_are_unpacked_and_kept_as_the_raw_count() -> None:
    stored = {"parameters": {"U32": 1_000_000, "BF16": 250_000}, "total": 1_250_000}
    settings = {"quantization": {"bits": 4, "group_size": 64}}
    assert counted(id="ada/one-4bit", tags=["mlx"], config=settings, safetensors=stored) == (8_000_000, "safetensors", 1_250_000)


def test_an_adapter_and_a_product_of_experts_and_size_are_no_count() -> None:
    assert counted(tags=["lora"], safetensors={"parameters": {"F32": 300_000}, "total": 300_000}) == (None, None, 300_000)
    assert counted(id="ada/one-8x7B") == (None, None, None)


def test_a_very_large_number_of_parameters_stays_exact_and_is_not_believed() -> None:
    assert counted(safetensors={"total": 19_980_000_000_000_001}) == (None, None, 19_980_000_000_000_001)


def test_only_readme_md_at_the_root_is_a_card() -> None:
    listed = [{"rfilename": name} for name in ("readme.md", "docs/README.md")]
    assert not parsed_model({"id": "ada/one", "siblings": listed})["has_card"]
    assert parsed_model({"id": "ada/one", "siblings": [*listed, {"rfilename": "README.md"}]})["has_card"]


def test_parents_resolved_by_the_hub_have_their_relation() -> None:
    row = parsed_model(
        {"id": "ada/one", "baseModels": {"relation": "merge", "models": [{"_id": "1", "id": "b/x"}, {"_id": "2", "id": "b/y"}]}}
    )
    assert (row["hub_parents"], row["hub_relation"]) == (["b/x", "b/y"], "merge")


@pytest.mark.parametrize(
    "created_at", ["0001-01-01T00:00:00.000Z", "1582-10-10T00:00:00.000Z", "1969-12-31T23:59:59.000Z", "2022-03-02T23:29:03Z"]
)
def test_a_creation_before_the_hub_recorded_any_is_unknown_and_reported(created_at: str) -> None:
    row = parsed_model({"id": "ada/one", "createdAt": created_at})
    assert (row["created_at"], row["is_created_at_floor"]) == (None, False)
    assert row["oddities"] == [f"createdAt: {created_at} is before the Hub recorded creation times"]
