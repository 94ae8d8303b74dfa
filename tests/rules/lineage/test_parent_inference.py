"""What a model's name implies about its parent."""

import pytest

from hublake.rules.lineage.parent_inference import implied_names, implied_spelling, name_key, name_words


@pytest.mark.parametrize(
    "name, parent, relation",
    [
        ("q/Base-7B-GGUF", "x/base_7b", "quantized"),
        ("q/Base-7B-4.0bpw-h6-exl2", "x/base-7b", "quantized"),
        ("q/Base-7B-Q4_K_M-GGUF", "x/Base-7B", "quantized"),
        ("q/base-7b-fp16-ov", "x/base-7b", "quantized"),
        ("q/base-large-finetuned-news", "x/base-large", "finetune"),
        ("q/base-large-fine-tuned", "x/base-large", "finetune"),
        ("x/Base-7B-Instruct-v0.1", "x/Base-7B-v0.1", "finetune"),
        ("q/gptq-4bit-base-7b", "x/base-7b", "quantized"),
        ("q/Base-7B-8-bit-gptq", "x/base-7b", "quantized"),
        ("q/Base-7B-3_75bpw_exl2", "x/base-7b", "quantized"),
        ("q/Base-7B-8.0bpw-8hb-exl2", "x/base-7b", "quantized"),
        ("q/Base-7B-i-GGUF", "x/base-7b", "quantized"),
        ("q/base-7b-4b-128g-gptq", "x/base-7b", "quantized"),
        ("q/base-7b-gptq-4b-128g", "x/base-7b", "quantized"),
        ("q/base-7b_4b_gptq", "x/base-7b", "quantized"),
        ("q/base-native-gptq-4b-128g", "x/base-native", "quantized"),
        ("q/Base-7B-imatrix-gguf", "x/base-7b", "quantized"),
        ("q/Base-7B-GGUF-IQ-Imatrix", "x/base-7b", "quantized"),
        ("q/base-7b-16bit-GGUF", "x/base-7b", "quantized"),
        ("q/base-7b_2bits_GPTQ", "x/base-7b", "quantized"),
        ("q/base-7b-bnb-4bits", "x/base-7b", "quantized"),
        ("q/base-7b-float16-gguf", "x/base-7b", "quantized"),
        ("q/base-7b-8bpw-8h-exl2", "x/base-7b", "quantized"),
        ("q/base-7b-w4-g128-gemm-awq", "x/base-7b", "quantized"),
        ("q/Base-7B-8.0-bpw-exl2", "x/base-7b", "quantized"),
        ("q/base-7b-ggml-model-q4_0", "x/base-7b", "quantized"),
        ("q/base-7b-q4f16_1-MLC", "x/base-7b", "quantized"),
        ("q/Base-7B.Q4_K_M.gguf", "x/base-7b", "quantized"),
        ("q/base-7b-ft-adapters", "x/base-7b", "adapter"),
        ("q/base-large-finetuned-adalora-rank8", "x/base-large", "adapter"),
        ("q/base-large-finetuned-news-prefix-tuning", "x/base-large", "adapter"),
        ("q/base-7b-finetuned-ia3", "x/base-7b", "adapter"),
        ("q/base-7b-finetuned-lora-merged", "x/base-7b", "finetune"),
        ("q/base-large-finetuned-explora", "x/base-large", "finetune"),
        ("q/base-7b-w4-g128-awq", "x/base-7b", "quantized"),
        ("q/gpt2-finetuned", "x/gpt2", "finetune"),  # one word only where it is canonical
        ("x/base-7b-sft-dpo", "x/base-7b", "finetune"),
    ],
)
def test_the_parent_is_the_name_without_the_terms_of_derivation(name: str, parent: str, relation: str) -> None:
    found = implied_names(name_words(name))
    assert (name_key(name_words(parent)), relation) in [(implied.key, implied.relation) for implied in found]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "x/base-7b",
            "x/GGUF",
            "x/ab-GGUF",
            "x/finetuned-base",
            "x/my-lora",
            "",
            "x/base-7b-it-2",
            "x/base-chat-poems",
            "x/bert-finetuned",
        ),
        *("x/ggml-model-q4_0", "x/unsloth.Q4_K_M.gguf", "x/model-unsloth-GGUF", "x/poems-from-prose-ft-from-pretrained-base"),
    ],
)
def test_short_names_and_names_without_such_terms_imply_no_parent(name: str) -> None:
    assert implied_names(name_words(name)) == []


def test_4b_in_front_of_a_format_is_a_size_unless_the_name_has_another() -> None:
    for name, readings in (("x/flora-4b-gptq", ["flora 4b"]), ("x/flora-7b-4b-gguf", ["flora 7b 4b"])):
        assert [" ".join(implied.words) for implied in implied_names(name_words(name))] == readings


def test_a_format_within_a_name_belongs_to_it() -> None:
    assert implied_names(name_words("x/flora-gptq-for-poems")) == []


def test_of_several_finetunings_only_the_last_is_undone() -> None:
    """The base of the first one is no parent, even if the model between them is not listed."""
    found = implied_names(name_words("x/base-large-finetuned-squad-finetuned-news"))
    assert [" ".join(implied.words) for implied in found] == ["base large finetuned squad"]


@pytest.mark.parametrize(
    "name, base",
    [
        ("x/bert-base-uncased_mnli_ft_7", "bert base uncased"),
        ("x/bert-base-uncased_mnli_ft", "bert base uncased mnli"),
        ("x/bert-base-uncased_mnli_ft_poems", "bert base uncased mnli"),
        ("x/flora-7b_mnli_ft_7", "flora 7b mnli"),
    ],
)
def test_a_run_number_follows_the_base_and_its_data(name: str, base: str) -> None:
    assert [" ".join(implied.words) for implied in implied_names(name_words(name))] == [base]


def test_tuned_variants_only_match_models_of_the_same_author() -> None:
    found = [implied_names(name_words(name)) for name in ("x/Base-7B-chat", "x/Base-7B-awq")]
    assert [implied[0].same_author_only for implied in found] == [True, False]


@pytest.mark.parametrize(
    "child, written",
    [
        ("q/Flora_7B-v0.1-Q4_K_M-GGUF", "Flora_7B-v0.1"),
        ("q/T5-Small-finetuned-xsum", "t5-small"),
        ("q/Acme_-_Flora-7B-gguf", "Acme/Flora-7B"),
        ("q/acme__flora-7b__finetune", "acme/flora-7b"),
        ("q/Flora-7B.Q4_K_M.gguf", "Flora-7B"),
    ],
)
def test_the_implied_name_is_written_as_in_the_childs_name(child: str, written: str) -> None:
    assert implied_spelling(child, implied_names(name_words(child))[-1]) == written


@pytest.mark.parametrize(
    "word",
    "gguf ggml awq gptq gptqmodel exl2 exl3 hqq aqlm eetq vptq spqr quip bnb autoround torchao i1 quantized quantised quant"
    " quants fp4 fp8 nvfp4 mxfp8 nf4 int2 int3 int4 int8 4bit 8bits w4a16 4bpw 4.25bpw q4 q4_k_m iq2_xs q4f16_1 onnx openvino coreml"
    " coremltools transformers.js onnxruntime mlx ov ct2".split(),
)
def test_every_format_implies_a_quantised_model(word: str) -> None:
    for name in (f"a/flora-tree-{word}", f"a/{word.upper()}_Flora-Tree"):
        found = implied_names(name_words(name))
        assert found
        assert {implied.relation for implied in found} == {"quantized"}
        assert found[-1].words == ("flora", "tree")
