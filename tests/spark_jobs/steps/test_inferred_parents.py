"""Parents inferred from the names of a full listing, without a JVM."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from hublake.lake.repo_ids import CREATED_AT_FLOOR
from hublake.rules.lineage.namesakes import MIN_COPIED_NAMES
from hublake.spark_jobs.steps.inferred_parents import InferredParent, inferred_parents
from hublake.spark_jobs.steps.listed_names import ListedNames

SCHEMA = pa.schema(
    {
        "model_id": pa.string(),
        "author": pa.string(),
        "created_at": pa.int64(),
        "downloads_30d": pa.int64(),
        "is_adapter": pa.bool_(),
        "is_whole": pa.bool_(),
        "architecture": pa.string(),
        "is_converted": pa.bool_(),
    }
)


def models(
    *rows: str,
    adapters: tuple[str, ...] = (),
    incomplete: tuple[str, ...] = (),
    converted: tuple[str, ...] = (),
    **architectures: str | None,
) -> pa.Table:
    """Rows "id downloads [created_at]"; the author is what is before the slash. `architectures`: by author."""
    parsed = [row.split() for row in rows]
    columns = {
        "model_id": [name for name, *_ in parsed],
        "author": [name.rpartition("/")[0] or None for name, *_ in parsed],
        "created_at": [int(more[1]) if more[1:] else None for _, *more in parsed],
        "downloads_30d": [int(more[0]) for _, *more in parsed],
        "is_adapter": [name in adapters for name, *_ in parsed],
        "is_whole": [name not in incomplete for name, *_ in parsed],
        "architecture": [architectures.get(name.partition("/")[0]) for name, *_ in parsed],
        "is_converted": [name in converted for name, *_ in parsed],
    }
    return pa.table(columns, SCHEMA)


def declarations(*claims: str) -> pa.Table:
    """Rows "child parent"; the parent is null where it does not matter."""
    pairs = [(*claim.split(), None)[:2] for claim in claims]
    return pa.table({end: pa.array([pair[index] for pair in pairs], pa.string()) for index, end in enumerate(("child_id", "parent_id"))})


def found(*rows: str, declaring: tuple[str, ...] = (), **kinds: Any) -> dict[str, tuple[str, str, bool]]:
    inferred = inferred_parents(models(*rows, **kinds), declarations(*declaring))
    return {parent.child_id: (parent.parent, parent.relation, parent.is_listed) for parent in inferred}


def copying(*accounts: str) -> list[str]:
    """Rows of accounts that name quantised models after their originals, and of these."""
    sizes = range(1, MIN_COPIED_NAMES + 1)
    copies = (f"{account}/daisy-{size}b-gguf 0" for account in accounts for size in sizes)
    return [*(f"acme/daisy-{size}b 900" for size in sizes), *copies]


def unlisted(*rows: str, **kinds: Any) -> dict[str, str]:
    """Child -> name of an unlisted parent, where the authors of the rows also copy names."""
    accounts = dict.fromkeys(row.partition("/")[0] for row in rows)
    parents = found(*copying(*accounts), *rows, **kinds)
    return {child: parent for child, (parent, _, is_listed) in parents.items() if not is_listed}


def test_nothing_is_inferred_from_nothing() -> None:
    assert inferred_parents(models(), declarations()) == []


def test_models_that_declare_parents_get_no_inferred_one() -> None:
    rows = ("acme/flora-7b 900", "a/flora-7b-gguf 1", "b/flora-7b-awq 1")
    assert found(*rows, declaring=("b/flora-7b-awq",)) == {"a/flora-7b-gguf": ("acme/flora-7b", "quantized", True)}


@pytest.mark.parametrize(
    "declared, parent",
    [
        (["acme/flora-base", "acme/flora-base"], "acme/flora-base"),
        (["lab/flora-base-es", "lab/flora-base-es"], "lab/flora-base-es"),
        (["lab/flora-base", "lab/flora-base"], "lab/flora-base"),
        (["lab/flora-base-es", "acme/flora-base"], None),
        (["lab/flora-base-fr", "lab/flora-base-fr"], None),
        (["lab/rose-base", "me/flora-base-ft-poems"], "acme/flora-base"),
    ],
)
def test_a_guess_does_not_contradict_what_the_author_declares_of_similar_models(declared: list[str], parent: str | None) -> None:
    """Their parent if they agree and it is listed, otherwise none. Other families and the author's own models say nothing."""
    rows = ("acme/flora-base 90000", "lab/flora-base-es 50", "lab/flora-base 50", "lab/rose-base 50", "me/flora-base-ft-poems 0")
    siblings = [f"me/flora-base-ft-prose-{number}" for number in range(len(declared))]
    claims = tuple(f"{child} {base}" for child, base in zip(siblings, declared, strict=True))
    parents = found(*rows, *(f"{child} 0" for child in siblings), "me/flora-base-ft-ode 0", "you/flora-base-ft-ode 0", declaring=claims)
    assert parents.get("me/flora-base-ft-ode") == (parent and (parent, "finetune", True))
    assert parents["you/flora-base-ft-ode"] == ("acme/flora-base", "finetune", True)


