"""What cards and tags call a language -> ISO 639 codes, without the tags that only look like one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pycountry

from hublake.lake.curated import curated
from hublake.rules.declared_values import Facet, remembered

NOT_A_CODE = ("multilingual", "code")
LONGEST_CODE = 3  # letters
# ISO 639-2 codes that say that there is no answer; and `unk`, which cards mean as unknown, not as Enawené-Nawé.
_SPECIAL = frozenset(("und", "mis", "zxx", "mul", "unk"))

_TAG = re.compile(r"[a-z]{2,3}")
_SUBTAG = re.compile(r"([a-z]{2,3})[-_](?:[a-z]{2,8}|\d{3})(?:[-_][a-z0-9]{2,8})?")
_SEPARATORS = re.compile(r"[,;/|]|\band\b")

# A three-letter tag is more often a method than a language: alone it needs so many other languages beside it.
MIN_COMPANY = 3
CONFIDENCE_OF_CODE, CONFIDENCE_OF_NAME = 1.0, 0.95
CONFIDENCE_OF_SHORT_TAG, CONFIDENCE_OF_LONG_TAG = 0.9, 0.8


@dataclass(frozen=True)
class Reading:
    """A language code and how sure the reading is."""

    language: str
    confidence: float


@remembered
def languages(card: Iterable[str], card_data: Iterable[str], tags: Iterable[str]) -> list[Facet]:
    """Languages that a model declares, each with its strongest source; tags count only where no card says any.

    >>> [(f.value, f.written, f.source) for f in languages(["en", "Chinese", "unk"], [], ["fr"])]
    [('en', 'en', 'card'), ('zh', 'Chinese', 'card')]
    >>> [f.value for f in languages([], [], ["trl", "en", "sft", "ace", "region:us"])]
    ['en']
    """
    found: dict[str, Facet] = {}
    for source, written in (("card", card), ("card_data", card_data)):
        for text in written:
            for reading in read(text):
                found.setdefault(reading.language, Facet(reading.language, text, source, reading.confidence))
    return list(found.values()) or from_tags(tags)


def read(written: str) -> list[Reading]:
    """What the field `language` means by a text: a code, a code with a region, a name, or several of them.

    >>> [r.language for text in ("pt-BR", "eng", "Norwegian Bokmål", "en, fr", "Dutch Thai", "unk") for r in read(text)]
    ['pt', 'en', 'nb', 'en', 'fr', 'nl', 'th']
    """
    text = " ".join(written.casefold().split())[:200]
    single = _single(text)
    if single:
        return [single]
    parts = [reading for part in _SEPARATORS.split(text) if (reading := _single(part.strip()))]
    words = [_single(word) for word in text.split()]
    return parts or [reading for reading in words if reading and all(words)]


def _single(text: str) -> Reading | None:
    if text in NOT_A_CODE:
        return Reading(text, CONFIDENCE_OF_CODE)
    alias = _aliases().get(text)
    if alias:
        return Reading(alias, CONFIDENCE_OF_NAME)
    code = code_of(text) or ((subtag := _SUBTAG.fullmatch(text)) and code_of(subtag[1]))
    if code:
        return Reading(code, CONFIDENCE_OF_CODE)
    name = _names().get(text)
    return Reading(name, CONFIDENCE_OF_NAME) if name else None


def from_tags(tags: Iterable[str]) -> list[Facet]:
    """Bare tags in lower case that are codes of living or constructed languages and do not look like something else.

    Three letters count where the language also has two ("eng", which nobody tags by accident), else in company; so do
    codes of conf/not_languages.csv that are languages and something else as often ("ml").

    >>> [[f.value for f in from_tags(tags)] for tags in (["ml", "en"], ["ml", "en", "hi", "ta", "te"], ["fon", "eng"])]
    [['en'], ['ml', 'en', 'hi', 'ta', 'te'], ['en']]
    """
    marked = [tag for tag in tags if tag in NOT_A_CODE or (_TAG.fullmatch(tag) and _is_spoken(tag) and _look_alikes().get(tag) != "no")]
    is_in_company = len({tag for tag in marked if tag not in _look_alikes()}) > MIN_COMPANY
    found: dict[str, Facet] = {}
    for tag in marked:
        code = tag if tag in NOT_A_CODE else _code_of_tag(tag)
        needs_company = tag in _look_alikes() or (len(tag) == 3 and code is not None and len(code) == 3)
        if code is None or (needs_company and not is_in_company):
            continue
        confidence = CONFIDENCE_OF_LONG_TAG if len(tag) == 3 else CONFIDENCE_OF_SHORT_TAG
        found.setdefault(code, Facet(code, tag, "tag", confidence))
    return list(found.values())


@cache
def code_of(code: str) -> str | None:
    """The ISO 639 code of two letters where there is one, else of three; null for what is none.

    >>> code_of("deu"), code_of("ger"), code_of("yue"), code_of("xx"), code_of("und")
    ('de', 'de', 'yue', None, None)
    """
    if code in _SPECIAL or not _TAG.fullmatch(code):
        return None
    if len(code) == 2:
        found = pycountry.languages.get(alpha_2=code)
    else:
        found = pycountry.languages.get(alpha_3=code) or pycountry.languages.get(bibliographic=code)
    return str(getattr(found, "alpha_2", found.alpha_3)) if found else None


def _code_of_tag(tag: str) -> str | None:
    """Of the aliases only two letters: withdrawn codes and codes of countries."""
    return (_aliases().get(tag) if len(tag) == 2 else None) or code_of(tag)


@cache
def _is_spoken(code: str) -> bool:
    if len(code) == 2 and code in _aliases():
        return True
    found = pycountry.languages.get(alpha_2=code) if len(code) == 2 else pycountry.languages.get(alpha_3=code)
    return found is not None and (found.type in ("L", "C") or hasattr(found, "alpha_2"))


@cache
def _names() -> dict[str, str]:
    """English names in lower case, also without what stands in brackets -> code; languages with two letters win."""
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


@cache
def _look_alikes() -> dict[str, str]:
    return {row["tag"]: row["counts_in_company"] for row in curated("not_languages")}
