"""Map the languages written in cards and tags to ISO 639 codes, and reject tags that only look like a language code."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import pycountry

from hublake.lake.curated import curated
from hublake.rules.declared_values import DeclaredValue, cached_if_short
from hublake.rules.visible_text import visible

NOT_A_CODE = ("multilingual", "code")
MAX_CODE_LETTERS = 3
# ISO 639-2 codes for "undetermined", "uncoded", "no linguistic content" and "multiple"; and `unk`, by which cards mean unknown, not the
# language Enawené-Nawé.
_SPECIAL = frozenset(("und", "mis", "zxx", "mul", "unk"))

_TAG = re.compile(r"[a-z]{2,3}")
_SUBTAG = re.compile(r"([a-z]{2,3})[-_](?:[a-z]{2,8}|\d{3})(?:[-_][a-z0-9]{2,8})?")
_SEPARATORS = re.compile(r"[,;/|]|\band\b")

# A tag of three letters is more often a method than a language. It counts only if the model has more than this many language tags.
MIN_COMPANY = 3
CONFIDENCE_OF_CODE, CONFIDENCE_OF_NAME = 1.0, 0.95
CONFIDENCE_OF_SHORT_TAG, CONFIDENCE_OF_LONG_TAG = 0.9, 0.8


@dataclass(frozen=True)
class LanguageMatch:
    """A language code and the confidence of the match."""

    language: str
    confidence: float


@cached_if_short
def declared_languages(card: Iterable[str], card_data: Iterable[str], tags: Iterable[str]) -> list[DeclaredValue]:
    """The languages of a model, each from the strongest source that declares it; tags count only if no card names a language.

    >>> [(found.value, found.written, found.source) for found in declared_languages(["en", "Chinese", "unk"], [], ["fr"])]
    [('en', 'en', 'card'), ('zh', 'Chinese', 'card')]
    >>> [found.value for found in declared_languages([], [], ["trl", "en", "sft", "ace", "region:us"])]
    ['en']
    """
    found: dict[str, DeclaredValue] = {}
    for source, texts in (("card", card), ("card_data", card_data)):
        for written in texts:
            for match in match_languages(written):
                found.setdefault(match.language, DeclaredValue(match.language, written, source, match.confidence))
    return list(found.values()) or languages_in_tags(tags)


def match_languages(written: str) -> list[LanguageMatch]:
    """The languages in a value of the field `language`: a code, a code with a region, a name, or several of these.

    >>> texts = ("pt-BR", "eng", "Norwegian Bokmål", "en, fr", "Dutch Thai", "unk")
    >>> [match.language for text in texts for match in match_languages(text)]
    ['pt', 'en', 'nb', 'en', 'fr', 'nl', 'th']
    """
    text = " ".join(written.casefold().split())[:200]
    single = _match_one(text)
    if single:
        return [single]
    parts = [match for part in _SEPARATORS.split(text) if (match := _match_one(part.strip()))]
    words = [_match_one(word) for word in text.split()]
    return parts or [match for match in words if match and all(words)]


def _match_one(text: str) -> LanguageMatch | None:
    if text in NOT_A_CODE:
        return LanguageMatch(text, CONFIDENCE_OF_CODE)
    alias = _aliases().get(text)
    if alias:
        return LanguageMatch(alias, CONFIDENCE_OF_NAME)
    code = iso_code(text) or ((subtag := _SUBTAG.fullmatch(text)) and iso_code(subtag[1]))
    if code:
        return LanguageMatch(code, CONFIDENCE_OF_CODE)
    name = _codes_by_name().get(text)
    return LanguageMatch(name, CONFIDENCE_OF_NAME) if name else None


def languages_in_tags(tags: Iterable[str]) -> list[DeclaredValue]:
    """Bare lower-case tags that are codes of living or constructed languages and do not look like something else.

    Three cases. A code of three letters counts if the language also has one of two letters ("eng", which nobody tags by accident). Any
    other code of three letters counts only beside other language tags of the model (more than MIN_COMPANY). So does a code of
    conf/not_languages.csv that means a language and something else equally often ("ml"), unless a tag of its column `not_beside` shows
    the other meaning ("ara" is a method of the tool Heretic).

    >>> [[found.value for found in languages_in_tags(tags)] for tags in (["ml", "en"], ["ml", "en", "hi", "ta", "te"], ["fon", "eng"])]
    [['en'], ['ml', 'en', 'hi', 'ta', 'te'], ['en']]
    """
    seen = [visible(tag) for tag in tags]
    possible = [tag for tag in seen if tag in NOT_A_CODE or (_TAG.fullmatch(tag) and _is_spoken(tag) and _may_count(tag, seen))]
    has_company = len({tag for tag in possible if tag not in _look_alikes()}) > MIN_COMPANY
    found: dict[str, DeclaredValue] = {}
    for tag in possible:
        code = tag if tag in NOT_A_CODE else code_of_tag(tag)
        needs_company = tag in _look_alikes() or (len(tag) == 3 and code is not None and len(code) == 3)
        if code is None or (needs_company and not has_company):
            continue
        confidence = CONFIDENCE_OF_LONG_TAG if len(tag) == 3 else CONFIDENCE_OF_SHORT_TAG
        found.setdefault(code, DeclaredValue(code, tag, "tag", confidence))
    return list(found.values())


@cache
def iso_code(code: str) -> str | None:
    """The ISO 639 code with two letters if the language has one, otherwise with three; None if `code` is no language code.

    >>> iso_code("deu"), iso_code("ger"), iso_code("yue"), iso_code("xx"), iso_code("und")
    ('de', 'de', 'yue', None, None)
    """
    if code in _SPECIAL or not _TAG.fullmatch(code):
        return None
    if len(code) == 2:
        found = pycountry.languages.get(alpha_2=code)
    else:
        found = pycountry.languages.get(alpha_3=code) or pycountry.languages.get(bibliographic=code)
    return str(getattr(found, "alpha_2", found.alpha_3)) if found else None


def _may_count(tag: str, beside: list[str]) -> bool:
    if tag not in _look_alikes():
        return True
    look_alike = _look_alikes()[tag]
    return look_alike.counts_in_company and look_alike.not_beside.isdisjoint(beside)


def code_of_tag(tag: str) -> str | None:
    """For tags and codes in names, only aliases of two letters apply: withdrawn language codes and country codes."""
    return (_aliases().get(tag) if len(tag) == 2 else None) or iso_code(tag)


@cache
def _is_spoken(code: str) -> bool:
    if len(code) == 2 and code in _aliases():
        return True
    found = pycountry.languages.get(alpha_2=code) if len(code) == 2 else pycountry.languages.get(alpha_3=code)
    return found is not None and (found.type in ("L", "C") or hasattr(found, "alpha_2"))


@cache
def _codes_by_name() -> dict[str, str]:
    """Code by English name in lower case, with and without the part in brackets; languages with a code of two letters win."""
    names: dict[str, str] = {}
    ordered = sorted(pycountry.languages, key=lambda language: not hasattr(language, "alpha_2"))
    for language in ordered:
        code = getattr(language, "alpha_2", language.alpha_3)
        for field in ("name", "common_name"):
            name = getattr(language, field, "").casefold()
            if name:
                names.setdefault(name, code)
                names.setdefault(name.partition(" (")[0], code)
    return names


@cache
def _aliases() -> dict[str, str]:
    return {row["written"]: row["language"] for row in curated("language_aliases")}


class _LookAlike(NamedTuple):
    counts_in_company: bool
    not_beside: frozenset[str]


@cache
def _look_alikes() -> dict[str, _LookAlike]:
    return {
        row["tag"]: _LookAlike(row["counts_in_company"] == "yes", frozenset(row["not_beside"].split())) for row in curated("not_languages")
    }


@cache
def look_alike_marks() -> frozenset[str]:
    """Tags that show the other meaning of a look-alike: a job that preselects tags must keep them."""
    return frozenset().union(*(look_alike.not_beside for look_alike in _look_alikes().values()))
