"""Classifies the response to a request for a card: a card, a refusal worth storing, or a fault. Pure functions."""

import codecs
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from hublake.crawler.hub_api import ignore_number
from hublake.lake.hub_requests import CARD_FILE

# Statuses that say something about the repository: gated or gone (401), disabled (403), no such file (404), gone
# (410), withheld for legal reasons (451). They are stored as rows; every other response that is not a card is a fault.
REFUSAL_STATUSES = frozenset({401, 403, 404, 410, 451})

# Byte order marks and the encoding that each announces; UTF-16's names are those of the bytes after the mark.
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class CardTarget:
    """One card to fetch; `sha` is None if the listing had none."""

    hub_id: str
    repo_id: str
    sha: str | None
    is_gated: bool = False


def card_target(hub_id: str | None, repo_id: str | None, body: str) -> CardTarget | None:
    """Return the card of a listed item, if it has a name and lists a file called exactly README.md."""
    if not hub_id or not repo_id:
        return None
    try:
        item = json.loads(body, parse_int=ignore_number)
    except (ValueError, RecursionError):  # unlikely, since the listing was validated; such an item has no card
        return None
    siblings = item.get("siblings") if isinstance(item, dict) else None
    if not isinstance(siblings, list) or not any(_is_card(sibling) for sibling in siblings):
        return None
    sha = item.get("sha")
    known_sha = sha if isinstance(sha, str) and re.fullmatch("[0-9a-f]{7,64}", sha) else None
    return CardTarget(hub_id, repo_id, known_sha, is_gated=bool(item.get("gated")))


def _is_card(sibling: Any) -> bool:
    return isinstance(sibling, dict) and sibling.get("rfilename") == CARD_FILE


def bare_etag(value: str | None) -> str | None:
    """Return an ETag without W/ and quotes; None if it is missing or empty."""
    return (value or "").strip().removeprefix("W/").strip('"') or None


def card_fault(body: bytes, etag: str | None, content_type: str, *, has_commit: bool, is_complete: bool) -> str | None:
    """Return why a response with status 200 is not the card, or None.

    It is an HTML page in its place, or its bytes are not those that the ETag identifies.
    """
    if content_type.lower().startswith("text/html") and etag is None and not has_commit:
        return "an HTML page instead of the card"
    if is_complete and not matches_etag(body, etag):
        return "the bytes are not those that the ETag names"
    return None


def is_content_digest(etag: str | None) -> bool:
    """Whether an ETag identifies bytes: a git blob id, or an LFS sha256."""
    return etag is not None and re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", etag) is not None


def matches_etag(body: bytes, etag: str | None) -> bool:
    """Whether a git blob id (40 hex digits) or an LFS sha256 (64) is that of these bytes; any other ETag matches all bytes."""
    if etag is not None and re.fullmatch("[0-9a-f]{40}", etag):
        return hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest() == etag
    if etag is not None and re.fullmatch("[0-9a-f]{64}", etag):
        return hashlib.sha256(body).hexdigest() == etag
    return True


def detect_encoding(body: bytes, *, is_complete: bool) -> str:
    """Return the encoding of the bytes: by their byte order mark, else utf-8 if they are valid UTF-8, else unknown."""
    for mark, name in MARKS:
        if body.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body, final=is_complete)  # a truncation may split the last character
    except UnicodeDecodeError:
        return "unknown"
    return "utf-8"