def test_a_fine_tune_of_a_name_that_no_model_has_has_no_edge() -> None:
    """Nor has an adapter. The publisher's flora-7b is not listed: models of that name are copies, however many derive from it."""
    rows = ["acme/flora-13b 90000", "acme/flora-70b 80000", "copy/flora-7b 291", "copyist/Flora-7B 3"]
    children = [f"account{number}/Flora-7B-finetuned-{number} 0" for number in range(3)]
    assert found(*rows, *children, "me/flora-7b-finetuned-lora 0") == {}


def test_a_name_that_several_models_of_its_publisher_extend_is_that_of_a_family() -> None:
    """flora-7b is cased or uncased, and bellis-7b is one model, whatever others derive from it."""
    kinds = ["acme/flora-7b-cased 90000", "acme/flora-7b-uncased 80000", "acme/bellis-7b-hf 90000", "acme/bellis-7b-hf-gguf 9000"]
    others = ["poet/bellis-7b-poems 2000", "poet/bellis-7b-prose 2000"]
    assert unlisted(*kinds, *others, "me/flora-7b-gguf 0", "me/bellis-7b-gguf 0") == {"me/bellis-7b-gguf": "bellis-7b"}


def test_a_fine_tune_has_the_architecture_of_its_base() -> None:
    rows = ("acme/flora-7b 900", "me/flora-7b-finetuned-poems 0")
    for own, is_child in (("RobertaForTokenClassification", True), ("UnheardOfModel", True), (None, True), ("BertModel", False)):
        assert bool(found(*rows, acme="RobertaForMaskedLM", me=own)) is is_child


def test_an_adapter_named_like_a_quantised_model_is_no_quantised_copy() -> None:
    """It was trained on one. Files of llama.cpp and exports are made from adapters too."""
    for name, is_copy in (("flora-7b-GPTQ", False), ("flora-7b-4bit", False), ("flora-7b-gguf", True), ("flora-7b-onnx", True)):
        child = f"me/{name}"
        assert (child in found("acme/flora-7b 900", f"{child} 0", adapters=(child,))) is is_copy


def test_a_repository_without_a_task_is_no_copy_of_an_unlisted_model_in_a_format_of_whole_models() -> None:
    rows = ("me/flora-7b-gptq 0", "me/flora-7b-gguf 0")
    assert set(unlisted(*rows)) == {"me/flora-7b-gptq", "me/flora-7b-gguf"}
    assert set(unlisted(*rows, incomplete=("me/flora-7b-gptq", "me/flora-7b-gguf"))) == {"me/flora-7b-gguf"}


