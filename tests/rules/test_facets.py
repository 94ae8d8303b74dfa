"""Declared licences, languages and datasets."""

import pytest

from hublake.rules.datasets.declared import dataset_id, datasets, is_placeholder
from hublake.rules.languages.declared import from_tags, languages, read
from hublake.rules.licenses.declared import identifier, known_identifiers, licenses


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("en", ["en"]),
        ("EN", ["en"]),
        ("eng", ["en"]),
        ("ger", ["de"]),
        ("no", ["no"]),
        ("yue", ["yue"]),
        ("pt-BR", ["pt"]),
        ("zh_Hans_CN", ["zh"]),
        ("iw", ["he"]),
        ("Chinese", ["zh"]),
        ("Greek", ["el"]),
        ("Swahili", ["sw"]),
        ("multilingual", ["multilingual"]),
        ("code", ["code"]),
        ("en,de; fr", ["en", "de", "fr"]),
        ("English and Thai", ["en", "th"]),
        ("unk", []),
        ("und", []),
        ("fw_", []),
        ("???", []),
        ("generated_from_trainer", []),
    ],
)
def test_a_declared_language_is_an_iso_code(written: str, expected: list[str]) -> None:
    assert [reading.language for reading in read(written)] == expected


@pytest.mark.parametrize(
    "tag", ["trl", "tf", "jax", "sft", "vit", "art", "rvc", "awq", "ppo", "mlx", "ner", "asr", "moe", "EN", "region:us"]
)
def test_look_alike_tags_are_no_languages(tag: str) -> None:
    assert [facet.value for facet in from_tags(["en", tag])] == ["en"]


def test_a_three_letter_tag_needs_company_or_a_two_letter_twin() -> None:
    assert [f.value for f in from_tags(["fon", "en"])] == ["en"]
    assert [f.value for f in from_tags(["fon", "ewe", "yor", "wol", "trl"])] == ["fon", "ee", "yo", "wo"]
    assert [f.value for f in from_tags(["fra"])] == ["fr"]


def test_tags_count_only_where_no_card_names_a_language() -> None:
    assert [(f.value, f.source) for f in languages(["de"], ["en"], ["fr"])] == [("de", "card"), ("en", "card_data")]
    assert [(f.value, f.source) for f in languages(["unk"], [], ["fr"])] == [("fr", "tag")]


def test_two_words_for_one_language_are_one() -> None:
    assert [(f.value, f.written) for f in languages(["en", "English", "eng"], [], [])] == [("en", "en")]


def test_licences_are_the_hub_s_identifiers() -> None:
    assert [identifier(text) for text in ("Apache-2.0", "apache 2.0", "MIT License", "CC-BY-NC 4.0", "gpl_3.0", "???")] == [
        "apache-2.0",
        "apache-2.0",
        "mit",
        "cc-by-nc-4.0",
        "gpl-3.0",
        "???",
    ]
    assert {"other", "unknown", "llama3.1", "openrail++", "gemma"} <= known_identifiers()


def test_the_strongest_source_wins() -> None:
    found = licenses(["mit"], ["MIT", "gemma"], ["license:gemma", "license:other", "en"])
    assert [(f.value, f.source) for f in found] == [("mit", "card"), ("gemma", "card_data"), ("other", "tag")]
    confidences = [f.confidence for f in found]
    assert confidences == sorted(confidences, reverse=True)


def test_datasets_are_names_and_placeholders_are_marked() -> None:
    found = datasets(["squad", "https://huggingface.co/datasets/acme/x"], [], ["dataset:squad", "dataset:imagefolder", "dataset: "])
    assert [(f.value, f.source, is_placeholder(f.value)) for f in found] == [
        ("squad", "card", False),
        ("acme/x", "card", False),
        ("imagefolder", "tag", True),
    ]
    assert [is_placeholder(name) for name in ("generator", "None", "unknown", "glue")] == [True, True, True, False]
    assert dataset_id("https://example.org/data.zip") == "https://example.org/data.zip"
