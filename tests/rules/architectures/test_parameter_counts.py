"""The counts of one model, and which of them is published."""

from typing import Any

import pytest

from hublake.rules.architectures.network_size import Network
from hublake.rules.architectures.parameter_counts import ModelFacts, ParameterCount, own_counts, strongest
from hublake.rules.architectures.parameters_in_name import published_parameters
from hublake.rules.architectures.stored_weights import stored_weights
from hublake.rules.architectures.weight_formats import is_adapter, weight_format

WEIGHTS = 8_000_000_000


def counts(model_id: str = "ada/one", **facts: Any) -> dict[str, ParameterCount]:
    defaults: dict[str, Any] = dict.fromkeys(ModelFacts._fields) | {"tags": (), "file_names": (), "dtypes": (), "dtype_counts": ()}
    found = own_counts(ModelFacts(**defaults | {"model_id": model_id} | facts), published_parameters(model_id))
    return {count.source: count for count in found}


def published(model_id: str = "ada/one", **facts: Any) -> tuple[int | None, str] | None:
    best = strongest(list(counts(model_id, **facts).values()))
    return best and (best.parameters, best.source)


@pytest.mark.parametrize(
    ("numbers", "method", "bits", "group", "weights", "rule"),
    [
        ({"BF16": WEIGHTS}, None, None, None, WEIGHTS, None),
        ({"F32": 2, "BF16": WEIGHTS}, None, None, None, WEIGHTS + 2, None),
        ({"I64": 512, "F32": WEIGHTS}, None, None, None, WEIGHTS, None),  # positions are no weights
        ({"U32": 1000, "BF16": 250 + 40}, "mlx", 4, 64, 8000 + 40, "mlx"),
        ({"U32": 2000, "BF16": 250 + 40}, "mlx", 8, 64, 8000 + 40, "mlx"),
        ({"U32": 1000, "BF16": 500 + 40}, "mlx", 4, 32, 8000 + 40, "mlx"),
        ({"U32": 1000, "U8": 250, "BF16": 40}, "mlx", 4, 32, 8000 + 40, "mlx"),  # mxfp4: scales in U8
        ({"U32": 1125, "BF16": 250 + 40}, "mlx", 4.5, 64, 8000 + 40, "mlx"),
        ({"I32": 8000, "F16": 40}, "gptq", 4, 128, 8040, "hub"),
        ({"U8": 8000, "BF16": 40}, "bitsandbytes", 4, None, 8040, "hub"),
        ({"I8": 8000, "BF16": 40}, "compressed-tensors", 8, None, 8040, None),
        ({"F8_E4M3": 8000, "BF16": 40}, "fp8", 8, None, 8040, None),
        ({"U8": 4000, "F8_E4M3": 500, "BF16": 40}, "modelopt", 4, 16, 8040, "scales"),
        ({"U8": 8000, "F8_E4M3": 500, "BF16": 40}, "compressed-tensors", 4, 16, 8040, "hub"),
        ({"U8": 4000, "F8_E4M3": 500, "BF16": 40}, "nvfp4", 8, None, 8040, "scales"),
        ({"I32": 8000, "F16": 40}, "compressed-tensors", None, None, 8040, "hub"),
        ({"I16": 1000, "F16": 40}, "exl3", 4.25, None, None, None),
        ({"U32": 1000, "BF16": 40}, None, None, None, None, None),
    ],
)
def test_numbers_become_weights(
    numbers: dict[str, int], method: str | None, bits: float | None, group: int | None, weights: int | None, rule: str | None
) -> None:
    found = stored_weights(numbers, sum(numbers.values()), method, bits, group)
    assert found is not None
    assert (found.parameters, found.unpacked_by) == (weights, rule)


@pytest.mark.parametrize(
    ("method", "bits", "weights"),
    [
        *[(None, None, 80), (None, 8, 80), ("gptq", 4, 80), ("fp8", 4, 80)],
        *[(None, 6, None), ("mlx", 4, None), ("exl3", 4, None), ("nvfp4", 4, None)],
    ],
)
def test_a_total_without_types_counts_only_where_the_hub_unpacks(method: str | None, bits: float | None, weights: int | None) -> None:
    found = stored_weights({}, 80, method, bits, None)
    assert found is not None
    assert found.parameters == weights


def test_stored_weights_are_the_strongest_source() -> None:
    assert published("ada/one-7B", dtypes=["BF16"], dtype_counts=[7_100_000_000]) == (7_100_000_000, "safetensors")


def test_a_published_count_precedes_weights_that_are_stored_twice_but_not_fewer() -> None:
    """Qwen3-0.6B stores its embeddings twice."""
    assert published("acme/Qwen3-0.6B", dtypes=["BF16"], dtype_counts=[751_632_384]) == (596_000_000, "curated")
    assert published("acme/Qwen3-0.6B", dtypes=["BF16"], dtype_counts=[560_000_000]) == (560_000_000, "safetensors")


def test_of_two_counts_the_one_near_the_name_is_taken() -> None:
    """The Hub did not always multiply the packed numbers of gptq."""
    stored = {"quant_method": "gptq", "quant_bits": 4, "dtypes": ["F16", "I32"], "dtype_counts": [500_000_000, 900_000_000]}
    assert published("acme/ada-8B-GPTQ", **stored) == (500_000_000 + 8 * 900_000_000, "safetensors")
    assert published("acme/ada-GPTQ", **stored) == (1_400_000_000, "safetensors")
    assert counts("acme/ada-8B-GPTQ", **stored)["safetensors"].unpacked_by == "name"


