"""The country that an organisation's description of itself states: a seat, an institution that it belongs to, or the domain of its site."""

import re
from typing import NamedTuple

from hublake.rules.origins.curated_organisations import regions
from hublake.rules.origins.institution_names import PLACED_KINDS, institutions_within
from hublake.rules.origins.normalised_names import normalised
from hublake.rules.origins.places import named_country

MAX_CHARS = 2000
_SEAT = re.compile(r"\b(?:based|headquartered|headquarters|registered|located)\s+(?:in|at)\s+([^.;|\n()]{2,60})", re.IGNORECASE)
_BASED = re.compile(r"\b(\w{2,30}(?:[ -]\w{2,30})?)-based\b")
_DOMAIN = re.compile(r"\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}[a-z]{2,24}\b", re.IGNORECASE)
_BELONGS = frozenset(("at", "from", "by"))
# What may be a part of an institution: `the NLP group of X` belongs to X, `models of X` do not.
_PARTS = frozenset("lab laboratory group team department school faculty centre center institute chair division project".split())
# Top-level domains of countries that anybody uses for the letters, and the site of the Hub and other platforms.
_GENERIC = frozenset(
    ("ai", "io", "co", "me", "tv", "so", "gg", "ly", "sh", "to", "cc", "ws", "fm", "im", "la", "st", "vc", "ac", "gl", "gd", "be")
)
_PLATFORMS = frozenset(("t.me", "notion.site", "sites.google.com", "bsky.app", "youtu.be", "goo.gl", "lnkd.in", "weibo.cn", "gitee.cn"))
_STATE = {"edu": ("US", "university"), "gov": ("US", "government"), "mil": ("US", "government")}


class StatedSeat(NamedTuple):
    """A country, perhaps a kind and an institution, by `method` (details_text or domain), with the words that state it."""

    country: str
    kind: str | None
    institution: str | None
    method: str
    evidence: str


def stated_seat(details: str) -> StatedSeat | None:
    """The strongest statement: a seat, then an institution, then domains. Statements that name several countries are ignored.

    >>> stated_seat("A start-up based in Berlin, see https://example.ai").country
    'DE'
    >>> stated_seat("The NLP lab at Stanford University.").institution, stated_seat("https://nlp.cs.example.ac.uk")
    ('Stanford University', StatedSeat(country='GB', kind='university', institution=None, method='domain', evidence='nlp.cs.example.ac.uk'))
    >>> stated_seat("We build on models of Google and Alibaba, example.io")
    """
    text = details[:MAX_CHARS]
    return _seat(text) or _membership(text) or _domain(text)


def _seat(text: str) -> StatedSeat | None:
    stated = [found.strip() for pattern in (_SEAT, _BASED) for found in pattern.findall(text)]
    named = [(words, named_country(words)) for words in stated]
    countries = {place.country for _, place in named if place.places}
    if len(countries) != 1 or None in countries:
        return None
    words, place = next((words, place) for words, place in named if place.country)
    return StatedSeat(place.country or "", None, None, "details_text", words)


def _membership(text: str) -> StatedSeat | None:
    words = normalised(text).split()
    named = institutions_within(text)
    found = [entry for _, entry, position in named if entry.kind in PLACED_KINDS and _belongs(words[max(position - 5, 0) : position])]
    country = found[0].country if found else None
    if country is None or any(entry.country != country for _, entry, _ in named):
        return None
    institution = found[0].institution if len(set(found)) == 1 else None
    return StatedSeat(country, found[0].kind, institution, "details_text", found[0].institution)


def _belongs(before: list[str]) -> bool:
    """Whether the words before an institution's name say that the organisation is a part of it."""
    near = before[-2:]
    return not _BELONGS.isdisjoint(near) or ("of" in near and not _PARTS.isdisjoint(before))


def _domain(text: str) -> StatedSeat | None:
    domains = dict.fromkeys(domain.lower() for domain in _DOMAIN.findall(text))
    seats = [seat for seat in map(_seat_of_domain, domains) if seat]
    return seats[0] if len({seat.country for seat in seats}) == 1 else None


def _seat_of_domain(domain: str) -> StatedSeat | None:
    labels = domain.split(".")
    last = labels[-1]
    if domain in _PLATFORMS or ".".join(labels[-2:]) in _PLATFORMS or last in _GENERIC:
        return None
    if last in _STATE:
        country, kind = _STATE[last]
        return StatedSeat(country, kind, None, "domain", domain)
    country = "GB" if last == "uk" else last.upper()
    if country not in regions():
        return None
    is_academic = len(labels) > 2 and labels[-2] in ("ac", "edu")
    return StatedSeat(country, "university" if is_academic else None, None, "domain", domain)
