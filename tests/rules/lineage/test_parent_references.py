"""Parsing what authors write as a base model."""

import pytest

from hublake.rules.lineage.parent_references import ParentReference, parse_parent_references


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        (" acme/base ", "acme/base"),
        ('"acme/base"', "acme/base"),
        ("gpt2", "gpt2"),
        ("acme/base/", "acme/base"),
        ("models/acme/base", "acme/base"),
        ("models/base", "models/base"),
        ("https://huggingface.co/acme/base", "acme/base"),
        ("http://www.huggingface.co/acme/base?library=peft#top", "acme/base"),
        ("huggingface.co/acme/base/tree/main/unet", "acme/base"),
        ("https://hf.co/models/acme/base", "acme/base"),
        ("https://huggingface.co/gpt2", "gpt2"),
        ("hf://acme/base", "acme/base"),
        ("/data/hub/models--acme--base/snapshots/0123abc", "acme/base"),
        ("models--gpt2", "gpt2"),
        ("models--acme--base--v2", "acme/base--v2"),
    ],
)
def test_the_name_is_extracted_from_urls_paths_and_quotes(declared: str, name: str) -> None:
    assert parse_parent_references(declared) == [ParentReference(name)]


@pytest.mark.parametrize("declared", ["acme/base, acme/other", "acme/base,https://huggingface.co/acme/other,"])
def test_a_list_is_split_if_each_part_is_a_name_with_an_owner(declared: str) -> None:
    assert [parent.model_id for parent in parse_parent_references(declared)] == ["acme/base", "acme/other"]


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ("/srv/models/base", "a path"),
        ("./base", "a path"),
        ("../base", "a path"),
        ("~/base", "a path"),
        ("C:\\Models\\base", "a path"),
        ("D:/Models/base", "a path"),
        ("outputs/run/checkpoint-500", "a path"),
        ("undefined", "a placeholder"),
        ("None", "a placeholder"),
        ("n/a", "a placeholder"),
        ("TODO-add-base-model-repo-link", "a placeholder"),
        ("your-org/base", "a placeholder"),
        ("[More Information Needed]", "a placeholder"),
        ("<base model>", "a placeholder"),
        ("https://example.org/acme/base", "an address outside the Hub"),
        ("https://huggingface.co/datasets/acme/data", "an address of the Hub that is no model's"),
        ("Base, Other", "no name that the Hub allows"),
        ("acme/base, Other", "no name that the Hub allows"),
        ("a model of ours", "no name that the Hub allows"),
    ],
)
def test_other_texts_are_kept_as_written_with_the_reason(declared: str, problem: str) -> None:
    assert parse_parent_references(declared) == [ParentReference(declared, problem)]


@pytest.mark.parametrize("declared", ["", "  ", '""', "\n"])
def test_blank_text_declares_nothing(declared: str) -> None:
    assert parse_parent_references(declared) == []


def test_parsing_time_is_linear_even_for_hostile_text() -> None:
    for text in ("a/" * 100_000, "models--" * 100_000, "<" * 100_000, "todo-" * 100_000, "https://" * 100_000, "x, " * 100_000):
        assert all(parent.problem for parent in parse_parent_references(text))
