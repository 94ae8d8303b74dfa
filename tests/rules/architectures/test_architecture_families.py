"""Families of architectures."""

import pytest

from hublake.lake.curated import curated
from hublake.lake.enums import ARCHITECTURE_FAMILIES
from hublake.rules.architectures.architecture_families import (
    OTHER,
    UNKNOWN,
    architecture_key,
    family_in_name,
    family_in_tags,
    family_of,
    family_of_word,
)


@pytest.mark.parametrize(
    ("stated", "family", "is_mixture"),
    [
        ("LlamaForCausalLM", "llama", False),
        ("llama", "llama", False),
        ("Qwen2ForCausalLM", "qwen", False),
        ("qwen2_moe", "qwen", True),
        ("MixtralForCausalLM", "mistral", True),
        ("DeepseekV3ForCausalLM", "deepseek", True),
        ("GPT2LMHeadModel", "gpt2", False),
        ("MarianMTModel", "marian", False),
        ("XLMRobertaForTokenClassification", "roberta", False),
        ("StableDiffusionXLPipeline", "diffusion", False),
        ("qwen99", "qwen", None),  # a version that is not listed may be a mixture
        ("qwen99moe", "qwen", True),
        ("AdaMoeForCausalLM", "other", True),
        ("AdaForCausalLM", "other", None),
        ("Model", "other", None),
        ("OptimusModel", "other", None),  # no opt
    ],
)
def test_classes_and_types_have_the_same_families(stated: str, family: str, is_mixture: bool | None) -> None:
    assert family_of(stated) == (family, is_mixture)


def test_the_model_type_is_found_among_tags_and_words_of_authors_are_not() -> None:
    tags = ["transformers", "safetensors", "license:mit", "xlm-roberta", "text-classification", "bert", "en"]
    found = family_in_tags(tags)
    assert found is not None
    assert (found[0], found[1].family) == ("xlm-roberta", "roberta")
    assert family_in_tags(["dataset:bert", "base_model:acme/llama", "optimum", "endpoints_compatible"]) is None


def test_a_name_with_words_of_two_families_states_none() -> None:
    assert family_in_name("DeepSeek-R1-Distill-Qwen-7B") is None
    found = family_in_name("my-Qwen2.5-7B-tuned")
    assert found is not None
    assert found[1].family == "qwen"
    assert family_in_name("my-model") is None


@pytest.mark.parametrize(
    ("name", "is_mixture"),
    [
        ("my-Llama-8B", False),
        ("my-Llama-3.1-8B", False),
        ("my-Llama-4x8B", None),
        ("Llama-30B-A3B", None),
        ("Llama-30BA3B", None),
        ("Llama-8x22", None),
        ("Llama-4x0.6B", None),
        ("Llama-8x150M", None),
        ("Llama-MoE-8B", None),
        ("llama3b", False),
        ("tinyllama1.1b", False),
        ("gemma2b-it", False),
        ("vicuna13b", False),
        ("codellama34b", False),
        ("vit-512x512", False),
        ("vit-patch-16x16", False),
        ("segformer-b0-640x640", False),
        ("Mixtral-tuned", True),
        ("my-Llama9", None),
    ],
)
def test_a_dense_architecture_in_a_name_counts_without_marks_of_experts(name: str, is_mixture: bool | None) -> None:
    found = family_in_name(name)
    assert found is not None
    assert found[1].is_mixture is is_mixture


def test_a_word_of_any_length_is_no_error() -> None:
    assert family_of_word("x" * 1_000_000) is None
    assert len(architecture_key("x" * 1_000_000)) < 100
    assert family_of("M" * 1_000_000).family == "other"


def test_the_declared_set_has_the_listed_families() -> None:
    assert (*sorted({row["family"] for row in curated("architecture_families")}), OTHER, UNKNOWN) == ARCHITECTURE_FAMILIES


def test_each_listed_architecture_is_its_own_key() -> None:
    keys = [row["architecture"] for row in curated("architecture_families")]
    assert [key for key in keys if architecture_key(key) != key] == []
    assert len(keys) == len(set(keys))
