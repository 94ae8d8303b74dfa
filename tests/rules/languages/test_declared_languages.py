"""Declared languages and language tags."""

import pytest

from hublake.rules.languages.declared_languages import declared_languages, languages_in_tags, match_languages


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


def test_ara_is_a_method_beside_tags_of_uncensored_models_and_otherwise_arabic_in_company() -> None:
    company = ["en", "fr", "de", "hi", "ara"]
    assert [f.value for f in languages_in_tags(["heretic", "ara"])] == []
    assert [f.value for f in languages_in_tags(["abliterated", *company])] == company[:4]
    assert [f.value for f in languages_in_tags(company)] == [*company[:4], "ar"]


def test_tags_count_only_if_no_card_names_a_language() -> None:
    assert [(f.value, f.source) for f in declared_languages(["de"], ["en"], ["fr"])] == [("de", "card"), ("en", "card_data")]
    assert [(f.value, f.source) for f in declared_languages(["unk"], [], ["fr"])] == [("fr", "tag")]


def test_several_spellings_of_one_language_count_once() -> None:
    assert [(f.value, f.written) for f in declared_languages(["en", "English", "eng"], [], [])] == [("en", "en")]


def test_invisible_characters_of_languages_are_removed() -> None:
    assert [found.value for found in declared_languages((), (), ["sv\u200b"])] == ["sv"]
