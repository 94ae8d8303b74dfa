"""Techniques by files, configuration, tags, names, cards of tools, and sentences."""

import pytest

from hublake.lake.curated import curated
from hublake.rules.techniques.config_techniques import config_techniques
from hublake.rules.techniques.file_techniques import file_techniques, gguf_type, nominal_bits
from hublake.rules.techniques.model_techniques import consistent_techniques, is_inherited
from hublake.rules.techniques.stated_techniques import name_techniques, tag_techniques
from hublake.rules.techniques.text_techniques import text_techniques
from hublake.rules.techniques.tool_cards import RULES, tool_card_techniques
from hublake.rules.techniques.vocabulary import ADAPTERS, FoundTechnique, technique_groups, technique_words
from tests.rules.techniques.tool_card_cases import CASES

GROUPS = {"adaptation", "objective", "compression", "merge", "editing", "quantisation"}


def stated(found: list[FoundTechnique]) -> set[str]:
    """`technique`, `technique:detail` for merges and edits."""
    return {fact.technique + (f":{fact.detail}" if fact.detail and fact.technique in ("merge", "abliteration") else "") for fact in found}


def test_every_list_uses_techniques_of_the_vocabulary() -> None:
    assert set(technique_groups().values()) == GROUPS
    assert len(technique_groups()) == len(curated("techniques"))
    assert len(technique_words()) == len(curated("technique_words"))
    for name in ("technique_words", "technique_phrases"):
        assert {row["technique"] for row in curated(name)} <= technique_groups().keys()
    assert {word.writer for word in technique_words().values()} == {"tool", "trl", "hub", "author"}
    assert technique_groups().keys() >= ADAPTERS


@pytest.mark.parametrize(("card", "techniques"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_card_of_a_tool_has_exactly_what_the_tool_states(card: str, techniques: set[str]) -> None:
    found = tool_card_techniques(card)
    assert stated(found) == techniques
    assert {fact.source for fact in found} <= {"tool_card"}
    assert len(CASES) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "We trained with DPO and compare with models that were trained with LoRA.",
        "Use mergekit with merge_method set to slerp to merge this with another model.",
        "axolotl can train it with adapter: lora.",
        "This model was trained with DPO pairs from our own annotators.",
        "PEFT is recommended for training further.",
    ],
)
def test_words_about_a_tool_are_not_its_template(text: str) -> None:
    assert tool_card_techniques(text) == []


@pytest.mark.parametrize("mark", [mark for _, marks in RULES for mark in marks])
def test_a_card_that_repeats_a_mark_ends(mark: str) -> None:
    """An expression that backtracks without bound would not."""
    for text in (
        mark * 20_000,
        f"{mark}\n- " * 5_000,
        f"See axolotl config</summary>\n```yaml\n{mark}: " * 2_000,
        f"{mark} [a](b " * 5_000,
    ):
        assert len(tool_card_techniques(text)) <= 3


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["README.md", "adapter_config.json"], {("peft", None, None), ("lora", None, None)}),
        (["checkpoint-500/adapter_model.bin"], {("peft", None, None), ("lora", None, None)}),
        (["pytorch_lora_weights.safetensors"], {("lora", None, None)}),
        (["mergekit_config.yml"], {("merge", None, None)}),
        (["mergekit_moe_config.yml"], {("merge", "moe", None)}),
        (["quantize_config.json"], {("gptq", None, None)}),
        (["quant_config.json"], {("awq", None, 4.0)}),
        (["hf_quant_config.json"], {("modelopt", None, None)}),
        (["m.gguf"], {("gguf", None, None)}),
        (["m.gguf", "m.Q5_K_S.gguf"], {("gguf", "Q5_K_S", 5.0)}),
        (["Q4_0/m-Q4_0-00001-of-00002.gguf", "Q4_0/m-Q4_0-00002-of-00002.gguf"], {("gguf", "Q4_0", 4.0)}),
        (
            ["M-UD-IQ2_XXS.gguf", "M.BF16.gguf", "mmproj-F16.gguf", "imatrix.gguf", "imatrix.dat"],
            {("gguf", "IQ2_XXS", 2.0), ("gguf", "BF16", 16.0)},
        ),
        (["model.safetensors", "config.json"], set()),
    ],
)
def test_files_state_adapters_merges_and_types_of_weights(files: list[str], expected: set[tuple[str, str | None, float | None]]) -> None:
    assert {(fact.technique, fact.detail, fact.bits) for fact in file_techniques(files)} == expected


