"""What an answer to a request for a card is: a card, a refusal worth keeping, or a fault. Pure."""

import codecs
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from hublake.crawler.hub_api import CARD_FILE, unread

# Answers that say something about the repository: gated or vanished (401), disabled (403), no such file (404), gone
# (410), withheld for legal reasons (451). They are rows; everything else that is not a card is a fault.
TELLING_STATUSES = frozenset({401, 403, 404, 410, 451})

# Byte order marks and the encoding each announces; UTF-16's names are those of the bytes behind the mark.
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class CardTarget:
    """One card to fetch; `sha` is None where the listing gave none."""

    hub_id: str
    repo_id: str
    sha: str | None
    is_gated: bool = False


def card_target(hub_id: str | None, repo_id: str | None, body: str) -> CardTarget | None:
    """The card that a listed item promises: it has a name and lists a file called exactly README.md."""
    if not hub_id or not repo_id:
        return None
    try:
        item = json.loads(body, parse_int=unread)
    except (ValueError, RecursionError):  # kept as sent by the listing, so hardly; such an item promises nothing
        return None
    siblings = item.get("siblings") if isinstance(item, dict) else None
    if not isinstance(siblings, list) or not any(_names_card(sibling) for sibling in siblings):
        return None
    sha = item.get("sha")
    known_sha = sha if isinstance(sha, str) and re.fullmatch("[0-9a-f]{7,64}", sha) else None
    return CardTarget(hub_id, repo_id, known_sha, is_gated=bool(item.get("gated")))


def _names_card(sibling: Any) -> bool:
    return isinstance(sibling, dict) and sibling.get("rfilename") == CARD_FILE


def bare_etag(value: str | None) -> str | None:
    """An ETag without W/ and quotes; None where there is none."""
    return (value or "").strip().removeprefix("W/").strip('"') or None


def fault_of_card(body: bytes, etag: str | None, content_type: str, *, has_commit: bool, is_whole: bool) -> str | None:
    """Why a 200 is not the card, or None: an HTML page in its place, or bytes that are not those the ETag names."""
    if content_type.lower().startswith("text/html") and etag is None and not has_commit:
        return "an HTML page instead of the card"
    if is_whole and not is_named_by(body, etag):
        return "the bytes are not those that the ETag names"
    return None


def is_digest(etag: str | None) -> bool:
    """Whether an ETag names bytes: a git blob id, or an LFS sha256."""
    return etag is not None and re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", etag) is not None


def is_named_by(body: bytes, etag: str | None) -> bool:
    """Whether a git blob id (40 hex digits) or an LFS sha256 (64) is that of these bytes; other ETags name nothing."""
    if etag is not None and re.fullmatch("[0-9a-f]{40}", etag):
        return hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest() == etag
    if etag is not None and re.fullmatch("[0-9a-f]{64}", etag):
        return hashlib.sha256(body).hexdigest() == etag
    return True


def text_encoding(body: bytes, *, is_whole: bool) -> str:
    """The encoding that the bytes show: by their mark, else utf-8 where they are valid UTF-8, else unknown."""
    for mark, name in MARKS:
        if body.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body, final=is_whole)  # a cut may split the last character
    except UnicodeDecodeError:
        return "unknown"
    return "utf-8"
