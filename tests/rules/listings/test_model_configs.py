"""Rows of silver.model_configs from items of the model listing."""

import json
from typing import Any

import pytest

from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.rules.listings.model_configs import LONGEST_NAME, LONGEST_SETTINGS, MOST_NAMES, config_row
from hublake.rules.listings.model_items import LISTED_MODEL


def row(**item: Any) -> dict[str, Any]:
    """The row of an item, which must be the same for both parsers where both read it."""
    body = {"id": "ada/one"} | item
    validated, decoded = LISTED_MODEL.validate(body), LISTED_MODEL.decode(json.dumps(body))
    found = config_row(validated)
    assert decoded is None or config_row(decoded) == found
    assert found is not None
    assert set(found) <= set(MODEL_CONFIGS.column_names)
    return dict.fromkeys(MODEL_CONFIGS.column_names) | found


def seen(*columns: str, **item: Any) -> list[Any]:
    found = row(**item)
    return [found[column] for column in columns]


def test_a_model_of_which_nothing_is_stated_has_no_row() -> None:
    assert config_row(LISTED_MODEL.validate({"id": "ada/one", "config": {}, "gguf": None})) is None


def test_what_is_not_stated_is_null_or_empty() -> None:
    filled = {column: value for column, value in row(usedStorage=9).items() if value not in (None, [], False)}
    assert filled == {"model_id": "ada/one", "used_storage_bytes": 9}


def test_classes_come_from_the_configuration_and_from_transformers_info() -> None:
    config = {"architectures": ["AdaForCausalLM"], "model_type": "ada", "auto_map": {"AutoModel": "modeling_ada.AdaModel"}}
    info = {"auto_model": "AutoModelForCausalLM", "custom_class": "ada.Ada"}
    columns = ("architectures", "model_type", "has_custom_code", "auto_model", "custom_class")
    assert seen(*columns, config=config, transformersInfo=info) == [["AdaForCausalLM"], "ada", True, "AutoModelForCausalLM", "ada.Ada"]
    assert seen("diffusers_class", config={"diffusers": {"_class_name": "FluxPipeline"}}) == ["FluxPipeline"]
    assert seen("diffusers_class", config={"_class_name": "UNet2DModel"}) == ["UNet2DModel"]


def test_an_adapter_names_its_base_as_written() -> None:
    peft = {"base_model_name_or_path": "/cache/models/ada", "task_type": "CAUSAL_LM", "peft_type": "LORA"}
    assert seen("peft_base", "peft_task_type", "peft_type", config={"peft": peft}) == ["/cache/models/ada", "CAUSAL_LM", "LORA"]