@pytest.mark.parametrize(
    ("name", "kind", "bits"),
    [
        ("q8_0.gguf", "Q8_0", 8.0),
        ("m.iq4_nl.gguf", "IQ4_NL", 4.0),
        ("m-TQ1_0.gguf", "TQ1_0", 1.0),
        ("m-MXFP4_MOE.gguf", "MXFP4_MOE", 4.0),
        ("m.fp16.gguf", "F16", 16.0),
        ("Q8_0/m.Q6_K_L.gguf", "Q6_K_L", 6.0),
        ("m-Q4_0_4_8.gguf", "Q4_0_4_8", 4.0),
        ("m-q4-k-m.gguf", None, None),
        ("SEQ4_KM.gguf", None, None),
    ],
)
def test_the_last_type_in_a_path_counts(name: str, kind: str | None, bits: float | None) -> None:
    assert (gguf_type(name), nominal_bits(gguf_type(name))) == (kind, bits)


@pytest.mark.parametrize(
    ("method", "bits", "peft", "expected"),
    [
        ("gptq", 4.0, None, {("gptq", None, 4.0)}),
        ("bitsandbytes", 8.0, "LORA", {("bitsandbytes", None, 8.0), ("peft", "LORA", None), ("lora", None, None)}),
        ("intel/auto-round", 4.0, None, {("auto-round", None, 4.0)}),
        ("sinq", 4.0, None, {("quantization", "sinq", 4.0)}),
        ("dpo", None, None, {("quantization", "dpo", None)}),
        (None, 6.0, None, {("quantization", None, 6.0)}),
        (None, None, "PROMPT_TUNING", {("peft", "PROMPT_TUNING", None)}),
        (None, None, None, set()),
    ],
)
def test_the_configuration_states_method_bits_and_type(
    method: str | None, bits: float | None, peft: str | None, expected: set[tuple[str, str | None, float | None]]
) -> None:
    assert {(fact.technique, fact.detail, fact.bits) for fact in config_techniques(method, bits, peft)} == expected


