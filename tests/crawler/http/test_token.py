"""Where the token is looked for, and who gets to see it."""

from pathlib import Path

import pytest
from scrapy import Request

from hublake.crawler.http.middlewares import TokenMiddleware, may_follow
from hublake.crawler.http.token import find_token


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """Every place holds a token of its own, named after it."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "token").write_text("of-home\n")
    (tmp_path / "cache" / "huggingface").mkdir(parents=True)
    (tmp_path / "cache" / "huggingface" / "token").write_text("of-cache\n")
    (tmp_path / "named").write_text(" of-path ")
    return {
        "HF_TOKEN": "of-variable",
        "HF_TOKEN_PATH": str(tmp_path / "named"),
        "HF_HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }


@pytest.mark.parametrize(
    ("without", "found"),
    [
        ((), "of-variable"),
        (("HF_TOKEN",), "of-path"),
        (("HF_TOKEN", "HF_TOKEN_PATH"), "of-home"),
        (("HF_TOKEN", "HF_TOKEN_PATH", "HF_HOME"), "of-cache"),
    ],
)
def test_the_first_place_that_has_a_token_wins(places: dict[str, str], without: tuple[str, ...], found: str) -> None:
    assert find_token({name: value for name, value in places.items() if name not in without}) == found


def test_no_place_no_token(tmp_path: Path) -> None:
    assert find_token({"HF_HOME": str(tmp_path)}) is None


@pytest.mark.parametrize(
    ("url", "is_shown"),
    [
        ("https://hub.example/api/models", True),
        ("https://hub.example:443/a", True),
        ("http://hub.example/api/models", False),
        ("https://hub.example:8443/a", False),
        ("https://cdn.hub.example/a", False),
        ("https://hub.example.evil/a", False),
        ("https://hub.example@evil/a", False),
    ],
)
def test_the_token_goes_to_the_endpoint_alone(url: str, is_shown: bool) -> None:
    request = Request(url, headers={"Authorization": "Bearer from-the-request-before-a-redirect"})
    TokenMiddleware("https://hub.example", "geheim").process_request(request)
    assert request.headers.get("Authorization") == (b"Bearer geheim" if is_shown else None)


def test_without_a_token_nothing_is_sent() -> None:
    request = Request("https://hub.example/a")
    TokenMiddleware("https://hub.example", None).process_request(request)
    assert "Authorization" not in request.headers


@pytest.mark.parametrize(
    ("url", "target", "is_followed"),
    [
        ("https://hub.example/a", "https://hub.example/b", True),
        ("https://hub.example/a", "https://cdn.example/b", True),
        ("https://hub.example/a", "http://hub.example/b", False),
        ("https://hub.example/a", "http://cdn.example/b", False),
        ("https://hub.example/a", "http://127.0.0.1/b", False),
        ("http://127.0.0.1:8000/a", "http://localhost:8000/b", True),
        ("http://127.0.0.1:8000/a", "http://cdn.example/b", False),
    ],
)
def test_a_redirect_never_leads_away_without_https(url: str, target: str, is_followed: bool) -> None:
    assert may_follow(url, target) is is_followed
