"""Parses what the Hub's responses say about limits of requests, in linear time: headers may be missing, repeated, absurd or very long."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

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