def test_a_size_of_one_digit_is_less_certain() -> None:
    assert [counts(f"acme/ada-{size}")["name"].confidence for size in ("7B", "300M", "1.5B", "13B", "70B")] == [
        0.72,
        0.72,
        0.85,
        0.85,
        0.72,
    ]


def test_an_adapter_is_a_part_and_its_count_is_not_published() -> None:
    stored = {"dtypes": ["F32"], "dtype_counts": [308_224]}
    assert counts("acme/ada-8B-lora", **stored)["safetensors"].is_partial
    assert published("acme/ada-8B-lora", **stored) == (8_000_000_000, "name")
    assert published("acme/ada", peft_base="acme/base", **stored) is None
    assert published("acme/ada", **stored) == (308_224, "safetensors")


def test_merged_weights_of_an_adapter_are_a_model() -> None:
    merged = {"dtypes": ["BF16"], "dtype_counts": [8_190_735_360], "tags": ["qlora"]}
    assert published("acme/ada", **merged) == (8_190_735_360, "safetensors")


def test_a_projector_in_gguf_is_a_part() -> None:
    assert published("acme/ada-8B-GGUF", gguf_total=32_768) == (8_000_000_000, "name")
    assert published("acme/ada-8B-GGUF", gguf_total=7_900_000_000) == (7_900_000_000, "gguf")


def test_a_head_for_several_tokens_is_no_model_and_a_model_with_one_is_whole() -> None:
    packed = {"tags": ["mlx", "4-bit"], "library_name": "mlx"}
    assert published("acme/ada-27B-MTP", safetensors_total=27_781_427_952) == (27_781_427_952, "safetensors")
    assert published("acme/ada-27B-4bit-MTP", safetensors_total=4_900_000_000, **packed) == (27_000_000_000, "name")
    assert published("acme/ada-27B-MTP", gguf_total=460_000_000) == (460_000_000, "gguf")
    assert "name" not in counts("acme/ada-27B-MTP", gguf_total=460_000_000)


def test_a_product_of_experts_and_size_is_never_published() -> None:
    found = counts("acme/ada-8x7B")["name"]
    assert (found.parameters, found.is_upper_bound, found.confidence) == (None, True, 0)
    assert published("acme/ada-8x7B") is None
    assert published("acme/mixtral-8x7B") == (46_703_000_000, "curated")


def test_the_settings_of_a_network_give_its_size() -> None:
    llama = Network("llama", 4096, 32, 14336, 128256, 32, 8, None, False, None, None, None)
    assert published(network=llama) == (8_029_995_008, "config")
    assert published(network=llama._replace(model_type="ada")) is None


@pytest.mark.parametrize(
    ("name", "published_size", "network"),
    [
        # Parameters that the libraries report for these networks.
        ("gpt2", 124_439_808, Network("gpt2", 768, 12, None, 50257, 12, None, None, None, None, None, None)),
        ("bert-base-uncased", 109_482_240, Network("bert", 768, 12, 3072, 30522, 12, None, None, None, None, None, None)),
        ("Mistral-7B", 7_241_732_096, Network("mistral", 4096, 32, 14336, 32000, 32, 8, None, False, None, None, None)),
        ("Qwen2.5-7B", 7_615_616_512, Network("qwen2", 3584, 28, 18944, 152064, 28, 4, None, False, None, None, None)),
        ("Qwen3-8B", 8_190_735_360, Network("qwen3", 4096, 36, 12288, 151936, 32, 8, 128, False, None, None, None)),
        ("Gemma-2-9B", 9_241_705_984, Network("gemma2", 3584, 42, 14336, 256000, 16, 8, 256, None, None, None, None)),
        ("Qwen3-30B-A3B", 30_532_122_624, Network("qwen3_moe", 2048, 48, 6144, 151936, 32, 4, 128, False, 128, 8, 768)),
        ("Pythia-1.4B", 1_414_647_808, Network("gpt_neox", 2048, 24, 8192, 50304, 16, None, None, False, None, None, None)),
    ],
)
def test_sizes_by_formula_are_within_two_percent_of_those_published(name: str, published_size: int, network: Network) -> None:
    best = strongest(list(counts(network=network).values()))
    assert best is not None
    assert best.parameters is not None
    assert abs(best.parameters / published_size - 1) < 0.02, name


@pytest.mark.parametrize(
    ("tags", "library", "name", "method", "bits"),
    [
        (["mlx", "4-bit"], "mlx", "ada", "mlx", 4),
        (["mlx"], "mlx", "ada-bf16", "mlx", None),
        (["compressed-tensors", "8-bit", "nvfp4"], "transformers", "ada", "nvfp4", 8),
        ([], None, "ada-AWQ-int4", "awq", 4),
        ([], None, "ada-exl3-4.25bpw", "exl3", 4.25),
        (["6-bit"], None, "ada-oQ6e", None, 6),
        (["gguf"], None, "ada-GGUF", "gguf", None),
        ([], None, "ada", None, None),
    ],
)
def test_tags_library_and_name_state_the_format(
    tags: list[str], library: str | None, name: str, method: str | None, bits: float | None
) -> None:
    assert weight_format(None, None, tags, library, name) == (method, bits)


def test_an_adapter_is_recognised_by_its_library_files_tags_or_name() -> None:
    assert is_adapter(None, [], "peft", [], "ada")
    assert is_adapter(None, [], None, ["adapter_config.json"], "ada")
    assert is_adapter(None, ["qlora"], None, [], "ada")
    assert is_adapter(None, [], None, [], "ada-LoRA-v2")
    assert not is_adapter(None, ["safetensors"], "transformers", ["model.safetensors"], "explorator")
