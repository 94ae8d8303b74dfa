"""The institution, kind and country that the name of an organisation states."""

import re
from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated
from hublake.rules.origins.curated_organisations import curated_organisations
from hublake.rules.origins.normalised_names import Entries, entries_in, listed_entries, normalised
from hublake.rules.origins.places import named_country

COMPANY = "company"
# Kinds whose names state the country by a place or an adjective; a company may be named after any place.
PLACED_KINDS = ("university", "research_institute", "government")
_KIND_ORDER = ("university", "research_institute", "government", "nonprofit", COMPANY, "community")
_PARTS = re.compile(r"[,|/@()\[\]:–—•·]|\s-\s|\bat\b|\bof the\b", re.IGNORECASE)
# Words at the end of a name that leave the institution the same.
_UNITS = frozenset(("ai", "research", "lab", "labs", "laboratory", "laboratories", "team", "group", "nlp", "official", "community", "hq"))
_ARTICLE = re.compile(r"^(?:the|die|la|le|el) ")


class NamedInstitution(NamedTuple):
    """What a name states. `method` is name_match for a known institution, name_words for words of a kind and a place."""

    institution: str | None
    country: str | None
    kind: str | None
    method: str
    evidence: str
    is_whole_name: bool


class Institution(NamedTuple):
    """An entry of conf/institutions.csv or conf/universities.csv, or an institution of conf/organisations.csv."""

    institution: str
    country: str | None
    kind: str


def named_institution(name: str) -> NamedInstitution | None:
    """A known institution whose name this is or contains, else words that state a kind, with a place.

    >>> named_institution("NLP Group, University of Oxford").institution, named_institution("Kyoto University").country
    ('University of Oxford', 'JP')
    >>> named_institution("Universidade de Nenhures"), named_institution("Paris Cats")
    (NamedInstitution(institution='Universidade de Nenhures', country=None, kind='university', method='name_words', \
evidence='universidade', is_whole_name=False), None)
    """
    return _known_institution(name) or _stated_kind(name)


def known_institution(name: str) -> Institution | None:
    """The institution that has exactly this name, apart from accents, letter case, punctuation, articles and legal forms."""
    words = _without_article(normalised(name))
    shorter = _without_legal_form(words)
    return _institutions().get(words) or _institutions().get(shorter) or _institutions().get(_without_units(shorter))


def institutions_within(text: str) -> list[tuple[str, Institution, int]]:
    """(words, institution, position) of institutions with names of two words or more in a text."""
    found = entries_in(normalised(text), _long_names())
    return [(entry.words, entry.value, entry.position) for entry in found]


def _known_institution(name: str) -> NamedInstitution | None:
    whole = known_institution(name)
    if whole:
        return NamedInstitution(whole.institution, whole.country, whole.kind, "name_match", normalised(name), is_whole_name=True)
    parts = [(normalised(part), known_institution(part)) for part in _PARTS.split(name)[:10]]
    found = {entry: words for words, entry in parts if entry and (entry.kind in PLACED_KINDS or " " in words)}
    found = found or {entry: words for words, entry, _ in institutions_within(name)}
    if not found or len({entry.country for entry in found}) > 1:
        return None
    (entry, words), *others = found.items()
    return NamedInstitution(None if others else entry.institution, entry.country, entry.kind, "name_match", words, is_whole_name=False)


def _stated_kind(name: str) -> NamedInstitution | None:
    words = normalised(name)
    kinds = {found.value: found.words for found in entries_in(words, _kind_words())}
    kind = next((kind for kind in _KIND_ORDER if kind in kinds), None)
    if kind is None:
        return None
    country, places = named_country(name) if kind in PLACED_KINDS else (None, ())
    evidence = " + ".join((kinds[kind], *places))
    return NamedInstitution(name.strip(), country, kind, "name_words", evidence, is_whole_name=False)


def _without_article(words: str) -> str:
    return _ARTICLE.sub("", words)


def _without_legal_form(words: str) -> str:
    forms = _legal_forms()
    while (form := next((form for form in forms if words.endswith(f" {form}")), None)) is not None:
        words = words.removesuffix(f" {form}")
    return words


def _without_units(words: str) -> str:
    kept = words.split()
    while len(kept) > 1 and kept[-1] in _UNITS:
        kept.pop()
    return " ".join(kept)


@cache
def _institutions() -> dict[str, Institution]:
    """By normalised name; a name of two institutions in different countries identifies none."""
    listed = [(row["name"], Institution(row["institution"], row["country"] or None, row["kind"])) for row in curated("institutions")]
    listed += [(row["name"], Institution(row["name"], row["country"], "university")) for row in curated("universities")]
    for rows in curated_organisations().values():
        for row in rows:
            # A name of one word, such as Gradient, may be that of many organisations: only institutions.csv has well-known ones.
            if row.institution and " " in row.institution and row.kind != "community":
                listed.append((row.institution, Institution(row.institution, row.country, row.kind)))
    found: dict[str, Institution] = {}
    ambiguous = set()
    for name, entry in listed:
        known = found.setdefault(_without_article(normalised(name)), entry)
        if known.country != entry.country:
            ambiguous.add(_without_article(normalised(name)))
    return {name: entry for name, entry in found.items() if name not in ambiguous}


@cache
def _long_names() -> Entries[Institution]:
    return listed_entries({name: entry for name, entry in _institutions().items() if " " in name})


@cache
def _kind_words() -> Entries[str]:
    return listed_entries({normalised(row["word"]): row["kind"] for row in curated("organisation_words")})


@cache
def _legal_forms() -> tuple[str, ...]:
    forms = (word for word, kind in _kind_words().by_name.items() if kind == COMPANY)
    return tuple(sorted(forms, key=len, reverse=True))
