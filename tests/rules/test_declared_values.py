"""Declared licences, declared_languages and datasets."""

import pytest

from hublake.rules.datasets.declared_datasets import dataset_id, declared_datasets, is_placeholder
from hublake.rules.languages.declared_languages import declared_languages, languages_in_tags, match_languages
from hublake.rules.licenses.declared_licenses import declared_licenses, known_license_ids, license_id


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
    assert [match.language for match in match_languages(written)] == expected


@pytest.mark.parametrize(
    "tag", ["trl", "tf", "jax", "sft", "vit", "art", "rvc", "awq", "ppo", "mlx", "ner", "asr", "moe", "EN", "region:us"]
)
def test_look_alike_tags_are_not_languages(tag: str) -> None:
    assert [found.value for found in languages_in_tags(["en", tag])] == ["en"]


def test_a_three_letter_tag_needs_other_languages_or_a_two_letter_code() -> None:
    assert [f.value for f in languages_in_tags(["fon", "en"])] == ["en"]
    assert [f.value for f in languages_in_tags(["fon", "ewe", "yor", "wol", "trl"])] == ["fon", "ee", "yo", "wo"]
    assert [f.value for f in languages_in_tags(["fra"])] == ["fr"]


def test_tags_count_only_if_no_card_names_a_language() -> None:
    assert [(f.value, f.source) for f in declared_languages(["de"], ["en"], ["fr"])] == [("de", "card"), ("en", "card_data")]
    assert [(f.value, f.source) for f in declared_languages(["unk"], [], ["fr"])] == [("fr", "tag")]


def test_several_spellings_of_one_language_count_once() -> None:
    assert [(f.value, f.written) for f in declared_languages(["en", "English", "eng"], [], [])] == [("en", "en")]


def test_licences_map_to_identifiers_of_the_hub() -> None:
    assert [license_id(text) for text in ("Apache-2.0", "apache 2.0", "MIT License", "CC-BY-NC 4.0", "gpl_3.0", "???")] == [
        "apache-2.0",
        "apache-2.0",
        "mit",
        "cc-by-nc-4.0",
        "gpl-3.0",
        "???",
    ]
    assert {"other", "unknown", "llama3.1", "openrail++", "gemma"} <= known_license_ids()


def test_the_strongest_source_wins() -> None:
    found = declared_licenses(["mit"], ["MIT", "gemma"], ["license:gemma", "license:other", "en"])
    assert [(f.value, f.source) for f in found] == [("mit", "card"), ("gemma", "card_data"), ("other", "tag")]
    confidences = [f.confidence for f in found]
    assert confidences == sorted(confidences, reverse=True)


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
