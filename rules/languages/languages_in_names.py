"""Languages in the name of a model: words such as "german", and codes in the places where naming schemes put them.

A code alone proves nothing: `it`, `pt` and `my` are also the instruction-tuned variant, pre-training and a pronoun. It counts only
in a scheme of conf/language_name_slots.csv: a translation pair (`opus-mt-de-en`) or a name of a kind of model whose names have a code
(`wav2vec2-large-xlsr-53-tr`, `de_core_news_sm`).
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pycountry

from hublake.lake.curated import curated, curated_words
from hublake.rules.languages.declared_languages import NOT_A_CODE, code_of_tag, iso_code
from hublake.rules.word_search import WordSearch

MAX_NAME = 200
MIN_LETTERS = 4  # of the name of a language; shorter ones (Ido, Twi, Ewe) are also parts of other words

# Measured by benchmarks/language_truth.py against the one language that a model of July 2024 declares.
CONFIDENCE_OF_WORD, CONFIDENCE_OF_SLOT = 0.92, 0.97

SOURCE, TARGET = "source", "target"

_WORDS = re.compile(r"[a-z]+|[0-9]+")
_PARTS = re.compile(r"[-_.]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_REGION = re.compile(r"(?<![A-Za-z])([a-z]{2}[-_])[A-Z]{2}(?![A-Za-z])")
_SPACY = re.compile(r"([a-z]{2})_(?:core|dep|ent|pipeline|udv\d+)_")
_MARKS_OF_SCHEMES = ("_core_", "_dep_", "_ent_", "_pipeline_", "_udv", "mms")  # of _SPACY and _MMS
# `all`, `fl102` and `l1107` are the checkpoint that a model was tuned from; `asr` and `tts` are what it does.
_MMS = re.compile(r"mms[-_](?:tts|1b(?:-all|-fl102|-l1107)?)[-_](?!(?:all|asr|tts)(?:$|[-_]))([a-z]{3})(?:$|[-_])")
_PAIR_LINKS = ("to", "2")
_TUNED = "finetuned"


class NamedLanguage(NamedTuple):
    """A language in a name; `direction` is source or target if the name states what is translated into what."""

    language: str
    written: str
    direction: str | None
    confidence: float


def languages_in_name(model_id: str) -> list[NamedLanguage]:
    """The languages that the part after the slash names, each once, in order.

    >>> [(found.language, found.direction) for found in languages_in_name("a/opus-mt-de-en")]
    [('de', 'source'), ('en', 'target')]
    >>> [found.language for name in ("a/GermanLlama", "wav2vec2-xlsr-tr", "x/gemma-it", "mms-tts-yor") for found in languages_in_name(name)]
    ['de', 'tr', 'yo']
    """
    name = model_id[model_id.rfind("/") + 1 :][:MAX_NAME]
    lower = name.casefold()
    if not _search().is_in(lower) or lower in curated_words("not_language_names", "name"):
        return []
    words, parts = _WORDS.findall(_CAMEL.sub("-", name).casefold()), _PARTS.split(_REGION.sub(r"\1", name).casefold())
    scheme = _in_scheme(lower)
    if scheme:
        return [scheme]
    found: dict[str, NamedLanguage] = {}
    for language in (*_pair(words), *_in_words(_of_last_tuning(words))):
        found.setdefault(language.language, language)
    # A name that spells its language out needs no code: the VO of `tamil-VO` is not Volapük.
    return list(found.values()) or _in_slot(parts)


def _pair(words: list[str]) -> Iterator[NamedLanguage]:
    """The first two neighbouring languages with `to` or `2` between them, or without it in the name of a translator."""
    is_translator = not slot_words("translation").isdisjoint(words)
    for place, word in enumerate(words):
        rest = words[place + 1 : place + 3]
        linked = rest[1:] if rest and rest[0] in _PAIR_LINKS else rest[:1] if is_translator else []
        source, target = _named(word, codes=True), _named(linked[0], codes=True) if linked else None
        if source and target and source != target and (is_translator or (len(word) > 3 and len(linked[0]) > 3)):
            yield NamedLanguage(source, word, SOURCE, CONFIDENCE_OF_SLOT)
            yield NamedLanguage(target, linked[0], TARGET, CONFIDENCE_OF_SLOT)
            return


def _of_last_tuning(words: list[str]) -> list[str]:
    """The words after the last `finetuned` if they name a language: `finetuned-swahili-finetuned-ner-wolof` is a model of Wolof."""
    last = next((place for place in range(len(words) - 1, -1, -1) if words[place] == _TUNED), 0)
    return words[last:] if any(_named(word, codes=False) for word in words[last:]) else words


def _in_words(words: list[str]) -> Iterator[NamedLanguage]:
    """Names of languages, unless the model was only started from one (`fy-Transfer-From-English`)."""
    for before, word in zip(["", *words], words, strict=False):
        language = _named(word, codes=False)
        if language and before != "from":
            yield NamedLanguage(language, word, None, CONFIDENCE_OF_WORD)


def _in_scheme(name: str) -> NamedLanguage | None:
    """The language of a name that follows a scheme throughout; other words of it are scripts, such as `mms-tts-uig-script_arabic`."""
    for scheme in (_SPACY.match(name), _MMS.search(name)):
        language = iso_code(scheme[1]) if scheme else None
        if scheme and language:
            return NamedLanguage(language, scheme[1], None, CONFIDENCE_OF_SLOT)
    return None


def _in_slot(parts: list[str]) -> list[NamedLanguage]:
    """The only code in the name of a kind of model whose names have one."""
    if slot_words("code").isdisjoint(parts):
        return []
    codes = {word: language for word in parts if len(word) == 2 and (language := _named(word, codes=True))}
    if len(set(codes.values())) != 1:
        return []
    written, language = next(iter(codes.items()))
    return [NamedLanguage(language, written, None, CONFIDENCE_OF_SLOT)]


def _named(word: str, *, codes: bool) -> str | None:
    if codes and len(word) == 2:
        return None if word in curated_words("not_language_slots", "code") else code_of_tag(word)
    return language_words().get(word)


@cache
def _search() -> WordSearch:
    """Finds a word in every name of which a rule of this module states a language."""
    return WordSearch([*language_words(), *slot_words("translation"), *slot_words("code"), *_MARKS_OF_SCHEMES])


@cache
def slot_words(kind: str) -> frozenset[str]:
    """Words of names in which a code is a language: `translation` (a pair of codes) or `code` (a single one)."""
    return frozenset(row["word"] for row in curated("language_name_slots") if row["kind"] == kind)


@cache
def language_words() -> dict[str, str]:
    """Code by name: English names of the languages that have a code of two letters, and the names of conf/language_aliases.csv."""
    listed = [language for language in pycountry.languages if hasattr(language, "alpha_2")]
    names = {
        getattr(language, field, "").casefold().partition(" (")[0]: language.alpha_2
        for language in listed
        for field in ("common_name", "name")
    }
    aliases = {row["written"]: row["language"] for row in curated("language_aliases") if row["language"] not in NOT_A_CODE}
    excluded = curated_words("not_language_names", "name")
    usable = {**names, **aliases}
    return {name: code for name, code in usable.items() if len(name) >= MIN_LETTERS and _WORDS.fullmatch(name) and name not in excluded}
