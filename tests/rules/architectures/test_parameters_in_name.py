"""Sizes that names state."""

import re

import pytest

from hublake.lake.curated import curated
from hublake.rules.architectures.parameters_in_name import hint_of_size, parameters_in_name, published_parameters

B = 1_000_000_000


@pytest.mark.parametrize(
    ("name", "total", "active"),
    [
        ("ada-7B-chat", 7 * B, None),
        ("ada-1.5b", 1.5 * B, None),
        ("ada_1p7b", 1.7 * B, None),
        ("ada2-1_8b", 1.8 * B, None),
        ("ada_3_8b", 8 * B, None),
        ("ada2_7b", 7 * B, None),
        ("ada1.5_7B", 7 * B, None),
        ("ada_2_5_7b_it", 7 * B, None),
        ("ada3_0_6b", 0.6 * B, None),
        ("ada-27B-MTP", 27 * B, None),
        ("ada-350M", 0.35 * B, None),
        ("ada-30B-A3B-Instruct", 30 * B, 3 * B),
        ("ada-E4B-it", None, 4 * B),
        ("ada-17B-128E", None, 17 * B),
        ("ada-7B-1M", 7 * B, None),
        ("ada-8B-100B-tokens", 8 * B, None),
        ("ada-8B-4bit", 8 * B, None),
    ],
)
def test_a_name_states_all_weights_or_those_that_a_token_passes(name: str, total: float | None, active: float | None) -> None:
    found = parameters_in_name(f"acme/{name}")
    assert found is not None
    assert (found.parameters, found.active_parameters) == (total, active)
    assert not found.is_upper_bound


@pytest.mark.parametrize(
    "name",
    [
        "ada",
        "ada-v2",
        "ada-4bit",
        "ada-8bpw",
        "ada-7b-to-1.5b",
        "ada_3_1_8b",  # 3.1 and 8b, or 3 and 1.8b
        "ada-3B-A30B",
        "ada-70B-EAGLE3",
        "ada-7B-draft",
        "ada-10T",
        "ada-10B-tokens",
        "b7b",
    ],
)
def test_other_numbers_and_the_size_of_another_model_are_no_size(name: str) -> None:
    assert parameters_in_name(f"acme/{name}") is None


@pytest.mark.parametrize("name", ["ada-8x7B", "ada-2x1.5b-moe", "Mixtral-8x7B-v0.1", "ada-16x17B-A3B"])
def test_experts_times_size_is_an_upper_bound_without_a_number(name: str) -> None:
    found = parameters_in_name(f"acme/{name}")
    assert found is not None
    assert found.is_upper_bound
    assert found.parameters is None


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("Qwen2.5-7B-Instruct", 7.616),
        ("my-qwen-2_5-7b-tuned", 7.616),
        ("my_qwen_2_5_7b_tuned", 7.616),
        ("llama_3_8b_tuned", 8.03),
        ("Llama-3.1-8B-GGUF", 8.03),
        ("Meta-Llama-3-8B", 8.03),
        ("dolphin-mixtral-8x7b", 46.703),
        ("Qwen3-30B-A3B", 30.532),
        ("flan-t5-base-samsum", 0.2476),
        ("gemma-3n-E4B-it", 7.85),
    ],
)
def test_a_series_in_a_name_has_its_published_size(name: str, total: float) -> None:
    found = published_parameters(f"acme/{name}")
    assert found is not None
    assert found.parameters == round(total * B)


@pytest.mark.parametrize(
    "name",
    [
        "Qwen2.5-9B",  # no such size
        "gemma-9-2b",  # a version that is not listed
        "GLM-4.5-Flash",  # another member of the family
        "DeepSeek-R1-Distill-Qwen-6B",
        "Qwen2.5-7B-pruned",
        "Llama-3.1-8B-EAGLE3",
        "tiny-random-Llama-3-8B",
        "Qwen2.5-7b-to-1.5b",  # two sizes of one series
    ],
)
def test_other_members_and_changed_weights_have_no_published_size(name: str) -> None:
    assert published_parameters(f"acme/{name}") is None


def test_a_listed_mixture_has_fewer_weights_than_its_product_and_fewer_active_ones_than_all() -> None:
    for row in curated("known_parameters"):
        total, active = int(row["parameters"]), int(row["active_parameters"] or 0)
        assert 0 <= active < total
        experts, times, size = row["size"].rstrip("b").partition("x")
        assert not times or total < int(experts) * float(size) * B


def test_every_listed_series_passes_the_cheap_test() -> None:
    for row in curated("known_parameters"):
        assert re.search(hint_of_size(), f"acme/my_{row['series']}-{row['size']}-chat".replace("--", "-")), row


def test_a_long_name_takes_linear_time() -> None:
    assert parameters_in_name("acme/" + "-7b" * 50_000) is not None
    assert published_parameters("acme/" + "qwen-" * 50_000) is None