def test_a_full_fine_tune_does_not_derive_from_its_counterpart_that_is_no_whole_model() -> None:
    rows = ("me/bellis-poems 0", "me/bellis-poems-ft 0", "me/bellis-poems-finetuned 0")
    assert set(found(*rows)) == {"me/bellis-poems-ft", "me/bellis-poems-finetuned"}
    assert set(found(*rows, incomplete=("me/bellis-poems",))) == {"me/bellis-poems-finetuned"}
    assert found("me/bellis-longlora 0", "me/bellis-longlora-ft 0") == {}


def test_a_format_or_a_file_type_within_a_name_is_no_part_of_a_models_name() -> None:
    of_files = ("flora-Q4_K_M-pure.gguf", "flora-4bit-poems-GGUF", "flora-onnx-web-gguf", "flora-safetensors-ggml", "ggml-model-flora")
    rows = [f"a{number}/{name} 0" for number, name in enumerate((*of_files, "ggml-flora-tiny-quantized-BIN"))]
    assert unlisted(*rows, "me/flora-7b-poems-GGUF 0") == {"me/flora-7b-poems-GGUF": "flora-7b-poems"}


def test_only_accounts_that_copy_names_imply_an_unlisted_model() -> None:
    """Other names may be shortened or a product's. Declared parents do not matter, and the quantisations of one model count once."""
    child, record = "me/flora-7b-gguf", copying("me")
    assert found(*record, f"{child} 0")[child] == ("flora-7b", "quantized", False)
    assert child in found(*record, f"{child} 0", declaring=tuple(row.split()[0] for row in record if row.startswith("me/")))
    assert child not in found(*copying("you"), f"{child} 0")
    assert child not in found(*record[:-1], "me/daisy-1b-awq 0", "me/daisy-1b-exl2 0", f"{child} 0")
    assert child not in found(*record, f"{child} 0", *(f"me/rose-{size}b-gguf 0" for size in range(3)))


def test_the_names_of_listed_models_and_their_full_ids_are_listed_in_any_order() -> None:
    names = ListedNames(models("acme/Flora_7B 1", "rose 2"))
    assert names.are_listed([("7b", "flora"), ("acme", "flora", "7b"), ("flora",), ("rose",)]).tolist() == [True, True, False, True]


def test_an_author_who_writes_owners_in_front_of_names_does_so_for_unlisted_models_too() -> None:
    sizes = range(1, MIN_COPIED_NAMES + 1)
    listed = ["acme-labs/rose-1b 900", *(f"acme-labs/flora-{size}b 900" for size in sizes)]
    children = [f"q/acme-labs_flora-{size}b-gguf 1" for size in sizes]
    parents = found(
        *listed,
        *children,
        *copying("r", "s"),
        "q/acme-labs_flora-70b-gguf 1",
        "q/unknown_flora-70b-gguf 1",
        "r/acme-labs_flora-70b-gguf 1",
        "s/acme-labs_-_flora-70b-gguf 1",
    )
    assert parents["q/acme-labs_flora-70b-gguf"] == ("acme-labs/flora-70b", "quantized", False)
    assert "q/unknown_flora-70b-gguf" not in parents
    assert parents["r/acme-labs_flora-70b-gguf"] == ("acme-labs_flora-70b", "quantized", False)
    assert "q/bellis-7b-gguf" not in found(*listed, *children, "bellis/x 1", "q/bellis-7b-gguf 1")
    mixed = found(*listed, *children, "q/rose-1b-gguf 1", "q/unknown_flora-70b-gguf 1")
    assert mixed["q/unknown_flora-70b-gguf"] == ("unknown_flora-70b", "quantized", False)


def test_a_fine_tune_whose_library_or_tags_are_those_of_an_adapter_is_one() -> None:
    rows = ("acme/flora-7b 900", "a/flora-7b-finetuned 0", "b/flora-7b-gguf 0")
    parents = found(*rows, adapters=("a/flora-7b-finetuned", "b/flora-7b-gguf"))
    assert [relation for _, relation, _ in parents.values()] == ["adapter", "quantized"]


