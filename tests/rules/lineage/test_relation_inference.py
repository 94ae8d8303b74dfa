"""Inferring a relation that is not declared."""

from typing import Any

import pytest

from hublake.rules.lineage.relation_inference import RelationClues, infer_relation


def inferred(name: str = "tuned", **clues: Any) -> str:
    values: dict[str, Any] = {"library": "", "tags": (), "file_names": (), "bases": ("acme/base",)} | clues
    return infer_relation(RelationClues(name, **values)).relation


@pytest.mark.parametrize(
    "clues",
    [
        {"file_names": ["adapter_config.json"]},
        {"file_names": ["checkpoint-5/adapter_model.safetensors"]},
        {"file_names": ["pytorch_lora_weights.safetensors"]},
        {"library": "peft"},
        {"tags": ["lora"]},
        {"tags": ["template:sd-lora"]},
    ],
)
def test_adapter_files_libraries_and_tags_indicate_an_adapter(clues: dict[str, Any]) -> None:
    assert inferred(**clues) == "adapter"


@pytest.mark.parametrize(
    "clues",
    [
        {"file_names": ["model-Q4_K_M.gguf"]},
        {"file_names": ["quantize_config.json"]},
        {"library": "mlx", "tags": ["4-bit"]},
        {"library": "onnx"},
        {"tags": ["openvino"]},
        {"tags": ["gguf"]},
        {"tags": ["4-bit"]},
        {"tags": ["awq"]},
        {"tags": ["executorch"]},
        {"tags": ["gguf", "qlora"]},
        {"tags": ["int8", "awq"]},
        {"tags": ["quantized", "8-bit"]},
        {"tags": ["modelopt"]},
        {"tags": ["convrot"]},
        {"library": "rkllm"},
    ],
)
def test_quantization_formats_in_files_libraries_and_tags_indicate_quantized(clues: dict[str, Any]) -> None:
    assert inferred(**clues) == "quantized"


@pytest.mark.parametrize("name", ["base-7b-gptq", "base-7b-4.0bpw-h6-exl2", "llama-3-8b-bnb-4bit-medical"])
def test_the_name_alone_is_no_clue_about_a_declared_base(name: str) -> None:
    assert inferred(name) == "finetune"


@pytest.mark.parametrize("tag", ["qlora", "dora", "peft", "int8", "int4", "quantization", "quantized", "quant"])
def test_an_authors_word_for_a_method_is_no_clue(tag: str) -> None:
    assert inferred(tags=[tag]) == "finetune"


def test_mlx_without_a_bit_width_is_a_finetune() -> None:
    assert inferred(library="mlx", tags=["mlx"]) == "finetune"


def test_a_quantized_file_of_an_adapter_is_an_adapter() -> None:
    assert inferred(tags=["lora", "gguf"]) == "adapter"


@pytest.mark.parametrize("clue", [{"tags": ["mergekit"]}, {"name": "a-b-slerp"}, {"file_names": ["mergekit_config.yml"]}])
def test_several_bases_and_a_merge_clue_are_a_merge(clue: dict[str, Any]) -> None:
    assert inferred(**clue, bases=("acme/a", "acme/b")) == "merge"


def test_one_base_is_no_merge_even_with_a_merge_tag() -> None:
    assert inferred(tags=["merge"]) == "finetune"


def test_several_bases_alone_are_no_merge() -> None:
    assert inferred(bases=("acme/a", "acme/b")) == "finetune"


@pytest.mark.parametrize("name", ["tuned", "emerged", "bitsy", "qwen2-7b", "model-v4", "properties", "16bit"])
def test_a_model_without_clues_is_a_finetune(name: str) -> None:
    assert inferred(name) == "finetune"


def test_adapter_files_take_precedence_over_a_quantization_format() -> None:
    assert inferred("base-4bit", file_names=["adapter_config.json"], tags=["4-bit"]) == "adapter"
