"""The relation where nobody says it."""

from typing import Any

import pytest

from hublake.rules.lineage.relations import Marks, infer_relation


def inferred(name: str = "tuned", **marks: Any) -> str:
    shown: dict[str, Any] = {"library": "", "tags": (), "file_names": (), "bases": ("acme/base",)} | marks
    return infer_relation(Marks(name, **shown)).relation


@pytest.mark.parametrize(
    "marks",
    [
        {"file_names": ["adapter_config.json"]},
        {"file_names": ["checkpoint-5/adapter_model.safetensors"]},
        {"file_names": ["pytorch_lora_weights.safetensors"]},
        {"library": "peft"},
        {"tags": ["lora"]},
        {"tags": ["template:sd-lora"]},
    ],
)
def test_adapter_files_library_or_tags_make_an_adapter(marks: dict[str, Any]) -> None:
    assert inferred(**marks) == "adapter"


@pytest.mark.parametrize(
    "marks",
    [
        {"file_names": ["model-Q4_K_M.gguf"]},
        {"file_names": ["quantize_config.json"]},
        {"library": "mlx", "tags": ["4-bit"]},
        {"library": "onnx"},
        {"tags": ["openvino"]},
        {"tags": ["gguf"]},
        {"tags": ["4-bit"]},
        {"tags": ["awq"]},
    ],
)
def test_formats_in_files_library_or_tags_make_it_quantized(marks: dict[str, Any]) -> None:
    assert inferred(**marks) == "quantized"


@pytest.mark.parametrize("name", ["base-7b-gptq", "base-7b-4.0bpw-h6-exl2", "llama-3-8b-bnb-4bit-medical"])
def test_a_name_alone_says_nothing_of_a_declared_base(name: str) -> None:
    assert inferred(name) == "finetune"


def test_weights_in_mlx_may_be_whole() -> None:
    assert inferred(library="mlx", tags=["mlx"]) == "finetune"


def test_a_quantized_file_of_an_adapter_is_an_adapter() -> None:
    assert inferred(tags=["lora", "gguf"]) == "adapter"


@pytest.mark.parametrize("mark", [{"tags": ["mergekit"]}, {"name": "a-b-slerp"}, {"file_names": ["mergekit_config.yml"]}])
def test_several_bases_with_marks_of_merging_are_a_merge(mark: dict[str, Any]) -> None:
    assert inferred(**mark, bases=("acme/a", "acme/b")) == "merge"


def test_one_base_is_no_merge_whatever_the_tags() -> None:
    assert inferred(tags=["merge"]) == "finetune"


def test_several_bases_alone_are_no_merge() -> None:
    assert inferred(bases=("acme/a", "acme/b")) == "finetune"


@pytest.mark.parametrize("name", ["tuned", "emerged", "bitsy", "qwen2-7b", "model-v4", "properties", "16bit"])
def test_without_a_mark_it_is_a_finetune(name: str) -> None:
    assert inferred(name) == "finetune"


def test_adapter_files_outweigh_a_quantized_format() -> None:
    assert inferred("base-4bit", file_names=["adapter_config.json"], tags=["4-bit"]) == "adapter"
