"""Parses the headers of the Hub's responses, in linear time: any of them may be missing, repeated, absurd or very long."""

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


def is_cached(headers: "Headers") -> bool:
    """Whether a cache answered instead of the Hub: the RateLimit headers are then those of another client.

    `X-Cache: Miss, Hit` names several caches; `Hit from cloudfront` and `RefreshHit` are what CloudFront writes.
    """
    age = (header(headers, "Age") or "").strip()
    is_old = age.isascii() and age.isdigit() and age.strip("0") != ""
    return is_old or "hit" in (list_header(headers, "X-Cache") or "").lower()
