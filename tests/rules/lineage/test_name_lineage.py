"""Which parent a name tells of."""

import pytest

from hublake.rules.lineage.names import Child, Namesake, Namesakes, key_of, parent_in_words, words


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
    told = parent_in_words(words(name))
    assert told is not None
    assert (told.key, told.relation) == (key_of(words(parent)), relation)


@pytest.mark.parametrize("name", ["x/base-7b", "x/GGUF", "x/ab-GGUF", "x/finetuned-base", "x/my-lora", ""])
def test_short_names_and_names_without_such_words_tell_nothing(name: str) -> None:
    assert parent_in_words(words(name)) is None


def test_tuned_sisters_are_looked_for_with_their_author_alone() -> None:
    told = [parent_in_words(words("x/Base-7B-chat")), parent_in_words(words("x/Base-7B-awq"))]
    assert [found.is_own for found in told if found] == [True, False]


@pytest.mark.parametrize(
    "word",
    "gguf ggml awq gptq gptqmodel exl2 exl3 hqq aqlm eetq vptq spqr quip bnb autoround torchao i1 quantized quantised quant"
    " quants fp4 fp8 nvfp4 mxfp8 nf4 int2 int3 int4 int8 4bit 8bits w4a16 4bpw 4.25bpw q4 q4_k_m iq2_xs q4f16_1 onnx openvino coreml"
    " coremltools transformers.js onnxruntime mlx ov ct2".split(),
)
def test_every_format_tells_of_a_quantised_model(word: str) -> None:
    for name in (f"a/flora-tree-{word}", f"a/{word.upper()}_Flora-Tree"):
        told = parent_in_words(words(name))
        assert told is not None
        assert told.relation == "quantized"


NAMESAKES = Namesakes(
    [
        Namesake("old/flora", "old", created_at=10, downloads=5),
        Namesake("new/flora", "new", created_at=30, downloads=90),
        Namesake("undated/flora", "undated", created_at=None, downloads=7),
        Namesake("flora", None, created_at=20, downloads=7),
    ]
)


@pytest.mark.parametrize(
    "author, created_at, is_own, meant",
    [
        ("b", 40, False, "new/flora"),  # the most downloaded
        ("b", 30, False, "new/flora"),  # made at the same moment is not later
        ("b", 29, False, "flora"),  # of equals the first by name, and none that is later
        ("b", 5, False, "undated/flora"),  # of which nobody knows that it is later
        ("b", None, False, "new/flora"),
        ("new", 5, False, "new/flora"),  # its own author may name it so afterwards
        ("old", 40, True, "old/flora"),
        ("b", 40, True, None),
        (None, 40, True, None),  # who has no author shares none
    ],
)
def test_of_namesakes_the_most_downloaded_is_meant_that_is_not_later(
    author: str | None, created_at: int | None, is_own: bool, meant: str | None
) -> None:
    assert NAMESAKES.meant_by(Child("b/flora-GGUF", author, created_at, is_own)) == meant
