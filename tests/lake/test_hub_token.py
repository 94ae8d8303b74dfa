"""Where the token is looked up, and which requests carry it."""

from pathlib import Path

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from hublake.crawler.http.middlewares import TokenMiddleware, may_follow
from hublake.lake.hub_token import find_token


@pytest.fixture
def locations(tmp_path: Path) -> dict[str, str]:
    """An environment in which each location contains its own token, named after it."""
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
def test_the_first_location_with_a_token_wins(locations: dict[str, str], without: tuple[str, ...], found: str) -> None:
    assert find_token({name: value for name, value in locations.items() if name not in without}) == found


def test_without_a_location_there_is_no_token(tmp_path: Path) -> None:
    assert find_token({"HF_HOME": str(tmp_path)}) is None


@pytest.mark.parametrize(
    ("url", "is_sent"),
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
def test_the_token_is_sent_to_the_endpoint_only(url: str, is_sent: bool) -> None:
    request = Request(url, headers={"Authorization": "Bearer from-the-request-before-a-redirect"})
    TokenMiddleware(get_crawler(), "https://hub.example", "geheim").process_request(request)
    assert request.headers.get("Authorization") == (b"Bearer geheim" if is_sent else None)


def test_without_a_token_nothing_is_sent() -> None:
    request = Request("https://hub.example/a")
    TokenMiddleware(get_crawler(), "https://hub.example", None).process_request(request)
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
def test_a_redirect_to_another_host_requires_https(url: str, target: str, is_followed: bool) -> None:
    assert may_follow(url, target) is is_followed
