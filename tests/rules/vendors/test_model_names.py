"""What the name of a model says."""

import pytest

from hublake.lake.curated import curated
from hublake.lake.enums import NAME_METHODS, NAME_STAGES
from hublake.rules.vendors.model_names import CONFIDENCE, parse_model_name
from hublake.rules.vendors.name_tokens import MAX_LETTERS, name_tokens


@pytest.mark.parametrize(
    ("model_id", "series"),
    [
        ("meta-llama/Meta-Llama-3-8B", "llama-3"),
        ("someone/llama3-8b-chat", "llama-3"),
        ("someone/Llama-3_1-8B", "llama-3.1"),
        ("someone/llama31-8b", "llama-3.1"),
        ("microsoft/phi-1_5", "phi-1.5"),
        ("OpenGVLab/InternVL2_5-8B", "internvl2.5"),
        ("internlm/internlm-xcomposer2d5-7b", "internlm-xcomposer2d5"),
        ("Qwen/Qwen-7B-Chat", "qwen"),
        ("someone/Qwen-2.5-7B", "qwen2.5"),
        ("google/gemma-2b-it", "gemma"),
        ("google/gemma-3n-E2B-it", "gemma-3n"),
        ("LGAI-EXAONE/EXAONE-4.0.1-32B", "exaone-4.0"),
        ("inclusionAI/Ling-flash-2.0", "ling-2.0"),
        ("deepseek-ai/deepseek-coder-7b-base-v1.5", "deepseek-coder"),
        ("deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct", "deepseek-coder-v2"),
        ("deepseek-ai/DeepSeek-V3-0324", "deepseek-v3"),
        ("black-forest-labs/FLUX.1-dev", "flux.1"),
        ("mistralai/Mistral-7B-v0.3", "mistral-7b"),
        ("zai-org/GLM-4.6V-Flash", "glm-4.6v"),
        ("openai-community/gpt2-medium", "gpt2"),
        ("TinyLlama/TinyLlama_v1.1", "tinyllama"),
    ],
)
def test_one_series_has_one_spelling(model_id: str, series: str) -> None:
    parsed = parse_model_name(model_id)
    assert (parsed.series, parsed.method) == (series, "curated")


@pytest.mark.parametrize(
    ("model_id", "series", "origin", "is_own"),
    [
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "deepseek-r1", None, True),
        ("THUDM/cogvlm2-llama3-chat-19B", "cogvlm2", "llama-3", True),
        ("tokyotech-llm/Llama-3-Swallow-8B-v0.1", "llama-3-swallow", "llama-3", True),
        ("RedHatAI/Meta-Llama-3.1-70B-Instruct-quantized.w8a8", "llama-3.1", "llama-3.1", False),
        ("bartowski/Qwen_Qwen3-8B-GGUF", "qwen3", "qwen3", False),
        ("someone/nail-qwen3.6-35b", "nail", "qwen3.6", True),
        ("mradermacher/nail-7b-i1-GGUF", "nail", None, False),
        ("someone/checkpoint-step-50", None, None, False),
        ("someone/fox-step-50", "fox", None, True),
        ("someone/Step-3-FP8", "step3", "step3", False),
        ("someone/my-awesome-model", None, None, False),
    ],
)
def test_the_owners_own_series_comes_before_the_one_it_builds_on(
    model_id: str, series: str | None, origin: str | None, is_own: bool
) -> None:
    parsed = parse_model_name(model_id)
    assert (parsed.series, parsed.origin_in_name, parsed.is_vendor_own) == (series, origin, is_own)


def test_a_pattern_ends_at_a_version_size_stage_or_format() -> None:
    names = (
        "brave-fox-v2-7b",
        "brave-fox-mini-7b",
        "brave-fox-instruct",
        "bravefox2.5-7b",
        "brave-fox-gguf",
        "the-very-long-name-of-it-7b",
    )
    series = [parse_model_name(f"someone/{name}").series for name in names]
    assert series == ["brave-fox-v2", "brave-fox", "brave-fox", "bravefox2.5", "brave-fox", None]


def test_sizes_stages_dates_and_formats_are_distinguished() -> None:
    parsed = parse_model_name("Qwen/Qwen3-VL-235B-A22B-Instruct-2507-FP8")
    assert (parsed.variant, parsed.size_text, parsed.active_size_text, parsed.stage) == (("vl",), "235b", "a22b", "instruct")
    assert (parsed.revision, parsed.formats, parsed.is_quantised) == ("2507", ("fp8",), True)
    command = parse_model_name("CohereForAI/c4ai-command-r-plus-08-2024")
    assert (command.series, command.size_text, command.revision) == ("c4ai-command-r", None, "08-2024")
    product = parse_model_name("mistralai/Mixtral-8x7B-Instruct-v0.1-hf")
    assert (product.size_text, product.revision, product.formats, product.is_quantised) == ("8x7b", "v0.1", ("hf",), False)
    assert parse_model_name("someone/fox-7b-128k-1t").size_text == "7b", "lengths of the context and numbers of tokens are no sizes"


def test_hostile_names_are_read_in_a_bounded_number_of_words() -> None:
    assert sum(len(token.text) for token in name_tokens("a1" * 50_000)) == MAX_LETTERS
    for name in (
        "",
        "/",
        "-",
        "a/",
        "__",
        "a/_",
        "a/Qwen_",
        "a/-.-_",
        "a/" + "qwen-" * 60,
        "a/" + "9" * 150,
        "a/" + "x1d" * 60,
        "a/é\u0000",
    ):
        assert parse_model_name(name).method in NAME_METHODS


def test_the_curated_lists_have_known_values_once() -> None:
    lines, words = curated("model_lines"), curated("name_words")
    assert len({row["line"] for row in lines}) == len(lines)
    assert len({row["word"] for row in words}) == len(words)
    assert {row["version"] for row in lines} <= {"joined", "hyphen", "dot", "v", "size", "none"}
    assert all(row["owners"] and row["source"] and row["line"] == row["line"].lower() for row in lines)
    assert {row["value"] for row in words if row["kind"] == "stage"} == set(NAME_STAGES)
    assert set(CONFIDENCE) == set(NAME_METHODS)
