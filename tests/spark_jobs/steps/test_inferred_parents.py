"""Parents inferred from the names of a full listing, without a JVM."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from hublake.lake.repo_ids import CREATED_AT_FLOOR
from hublake.spark_jobs.steps.inferred_parents import InferredParent, inferred_parents
from hublake.spark_jobs.steps.listed_names import ListedNames

SCHEMA = pa.schema({"model_id": pa.string(), "author": pa.string(), "created_at": pa.int64(), "downloads_30d": pa.int64()})


def models(*rows: str) -> pa.Table:
    """Rows "id downloads [created_at]"; the author is what is before the slash."""
    parsed = [row.split() for row in rows]
    columns = {
        "model_id": [name for name, *_ in parsed],
        "author": [name.rpartition("/")[0] or None for name, *_ in parsed],
        "created_at": [int(more[1]) if more[1:] else None for _, *more in parsed],
        "downloads_30d": [int(more[0]) for _, *more in parsed],
    }
    return pa.table(columns, SCHEMA)


def found(*rows: str, declaring: tuple[str, ...] = ()) -> dict[str, tuple[str, str, bool]]:
    inferred = inferred_parents(models(*rows), pa.array(declaring, pa.string()))
    return {parent.child_id: (parent.parent, parent.relation, parent.is_listed) for parent in inferred}


def test_nothing_is_inferred_from_nothing() -> None:
    assert inferred_parents(models(), pa.array([], pa.string())) == []


def test_models_that_declare_parents_get_no_inferred_one() -> None:
    rows = ("acme/flora-7b 900", "a/flora-7b-gguf 1", "b/flora-7b-awq 1")
    assert found(*rows, declaring=("b/flora-7b-awq",)) == {"a/flora-7b-gguf": ("acme/flora-7b", "quantized", True)}


def test_a_copy_of_a_famous_model_is_no_parent_and_the_edge_is_missing_to_its_name() -> None:
    """The publisher's flora-7b is not listed: models that others upload under the name are copies, whatever the children's number."""
    rows = ["acme/flora-13b 90000", "acme/flora-70b 80000", "copy/flora-7b 291", "copyist/Flora-7B 3"]
    children = [f"account{number}/Flora-7B-finetuned-{number} 0" for number in range(3)]
    parents = found(*rows, *children)
    assert set(parents.values()) == {("Flora-7B", "finetune", False)}
    assert len(parents) == 3


@pytest.mark.parametrize(
    "name, is_named",
    [("flora2-7b", True), ("language-detection", False), ("flora-lora", False), ("flora2-qlora", False), ("flora-2", False)],
)
def test_a_fine_tune_of_an_unlisted_name_has_an_edge_if_it_has_a_size(name: str, is_named: bool) -> None:
    copies = [f"copy{number}/{name} 2" for number in range(3)]
    children = [f"account{number}/{name}-finetuned-{number} 0" for number in range(3)]
    assert set(found(*copies, *children).values()) == ({(name, "finetune", False)} if is_named else set())


@pytest.mark.parametrize("listed, parent", [("t5-small", "t5-small"), ("google-t5/t5-small", "google-t5/t5-small"), ("me/other", None)])
def test_a_canonical_name_means_the_canonical_model_or_is_missing(listed: str, parent: str | None) -> None:
    parents = found(f"{listed} 5", "copy/t5-small 291", "me/T5-Small-finetuned-xsum 0")
    assert parents == {"me/T5-Small-finetuned-xsum": (parent or "t5-small", "finetune", parent is not None)}


def test_only_formats_that_keep_names_imply_an_unlisted_model() -> None:
    assert found("q/Acme_-_Flora-7B-gguf 1", "q/whisper-trt-l4-int8 1") == {"q/Acme_-_Flora-7B-gguf": ("Acme/Flora-7B", "quantized", False)}


def test_the_floor_of_creation_times_is_no_order() -> None:
    floor = int(CREATED_AT_FLOOR.timestamp()) * 1_000_000
    rows = (f"acme/flora-7b 900 {floor + 1_000_000}", f"me/flora-7b-gguf 1 {floor}")
    assert found(*rows) == {"me/flora-7b-gguf": ("acme/flora-7b", "quantized", True)}
    later = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
    assert not found(f"acme/flora-7b 900 {later}", f"me/flora-7b-gguf 1 {floor}")["me/flora-7b-gguf"][2]


def test_confidence_is_measured_by_relation_and_by_whether_the_parent_is_listed() -> None:
    of = [InferredParent("a", "b", relation, is_listed).confidence for relation in ("finetune", "quantized") for is_listed in (True, False)]
    assert all(0.5 < confidence < 1 for confidence in of)
    assert of[0] > of[1]
    assert of[2] > of[3]


def test_words_of_names_are_counted_by_account() -> None:
    names = ListedNames(models("acme/Flora_7B 10", "acme/flora-flora 5", "me/flora-7b-gguf 1", "flora 2"))
    assert names.accounts_by_word(["flora", "7b", "rose"]) == {"flora": 3, "7b": 2}
    counted = names.rows_with(lambda word: word == "gguf")
    assert counted.tolist() == [2]
    is_counted = ~pa.array([False, False, True, False]).to_numpy(zero_copy_only=False)
    assert names.downloads_by_word(["flora"], is_counted) == {("flora", "acme"): 15, ("flora", None): 2}
    assert names.rows_named([("7b", "flora"), ("flora", "acme", "7b")]).tolist() == [0]
