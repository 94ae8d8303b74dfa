"""The parent that a model's name implies."""

import pytest

from hublake.rules.lineage.parent_inference import ChildModel, Namesake, NamesakeIndex, implied_parent, name_key, name_words


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
def test_the_parent_is_the_name_without_the_terms_of_derivation(name: str, parent: str, relation: str) -> None:
    found = implied_parent(name_words(name))
    assert found is not None
    assert (found.key, found.relation) == (name_key(name_words(parent)), relation)


@pytest.mark.parametrize("name", ["x/base-7b", "x/GGUF", "x/ab-GGUF", "x/finetuned-base", "x/my-lora", ""])
def test_short_names_and_names_without_such_terms_imply_no_parent(name: str) -> None:
    assert implied_parent(name_words(name)) is None


def test_tuned_variants_only_match_models_of_the_same_author() -> None:
    found = [implied_parent(name_words("x/Base-7B-chat")), implied_parent(name_words("x/Base-7B-awq"))]
    assert [parent.same_author_only for parent in found if parent] == [True, False]


@pytest.mark.parametrize(
    "word",
    "gguf ggml awq gptq gptqmodel exl2 exl3 hqq aqlm eetq vptq spqr quip bnb autoround torchao i1 quantized quantised quant"
    " quants fp4 fp8 nvfp4 mxfp8 nf4 int2 int3 int4 int8 4bit 8bits w4a16 4bpw 4.25bpw q4 q4_k_m iq2_xs q4f16_1 onnx openvino coreml"
    " coremltools transformers.js onnxruntime mlx ov ct2".split(),
)
def test_every_format_implies_a_quantised_model(word: str) -> None:
    for name in (f"a/flora-tree-{word}", f"a/{word.upper()}_Flora-Tree"):
        found = implied_parent(name_words(name))
        assert found is not None
        assert found.relation == "quantized"


NAMESAKES = NamesakeIndex(
    [
        Namesake("old/flora", "old", created_at=10, downloads=5),
        Namesake("new/flora", "new", created_at=30, downloads=90),
        Namesake("undated/flora", "undated", created_at=None, downloads=7),
        Namesake("flora", None, created_at=20, downloads=7),
    ]
)


@pytest.mark.parametrize(
    "author, created_at, same_author_only, expected",
    [
        ("b", 40, False, "new/flora"),  # the most downloaded
        ("b", 30, False, "new/flora"),  # a model created at the same time is not later
        ("b", 29, False, "flora"),  # later models do not count; among equal downloads, the first name wins
        ("b", 5, False, "undated/flora"),  # a model without a date counts as older
        ("b", None, False, "new/flora"),
        ("new", 5, False, "new/flora"),  # models of the same author may be later
        ("old", 40, True, "old/flora"),
        ("b", 40, True, None),
        (None, 40, True, None),  # a child without an author shares none
    ],
)
def test_the_most_downloaded_model_that_is_not_later_is_chosen(
    author: str | None, created_at: int | None, same_author_only: bool, expected: str | None
) -> None:
    assert NAMESAKES.best_parent(ChildModel("b/flora-GGUF", author, created_at, same_author_only)) == expected
