"""Parses the headers of the Hub's responses, in linear time: any of them may be missing, repeated, absurd or very long."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing Scrapy takes 0.3 s, and `hublake --help` imports this module
    from scrapy.http import Headers

# No honest window is longer: the Hub's has five minutes. A figure beyond it would stop a crawl for ever.
LONGEST_SECONDS = 86_400.0
LONGEST_DATE = 64  # characters


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The state of one quota bucket according to a response's headers; quota and window are None if no policy was sent."""

    bucket: str
    left: int
    reset_seconds: float
    quota: int | None = None
    window_seconds: float | None = None


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


QUOTED = re.compile(r'"([^"]*+)"')
NUMBER = re.compile(r";[ \t]*+([a-zA-Z]++)[ \t]*+=[ \t]*+([0-9]{1,15}+(?:\.[0-9]{1,6}+)?+)[ \t]*+(?=[;,]|\Z)")


def parse_rate_limit(ratelimit: str | None, policy: str | None, expected: str = "") -> RateLimit | None:
    """Parse the headers `ratelimit` and `ratelimit-policy` (IETF draft 9); None if they lack plausible r and t.

    If several buckets are named, the `expected` one counts, or else the first.

    >>> parse_rate_limit('"api";r=489;t=189', '"fixed window";"api";q=500;w=300')
    RateLimit(bucket='api', left=489, reset_seconds=189.0, quota=500, window_seconds=300.0)
    >>> parse_rate_limit('"pages";r=1;t=5, "api";r=2;t=5', None, "api")
    RateLimit(bucket='api', left=2, reset_seconds=5.0, quota=None, window_seconds=None)
    """
    found: RateLimit | None = None
    for item in (ratelimit or "").split(","):
        names, values = QUOTED.findall(item), dict(NUMBER.findall(item))
        if names and {"r", "t"} <= values.keys() and float(values["t"]) <= LONGEST_SECONDS and (found is None or names[0] == expected):
            found = RateLimit(names[0], int(float(values["r"])), float(values["t"]), *_policy_of(names[0], policy))
            if found.bucket == expected:
                break
    return found


def _policy_of(bucket: str, policy: str | None) -> tuple[int | None, float | None]:
    for item in (policy or "").split(","):
        values = dict(NUMBER.findall(item))
        is_usable = {"q", "w"} <= values.keys() and 0 < float(values["w"]) <= LONGEST_SECONDS
        if is_usable and bucket in QUOTED.findall(item):
            return int(float(values["q"])), float(values["w"])
    return None, None


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header, given in seconds or as an HTTP date; None if it is neither."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:10])  # a longer figure is beyond every bound anyway
    moment = parse_http_date(text)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def parse_http_date(text: str | None) -> datetime | None:
    """Return the moment of an HTTP date; None if the text is not one, or lies beyond what a clock can show."""
    if not text or len(text) > LONGEST_DATE:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def is_cached(headers: "Headers") -> bool:
    """Whether a cache answered instead of the Hub: the RateLimit headers are then those of another client.

    `X-Cache: Miss, Hit` names several caches; `Hit from cloudfront` and `RefreshHit` are what CloudFront writes.
    """
    age = (header(headers, "Age") or "").strip()
    is_old = age.isascii() and age.isdigit() and age.strip("0") != ""
    return is_old or "hit" in (list_header(headers, "X-Cache") or "").lower()
