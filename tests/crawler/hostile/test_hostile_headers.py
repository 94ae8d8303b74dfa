"""Headers that no honest hub sends: each is read in linear time, never raises, and never stops or misleads a crawl.

Inputs of LONG characters would take hours if anything read them in quadratic time.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.http import Headers

from hublake.crawler.hub_api import InvalidResponse, next_page
from hublake.crawler.response_headers import header, is_cached, list_header
from hublake.lake.errors import WrongUse
from hublake.lake.hub_requests import normalize_endpoint, origin_of
from hublake.lake.rate_limits import RateLimit, parse_http_date, parse_rate_limit, parse_retry_after

LONG = 400_000
HUB = "https://hub.example"
PAGE = f"{HUB}/api/models?limit=1000"
NEXT = f"{PAGE}&cursor=b"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
STYLE = '<https://cdn.example/s.css>; rel="preload"; as="style"'

# Lines of Link headers -> the next page.
LINKS = {
    "next in the first of two lines": ([f'<{NEXT}>; rel="next"', STYLE], NEXT),
    "next in the second of two lines": ([STYLE, f'<{NEXT}>; rel="next"'], NEXT),
    "next in the last of three lines": ([STYLE, STYLE, f"<{NEXT}>; rel=next"], NEXT),
    "an empty line before": (["", f'<{NEXT}>; rel="next"'], NEXT),
    "another parameter first": ([f'<{NEXT}>; type="application/json"; rel="next"'], NEXT),
    "a title that contains a comma and rel": ([f'<{HUB}/p>; title=", <x>; rel=next"; rel="prev"'], None),
    "upper case": ([f'<{NEXT}>; REL="NEXT"'], NEXT),
    "several relations": ([f'<{NEXT}>; rel="last next"'], NEXT),
    "only the first rel counts": ([f'<{NEXT}>; rel="prev"; rel="next"'], None),
    "a quote that never ends": ([f'<{NEXT}>; rel="next'], NEXT),
    "no brackets": ([f'{NEXT}; rel="next"'], None),
    "a bracket that never ends": ([f'<{NEXT}; rel="next"'], None),
    "garbage before": (['>>;;,,"', f'<{NEXT}>; rel="next"'], NEXT),
    "blanks between everything": ([f"<{NEXT}>" + " " * LONG + ";" + " " * LONG + "rel" + " " * LONG + "=" + " " * LONG + '"next"'], NEXT),
    "blanks and no next": ([f"<{NEXT}>; rel=" + " " * LONG + "x"], None),
    "many brackets": (["<" * LONG], None),
    "many empty links": (["<>,;" * (LONG // 4)], None),
    "many parameters": ([f"<{NEXT}>" + ";a" * (LONG // 2) + ";rel=next"], NEXT),
    "many quotes": ([f"<{NEXT}>;a=" + '"' * LONG], None),
    "control characters around": ([f'\t<\t{NEXT}\t>\t;\trel="next"'], NEXT),
}


@pytest.mark.parametrize("case", LINKS)
def test_a_link_header_leads_to_the_next_page_or_none(case: str) -> None:
    lines, following = LINKS[case]
    assert next_page(list_header(Headers({"Link": lines}), "Link"), PAGE) == following


# Targets that are not followed, with a part of the reason.
TARGETS = {
    "half of an IPv6 address": ("http://[::1/x", "cannot be parsed"),
    "an IPv6 address with words": (f"https://[{'g' * 9}]/x", "cannot be parsed"),
    "a host that normalises to another": ("https://hub.example\u2100.evil/x", "cannot be parsed"),
    "no target": ("", "repeats a cursor"),
    "another scheme": ("javascript:alert(1)", "another host"),
    "a file": ("file:///etc/passwd", "another host"),
    "the same host with a password": (NEXT.replace("https://", "https://me:geheim@"), "another host"),
    "the host as a user name": ("https://hub.example@evil.example/api/models?cursor=b", "another host"),
    "a port that is no number": ("https://hub.example:eighty/api/models?cursor=b", "another host"),
    "another listing": (f"{HUB}/api/datasets?cursor=b", "not a page of this listing"),
    "up and away": ("../../logout?cursor=b", "not a page of this listing"),
    "a cursor without end": (NEXT + "b" * LONG, "characters"),
    "the same cursor in another place": (f"{HUB}/api/models?cursor=a&x=2", "repeats a cursor"),
}


@pytest.mark.parametrize("case", TARGETS)
def test_a_next_page_that_leads_away_or_back_is_an_invalid_response(case: str) -> None:
    target, reason = TARGETS[case]
    with pytest.raises(InvalidResponse, match=reason) as refused:
        next_page(f'<{target}>; rel="next"', f"{PAGE}&cursor=a", {"a"})
    assert "geheim" not in str(refused.value)


# Values of Retry-After -> seconds; None: nothing can be learned from it.
RETRIES = {
    "year 99999999": ("Sat, 03 Oct 99999999 12:00:30 GMT", None),
    "year 0": ("Sat, 03 Oct 0000 12:00:30 GMT", 0.0),
    "year 9999, a zone behind": ("Fri, 31 Dec 9999 23:59:59 -2359", None),
    "year 1, a zone ahead": ("Mon, 01 Jan 0001 00:00:00 +2359", 0.0),
    "a zone of a million hours": ("Mon, 30 Nov 2026 12:00:30 +99999999", None),
    "the 99th of Nonember": ("Mon, 99 Non 2026 99:99:99 GMT", None),
    "a date and a novel": ("Mon, 30 Nov 2026 12:00:30 GMT" + " x" * LONG, None),
    "a number of 400,000 digits": ("9" * LONG, 9_999_999_999.0),
    "Arabic digits": ("\u0663\u0660", None),
    "a fraction": ("1.5", None),
    "infinity": ("inf", None),
    "a negative number": ("-1", None),
    "blanks": (" " * LONG, None),
}


@pytest.mark.parametrize("case", RETRIES)
def test_a_retry_after_is_a_number_of_seconds_or_nothing(case: str) -> None:
    value, seconds = RETRIES[case]
    assert parse_retry_after(value, NOW) == seconds


# Lines of RateLimit and of RateLimit-Policy -> what they say of the bucket `api`.
POLICY = '"fixed window";"api";q=500;w=300'
LIMITS = {
    "two lines, ours second": (['"pages";r=9;t=5', '"api";r=7;t=5'], [POLICY], RateLimit("api", 7, 5, 500, 300)),
    "the policy in two lines": (['"api";r=7;t=5'], ['"pages";q=100;w=300', POLICY], RateLimit("api", 7, 5, 500, 300)),
    "a reset in 31 million years": (['"api";r=0;t=999999999999999'], [POLICY], None),
    "a window of 31 million years": (['"api";r=1;t=5'], ['"api";q=5;w=999999999999999'], RateLimit("api", 1, 5)),
    "a window of nothing": (['"api";r=1;t=5'], ['"api";q=5;w=0.0'], RateLimit("api", 1, 5)),
    "a number of 400,000 digits": ([f'"api";r={"9" * LONG};t=5'], [POLICY], None),
    "an exponent": (['"api";r=1e308;t=5'], [POLICY], None),
    "not a number": (['"api";r=NaN;t=inf'], [POLICY], None),
    "blanks between everything": ([f'"api";r={" " * LONG}=1;t=5'], [POLICY], None),
    "many semicolons": (['"api"' + ";" * LONG + "r=1;t=5"], [POLICY], RateLimit("api", 1, 5, 500, 300)),
    "many quotes": (['"' * LONG], [POLICY], None),
    "a name that never ends": (['"api;r=1;t=5'], [POLICY], None),
    "a bucket that nobody knows": (['"galaxy";r=1;t=5'], [POLICY], RateLimit("galaxy", 1, 5)),
}


@pytest.mark.parametrize("case", LIMITS)
def test_a_rate_limit_says_something_plausible_or_nothing(case: str) -> None:
    limits, policies, expected = LIMITS[case]
    headers = Headers({"RateLimit": limits, "RateLimit-Policy": policies})
    assert parse_rate_limit(list_header(headers, "RateLimit"), list_header(headers, "RateLimit-Policy"), "api") == expected


# Headers -> whether a cache answered, so that the quota in it is another client's.
CACHES: dict[str, tuple[dict[str, Any], bool]] = {
    "CloudFront's hit": ({"X-Cache": "Hit from cloudfront"}, True),
    "a revalidated hit": ({"X-Cache": "RefreshHit from cloudfront"}, True),
    "two caches": ({"X-Cache": ["MISS", "HIT"]}, True),
    "a miss": ({"X-Cache": "Miss from cloudfront"}, False),
    "an age": ({"Age": "29"}, True),
    "no age": ({"Age": "000"}, False),
    "an age that is none": ({"Age": "-1"}, False),
    "an age of 400,000 digits": ({"Age": "9" * LONG}, True),
    "the hub's own cache": ({"X-Hub-Cache": "HIT"}, False),
    "nothing": ({}, False),
}


@pytest.mark.parametrize("case", CACHES)
def test_the_quota_of_a_cached_answer_is_recognised(case: str) -> None:
    headers, is_foreign = CACHES[case]
    assert is_cached(Headers(headers)) is is_foreign


@pytest.mark.parametrize(
    "endpoint", ["http://[::1/x", "https://[nonsense]", "http://h:port", "https://me:geheim@[::1/x", "http://h\u2100x"]
)
def test_an_endpoint_that_cannot_be_parsed_is_wrong_use(endpoint: str) -> None:
    with pytest.raises(WrongUse, match="is not a hub's address") as refused:
        normalize_endpoint(endpoint)
    assert "geheim" not in str(refused.value)


def test_an_address_that_cannot_be_parsed_has_an_origin_of_its_own() -> None:
    assert origin_of("http://[::1/x") == origin_of("http://[::1/x") != origin_of("http://[::1/y")
    assert origin_of("http://[::1/x") != origin_of("http://[::1]/x")


@pytest.mark.parametrize("date", ["", "yesterday", "Sat, 03 Oct 99999999 12:00:30 GMT", "Fri, 31 Dec 9999 23:59:59 -2359", "x" * LONG])
def test_a_date_that_no_clock_shows_is_none(date: str) -> None:
    assert parse_http_date(date) is None


def test_a_header_of_one_value_may_have_any_bytes() -> None:
    headers = Headers({"ETag": b'"\xff\x00\x1b"', "Content-Type": [b"text/html", b"text/plain"]})
    assert header(headers, "ETag") == '"\xff\x00\x1b"'
    assert header(headers, "Content-Type") == "text/plain"
    assert header(headers, "Location") is None
