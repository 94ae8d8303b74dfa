"""Parses the headers of the Hub's responses, in linear time: any of them may be missing, repeated, absurd or very long."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing Scrapy takes 0.3 s, and `hublake --help` imports this module
    from scrapy.http import Headers


def header(headers: "Headers", name: str) -> str | None:
    """Return a header of one value as text; None if it is missing."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def list_header(headers: "Headers", name: str) -> str | None:
    """Return a header that is a list, such as Link: its lines are joined, because a sender may split the list over several."""
    lines = [value.decode("latin-1") for value in headers.getlist(name)]
    return ", ".join(lines) if lines else None


# Quantifiers are possessive (`*+`): they never backtrack, so a long run of blanks is read once.
PARAMETER = re.compile(r';[ \t]*+([^\s=;,"<>]++)[ \t]*+(?:=[ \t]*+(?:"([^"]*+)"?|([^\s;,"<>]*+))[ \t]*+)?')


def next_targets(link: str) -> Iterator[str]:
    """Yield the target of each link of a Link header whose relations include `next`."""
    position = link.find("<")
    while position >= 0:
        end = link.find(">", position)
        if end < 0:
            return
        target, relation = link[position + 1 : end], None
        position = _skip_blanks(link, end + 1)
        while parameter := PARAMETER.match(link, position):
            name, quoted, bare = parameter.groups()
            if relation is None and name.lower() == "rel":  # later ones do not count
                relation = quoted if quoted is not None else bare or ""
            position = parameter.end()
        if "next" in (relation or "").lower().split():
            yield target.strip()
        position = link.find("<", position)


def _skip_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t":
        position += 1
    return position


def is_cached(headers: "Headers") -> bool:
    """Whether a cache answered instead of the Hub: the RateLimit headers are then those of another client.

    `X-Cache: Miss, Hit` names several caches; `Hit from cloudfront` and `RefreshHit` are what CloudFront writes.
    """
    age = (header(headers, "Age") or "").strip()
    is_old = age.isascii() and age.isdigit() and age.strip("0") != ""
    return is_old or "hit" in (list_header(headers, "X-Cache") or "").lower()
