"""Declared datasets and placeholders."""

from hublake.rules.datasets.declared_datasets import dataset_id, declared_datasets, is_placeholder


def test_datasets_are_names_and_placeholders_are_flagged() -> None:
    found = declared_datasets(
        ["squad", "https://huggingface.co/datasets/acme/x"], [], ["dataset:squad", "dataset:imagefolder", "dataset: "]
    )
    assert [(f.value, f.source, is_placeholder(f.value)) for f in found] == [
        ("squad", "card", False),
        ("acme/x", "card", False),
        ("imagefolder", "tag", True),
    ]
    assert [is_placeholder(name) for name in ("generator", "None", "unknown", "glue")] == [True, True, True, False]
    assert dataset_id("https://example.org/data.zip") == "https://example.org/data.zip"


def test_invisible_characters_of_datasets_are_removed() -> None:
    assert [found.value for found in declared_datasets((), (), ["dataset:\ufeffacme/squad"])] == ["acme/squad"]
