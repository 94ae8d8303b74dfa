"""Which parent a name tells of."""

import re

import pytest

from spark_jobs.rules.name_lineage import MAY_TELL, name_key, parent_in_name


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
    assert re.search(MAY_TELL, name), "the quick look must not miss it"


@pytest.mark.parametrize("name", ["x/base-7b", "x/GGUF", "x/ab-GGUF", "x/finetuned-base", "x/my-lora", ""])
def test_short_names_and_names_without_such_words_tell_nothing(name: str) -> None:
    assert parent_in_name(name) is None


def test_tuned_sisters_are_looked_for_with_their_author_alone() -> None:
    told = [parent_in_name("x/Base-7B-chat"), parent_in_name("x/Base-7B-awq")]
    assert [found.is_own for found in told if found] == [True, False]