@pytest.mark.parametrize(
    ("config", "method", "bits", "group"),
    [
        ({"quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 128}}, "gptq", 4, 128),
        ({"quantization_config": {"quant_method": "awq", "w_bit": 4, "q_group_size": 64}}, "awq", 4, 64),
        ({"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}}, "bitsandbytes", 4, None),
        ({"quantization_config": {"load_in_8bit": True, "load_in_4bit": False}}, "bitsandbytes", 8, None),
        ({"quantization_config": {"quant_method": "FP8"}}, "fp8", 8, None),
        ({"quantization_config": {"quant_method": "modelopt", "quant_algo": "NVFP4"}}, "modelopt", 4, None),
        ({"quantization_config": {"quant_method": "exl3", "bits": 4.25}}, "exl3", 4.25, None),
        ({"quantization": {"bits": 8, "group_size": 32}}, "mlx", 8, 32),
        ({"quantization": {"bits": 4, "group_size": 64}, "quantization_config": {"bits": 4, "group_size": 64}}, "mlx", 4, 64),
        (
            {
                "quantization_config": {
                    "quant_method": "compressed-tensors",
                    "config_groups": {"group_0": {"weights": {"num_bits": 4, "group_size": 128}}},
                }
            },
            "compressed-tensors",
            4,
            128,
        ),
        ({"quantization_config": {"quant_method": "gptq", "bits": True}}, "gptq", None, None),
        ({"model_type": "ada"}, None, None, None),
    ],
)
def test_each_method_writes_bits_and_group_in_its_own_form(config: dict[str, Any], method: str, bits: float, group: int) -> None:
    assert seen("quant_method", "quant_bits", "quant_group", config=config) == [method, bits, group]


def test_the_settings_of_a_quantisation_are_kept_as_json_unless_they_are_long() -> None:
    settings = {"quant_method": "gptq", "bits": 4}
    assert json.loads(seen("quant_config", config={"quantization_config": settings})[0]) == settings
    assert seen("quant_config", config={"quantization_config": settings | {"ignore": ["x" * LONGEST_SETTINGS]}}) == [None]


def test_numbers_are_counted_by_type_and_types_without_numbers_are_left_out() -> None:
    stored = {"parameters": {"U32": 8, "BF16": 3, "F32": 0}, "total": 11}
    assert seen("dtypes", "dtype_counts", "safetensors_total", safetensors=stored) == [["BF16", "U32"], [3, 8], 11]


def test_the_settings_of_a_network_have_several_names() -> None:
    columns = ("hidden_size", "layers", "attention_heads", "experts", "experts_per_token", "context_length")
    assert seen(*columns, config={"n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024}) == [768, 12, 12, None, None, 1024]
    mixture = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "n_routed_experts": 8, "num_experts_per_tok": 2}
    assert seen(*columns, config=mixture) == [64, 2, 4, 8, 2, None]


def test_a_model_of_several_parts_has_the_settings_of_its_language_model() -> None:
    config = {"vision_config": {"hidden_size": 5}, "text_config": {"hidden_size": 64, "tie_word_embeddings": True}}
    assert seen("hidden_size", "is_embedding_tied", config=config) == [64, True]


def test_gguf_states_weights_architecture_and_context() -> None:
    found = seen("gguf_total", "gguf_architecture", "context_length", gguf={"total": 7, "architecture": "llama", "context_length": 9})
    assert found == [7, "llama", 9]


def test_the_datasets_of_results_are_listed_once_and_errors_have_none() -> None:
    result = {"dataset": {"id": "a/b", "task_id": "t"}, "value": 1}
    assert seen("eval_datasets", evalResults=[{"data": result}, result, {"error": "no"}, 3, {"data": {"dataset": "c"}}]) == [["a/b"]]


@pytest.mark.parametrize(
    ("item", "column", "oddity"),
    [
        ({"config": {"model_type": ["llama"]}}, "model_type", "config.model_type: a list where a short text was expected"),
        ({"config": {"model_type": "x" * (LONGEST_NAME + 1)}}, "model_type", "config.model_type: 'xxx"),
        ({"config": {"hidden_size": "64"}}, "hidden_size", "config.hidden_size: '64' where a whole number was expected"),
        ({"config": {"hidden_size": True}}, "hidden_size", "config.hidden_size: True where"),
        ({"config": {"num_hidden_layers": 10**30}}, "layers", "config.num_hidden_layers: 1000"),
        ({"config": {"hidden_size": -1}}, "hidden_size", "config.hidden_size: -1 where"),
        ({"config": {"peft": "lora"}}, "peft_base", "config.peft: 'lora' where an object was expected"),
        ({"gguf": {"total": "7B"}}, "gguf_total", "gguf.total: '7B' where"),
        ({"config": {"quantization_config": [4]}}, "quant_method", "config.quantization_config: a list where an object was expected"),
    ],
)
def test_a_value_of_another_type_or_size_counts_as_absent_and_is_reported(item: dict[str, Any], column: str, oddity: str) -> None:
    found = row(**item)
    assert found[column] is None
    assert found["oddities"][0].startswith(oddity)


def test_hostile_sizes_are_bounded() -> None:
    names = [f"Class{n}" for n in range(10_000)]
    stored = {"parameters": {f"{n:05}" + "x" * 400 * (n % 2): "many" for n in range(10_000)}}
    found = row(config={"architectures": names}, safetensors=stored)
    assert len(found["architectures"]) == MOST_NAMES
    assert len(found["oddities"]) == MOST_NAMES
    assert found["dtypes"] == []


def test_a_deep_configuration_is_no_error() -> None:
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"config_groups": deep}
    found = config_row(
        LISTED_MODEL.validate({"id": "ada/one", "config": {"quantization_config": {"quant_method": deep}, "model_type": deep}})
    )
    assert found is not None
    assert found["quant_method"] is None