@pytest.mark.parametrize(
    ("tags", "library", "expected"),
    [
        (["trl", "sft"], "transformers", {("sft", "tool_tag")}),
        (["sft"], "transformers", {("sft", "author_tag")}),
        (["LoRA"], "peft", {("lora", "tool_tag"), ("peft", "tool_tag")}),
        (["mergekit", "merge"], None, {("merge", "tool_tag"), ("merge", "author_tag")}),
        (["base_model:merge:a/b"], None, {("merge", "hub_tag")}),
        (["mlx", "4-bit"], "mlx", {("mlx", "tool_tag"), ("quantization", "hub_tag")}),
        (["mlx"], "mlx", set()),
        (["llama-factory", "full"], None, {("full", "tool_tag")}),
        (["full"], None, set()),
        (["template:sd-lora"], "diffusers", {("lora", "tool_tag")}),
        (["heretic"], None, {("abliteration", "author_tag")}),
        (["dataset:dpo", "sft-data"], None, set()),
    ],
)
def test_tags_are_a_tools_or_an_authors(tags: list[str], library: str | None, expected: set[tuple[str, str]]) -> None:
    assert {(fact.technique, fact.source) for fact in tag_techniques(tags, library)} == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("flora-7b-dpo", {("dpo", None)}),
        ("flora_SFT_grpo", {("sft", None), ("grpo", None)}),
        ("flora-online-dpo", {("online-dpo", None)}),
        ("flora-no-dpo", set()),
        ("flora-without-sft", set()),
        ("flora-pre-dpo", set()),
        ("sft-vs-dpo", set()),
        ("dpo-dataset-filter", set()),
        ("base-for-lora", set()),
        ("Pandora-Flora", set()),
        ("flora-AWQ", {("awq", 4.0)}),
        ("flora-GPTQ-Int8", {("gptq", 8.0), ("int8", 8.0)}),
        ("flora-8bit-mlx", {("mlx", 8.0)}),
        ("flora-NVFP4", {("nvfp4", 4.0)}),
        ("flora-exl2-4.65bpw", {("exl2", 4.65)}),
        ("flora-5_0bpw", {("quantization", 5.0)}),
        ("flora-q4", {("quantization", 4.0)}),
        ("flora-9.4bit", {("quantization", 9.4)}),
        ("flora-Q4_K_M-GGUF", {("gguf", 4.0)}),
        ("flora-IQ1_S", {("gguf", 1.0)}),
        ("flora-TQ1_0", {("gguf", 1.0)}),
        ("flora-qat-q4_0-unquantized", set()),
        ("flora-merged-lora", {("lora", None)}),
        ("flora-slerp", {("merge", None)}),
        ("flora-abliterated", {("abliteration", None)}),
    ],
)
def test_a_name_states_techniques_unless_it_denies_them(name: str, expected: set[tuple[str, float | None]]) -> None:
    assert {(fact.technique, fact.bits) for fact in name_techniques(f"acme-dpo-lora/{name}")} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We fine-tuned the base with LoRA on 4 GPUs.", {"lora"}),
        ("The model was trained using supervised fine-tuning, then direct preference optimization.", {"sft", "dpo"}),
        ("It is a distilled version of BERT.", {"distillation"}),
        ("Quantized with AutoAWQ.", {"awq"}),
        ("QLoRA adapter for acme/flora.", {"qlora"}),
        ("It was not trained with RLHF.", set()),
        ("You can fine-tune it with LoRA.", set()),
        ("Unlike models trained with PPO, ours is small.", set()),
        ("We will release a version trained with DPO.", set()),
        ("Trained on a DPO dataset.", set()),
        ("```\ntrained with lora\n```", set()),
        ("> it was trained with DPO", set()),
        ("# Original model card\n\nIt was trained with DPO.", set()),
        ("LoRA is a method.", set()),
        ("İİİ It was fine-tuned with LoRA.", {"lora"}),
        ("DistilBERT, a distilled version of BERT", set()),
        ("Summaries distilled from news", set()),
        ('See "Making Sentence Embeddings Multilingual Using Knowledge Distillation" for more', set()),
    ],
)
def test_a_sentence_states_a_technique_unless_it_denies_or_proposes_it(text: str, expected: set[str]) -> None:
    assert {fact.technique for fact in text_techniques(text)} == expected


def test_sources_that_disagree_remain_except_that_an_adapter_refutes_full() -> None:
    full = FoundTechnique("full", "tool_card", "axolotl without adapter", 0.9)
    dpo = FoundTechnique("dpo", "author_tag", "dpo", 0.9)
    lora = FoundTechnique("qlora", "name", "qlora", 0.9)
    assert consistent_techniques([dpo, full, dpo]) == [dpo, full]
    assert consistent_techniques([full, dpo, lora]) == [dpo, lora]


@pytest.mark.parametrize("technique", sorted(technique_groups()))
def test_only_a_quantised_copy_inherits_and_never_its_quantisation(technique: str) -> None:
    is_own_format = technique_groups()[technique] == "quantisation"
    assert is_inherited(technique, "quantized", [technique]) is not is_own_format
    for relation in ("finetune", "adapter", "merge", None):
        assert not is_inherited(technique, relation, [technique])
    assert not is_inherited(technique, "quantized", [])
