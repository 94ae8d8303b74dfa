"""Languages in the names of models."""

import pytest

from hublake.rules.languages.languages_in_names import languages_in_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("acme/german-sentiment-bert", ["de"]),
        ("acme/JapaneseGPT", ["ja"]),
        ("acme/bert-base-nederlands-cased", ["nl"]),
        ("acme/wav2vec2-large-xlsr-53-tr", ["tr"]),
        ("acme/whisper-small-zh-TW", ["zh"]),
        ("acme/de_core_news_sm", ["de"]),
        ("acme/mms-tts-yor", ["yo"]),
        ("acme/stanza-fr", ["fr"]),
        ("acme/whisper-small-fy-NL-Transfer-From-English", ["fy"]),
        ("acme/mms-1b-fl102-xho", ["xh"]),
        ("acme/mms-1b-all-bengali", ["bn"]),
        ("acme/mms-tts-uig-script_arabic", ["ug"]),
        ("acme/xlm-roberta-finetuned-swahili-finetuned-ner-wolof", ["wo"]),
        ("acme/swahili-bert-finetuned-ner", ["sw"]),
        ("acme/whisper-medium-tamil-VO", ["ta"]),
    ],
)
def test_a_word_or_a_code_in_its_place_is_a_language(name: str, expected: list[str]) -> None:
    assert [found.language for found in languages_in_name(name)] == expected


@pytest.mark.parametrize(
    "name",
    [
        "acme/gemma-2b-it",
        "acme/llama-pt-model",
        "acme/my-first-model",
        "acme/text-to-sql",
        "acme/SDXL-latin",
        "german/llama",
        "acme/sentence-transformers-no-dup",
        "acme/whisper-small-hi",
        "acme/xlsr-id-or-et",
        "acme/whisper-cv-ml",
        "acme/Yi-34B",
        "acme/mms-1b-all",
        "acme/MMS-1b-ASR-finetuned",
    ],
)
def test_words_of_two_letters_owners_and_names_from_guides_are_no_languages(name: str) -> None:
    assert languages_in_name(name) == []


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("a/opus-mt-de-en", ("de", "en")),
        ("a/marian-finetuned-kde4-en-to-fr", ("en", "fr")),
        ("a/german2french-qa", ("de", "fr")),
        ("a/GermanToEnglish", ("de", "en")),
        ("a/nllb-deu-de-fr", ("de", "fr")),
    ],
)
def test_the_name_of_a_translator_states_the_direction(name: str, pair: tuple[str, str]) -> None:
    found = languages_in_name(name)
    assert [(language.language, language.direction) for language in found] == [(pair[0], "source"), (pair[1], "target")]


def test_a_name_of_any_length_takes_bounded_time() -> None:
    assert languages_in_name("a/" + "-en" * 100_000) == []
