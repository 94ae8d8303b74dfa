"""Headers of the Hub, case by case, without a network."""

from datetime import UTC, datetime

import pytest

from hublake.lake.rate_limits import RateLimit, parse_rate_limit, parse_retry_after


@pytest.mark.parametrize(
    ("ratelimit", "policy", "expected"),
    [
        ('"api";r=489;t=189', '"fixed window";"api";q=500;w=300', RateLimit("api", 489, 189, 500, 300)),
        ('"resolvers"; r=0; t=0', '"fixed window";"resolvers";q=3000;w=300', RateLimit("resolvers", 0, 0, 3000, 300)),
        ('"api";t=5;r=1', None, RateLimit("api", 1, 5)),
        ('"api";r=1;t=5', '"fixed window";"pages";q=100;w=300', RateLimit("api", 1, 5)),
        ('"api";r=1;t=5', '"a";q=1;w=1, "api";q=500;w=300', RateLimit("api", 1, 5, 500, 300)),
        ('"api";r=1;t=2.5', '"api";q=5;w=0', RateLimit("api", 1, 2.5)),
        ('"api";r=1', None, None),
        ("r=1;t=2", None, None),
        ('"api";r=-1;t=2', None, None),
        ('"api";r=x;t=y', None, None),
        ("", None, None),
        (None, '"api";q=500;w=300', None),
    ],
)
def test_rate_limit_headers(ratelimit: str | None, policy: str | None, expected: RateLimit | None) -> None:
    assert parse_rate_limit(ratelimit, policy) == expected


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        (" 0 ", 0.0),
        ("Sat, 03 Oct 2026 12:00:30 GMT", 30.0),
        ("Sat, 03 Oct 2026 11:00:00 GMT", 0.0),
        ("Sat, 03 Oct 2026 14:00:30 +0200", 30.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, datetime(2026, 10, 3, 12, tzinfo=UTC)) == seconds