def test_a_whole_model_is_no_adapter_whatever_its_name_says_of_the_method() -> None:
    """The adapter was merged into it, or saved with it: its files have an architecture."""
    rows = ("acme/flora-7b 900", "a/flora-7b-finetuned-lora 0", "b/flora-7b-finetuned-lora 0", "c/flora-7b-finetuned-lora 0")
    parents = found(*rows, adapters=("c/flora-7b-finetuned-lora",), b="LlamaForCausalLM", c="LlamaForCausalLM")
    assert [relation for _, relation, _ in parents.values()] == ["adapter", "finetune", "adapter"]


def test_a_strangers_conversion_leaves_an_account_that_copies_names_the_missing_original() -> None:
    rows = ("you/flora-7b 5", "me/flora-7b-awq 0")
    assert unlisted(*rows, converted=("you/flora-7b",))["me/flora-7b-awq"] == "flora-7b"
    assert "me/flora-7b-awq" not in unlisted(*rows)


@pytest.mark.parametrize("listed, parent", [("t5-small", "t5-small"), ("google-t5/t5-small", "google-t5/t5-small"), ("me/other", None)])
def test_a_canonical_name_means_the_canonical_model_or_is_missing(listed: str, parent: str | None) -> None:
    parents = found(f"{listed} 5", "copy/t5-small 291", "me/T5-Small-finetuned-xsum 0")
    assert parents == {"me/T5-Small-finetuned-xsum": (parent or "t5-small", "finetune", parent is not None)}


def test_only_formats_that_keep_names_imply_an_unlisted_model() -> None:
    assert unlisted("q/Acme_-_Flora-7B-gguf 1", "q/whisper-trt-l4-int8 1") == {"q/Acme_-_Flora-7B-gguf": "Acme/Flora-7B"}


def test_the_floor_of_creation_times_is_no_order() -> None:
    floor = int(CREATED_AT_FLOOR.timestamp()) * 1_000_000
    rows = (f"acme/flora-7b 900 {floor + 1_000_000}", f"me/flora-7b-gguf 1 {floor}")
    assert found(*rows) == {"me/flora-7b-gguf": ("acme/flora-7b", "quantized", True)}
    later = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
    assert unlisted(f"acme/flora-7b 900 {later}", f"me/flora-7b-gguf 1 {floor}") == {"me/flora-7b-gguf": "flora-7b"}


def test_confidence_is_measured_by_relation_and_by_whether_the_parent_is_listed() -> None:
    of = [
        InferredParent("a", "b", relation, is_listed).confidence
        for relation in ("finetune", "quantized", "adapter")
        for is_listed in (True, False)
    ]
    assert all(0.5 < confidence < 1 for confidence in of)
    assert of[0] > of[1]
    assert of[2] > of[3]
    assert of[4] >= of[5]


def test_words_of_names_are_counted_by_account() -> None:
    names = ListedNames(models("acme/Flora_7B 10", "acme/flora-flora 5", "me/flora-7b-gguf 1", "flora 2"))
    assert names.accounts_by_word(["flora", "7b", "rose"]) == {"flora": 3, "7b": 2}
    counted = names.rows_with(lambda word: word == "gguf")
    assert counted.tolist() == [2]
    is_counted = ~pa.array([False, False, True, False]).to_numpy(zero_copy_only=False)
    assert names.downloads_by_word(["flora"], is_counted) == {("flora", "acme"): 15, ("flora", None): 2}
    assert names.rows_beginning_with(["flora", "me"]).tolist() == [0, 1, 2, 3]
    assert names.rows_beginning_with(["7b"]).tolist() == []
    assert names.rows_named([("7b", "flora"), ("flora", "acme", "7b")]).tolist() == [0]
