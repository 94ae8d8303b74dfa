"""Which parent a name tells of."""

import pytest

from spark_jobs.rules.name_lineage import name_key, parent_in_name


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
    ],
)
def test_the_parent_is_what_stays_without_the_words_of_what_was_done(name: str, parent: str, relation: str) -> None:
    told = parent_in_name(name)
    assert told is not None
    assert (told.key, told.relation) == (name_key(parent), relation)


@pytest.mark.parametrize("name", ["x/base-7b", "x/GGUF", "x/ab-GGUF", "x/finetuned-base", "x/my-lora", ""])
def test_short_names_and_names_without_such_words_tell_nothing(name: str) -> None:
    assert parent_in_name(name) is None


def test_tuned_sisters_are_looked_for_with_their_author_alone() -> None:
    told = [parent_in_name("x/Base-7B-chat"), parent_in_name("x/Base-7B-awq")]
    assert [found.is_own for found in told if found] == [True, False]


@pytest.mark.parametrize(
    "word",
    "gguf ggml awq gptq gptqmodel exl2 exl3 hqq aqlm eetq vptq spqr quip bnb autoround torchao i1 quantized quantised quant"
    " quants fp4 fp8 nvfp4 mxfp8 nf4 int2 int3 int4 int8 4bit 8bits w4a16 4bpw 4.25bpw q4 q4_k_m iq2_xs q4f16_1 onnx openvino coreml"
    " coremltools transformers.js onnxruntime mlx ov ct2".split(),
)
def test_every_format_tells_of_a_quantised_model(word: str) -> None:
    for name in (f"a/flora-tree-{word}", f"a/{word.upper()}_Flora-Tree"):
        told = parent_in_name(name)
        assert told is not None
        assert told.relation == "quantized"
