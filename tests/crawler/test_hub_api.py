"""URLs of the Hub, case by case, without a network."""

import pytest

from hublake.crawler.hub_api import BUCKETS, InvalidResponse, cursor_of, listing_url, next_page, route_of
from hublake.lake.errors import WrongUse
from hublake.lake.expands import MODEL_EXPANDS
from hublake.lake.hub_requests import card_url, normalize_endpoint, origin_of

HUB = "https://hub.example"
PAGE = f"{HUB}/api/models?limit=1000"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://huggingface.co/", "https://huggingface.co"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://mirror.example/hf/", "https://mirror.example/hf"),
    ],
)
def test_an_endpoint_is_a_url(given: str, kept: str) -> None:
    assert normalize_endpoint(given) == kept


@pytest.mark.parametrize("given", ["huggingface.co", "ftp://hub.example", "https://", "", "https://h:99999", "https://h/?a=1"])
def test_any_other_text_is_wrong_use(given: str) -> None:
    with pytest.raises(WrongUse, match="is not a hub's address"):
        normalize_endpoint(given)


def test_an_endpoint_with_credentials_is_refused_without_showing_them() -> None:
    with pytest.raises(WrongUse) as refused:
        normalize_endpoint("https://me:geheim@hub.example")
    assert "geheim" not in str(refused.value)


def test_the_listing_is_requested_oldest_first_with_all_fields() -> None:
    url = listing_url(HUB, "model", ("sha", "model-index"), 1000)
    assert url == f"{HUB}/api/models?sort=createdAt&direction=1&limit=1000&expand%5B%5D=sha&expand%5B%5D=model-index"
    assert {"siblings", "baseModels", "safetensors", "gguf", "downloadsAllTime"} < set(MODEL_EXPANDS)


@pytest.mark.parametrize(
    ("repo_type", "repo_id", "sha", "path"),
    [
        ("model", "a/b", "c0ffee", "/a/b/resolve/c0ffee/README.md"),
        ("model", "gpt2", None, "/gpt2/resolve/main/README.md"),
        ("model", "a/b", "refs/pr/1", "/a/b/resolve/refs%2Fpr%2F1/README.md"),
        ("model", "glasses/resnet50.git", "1", "/glasses/resnet50.git/resolve/1/README.md"),
        ("model", "a/x y#?%", "1", "/a/x%20y%23%3F%25/resolve/1/README.md"),
        ("dataset", "a/b", "1", "/datasets/a/b/resolve/1/README.md"),
    ],
)
def test_the_url_of_a_card(repo_type: str, repo_id: str, sha: str | None, path: str) -> None:
    assert card_url(HUB, repo_type, repo_id, sha) == HUB + path


@pytest.mark.parametrize(
    ("link", "following"),
    [
        (None, None),
        ("", None),
        (f'<{HUB}/api/models?cursor=abc>; rel="next"', f"{HUB}/api/models?cursor=abc"),
        (f"<{HUB}/api/models?cursor=abc>; rel=next", f"{HUB}/api/models?cursor=abc"),
        (f'<{HUB}/p>; rel="prev", <{HUB}/api/models?cursor=a,b>; rel="next"', f"{HUB}/api/models?cursor=a,b"),
        (f'<{HUB}/p>; rel="last"', None),
        (f'<{HUB}/p>; title="next"; rel="prev"', None),
        (f'<{HUB}/p>; rel="nextish"', None),
        (f'<{PAGE}&cursor=a>; rel="start next"', f"{PAGE}&cursor=a"),
        ('</api/models?cursor=abc>; rel="next"', f"{HUB}/api/models?cursor=abc"),
        ("nonsense; rel=next", None),
    ],
)
def test_the_next_page_comes_from_the_link_header(link: str | None, following: str | None) -> None:
    assert next_page(link, PAGE) == following


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/api/models?cursor=a", "http://hub.example/a", "https://hub.example:444/a", "//evil.example/a"]
)
def test_a_next_page_on_another_host_is_rejected(elsewhere: str) -> None:
    with pytest.raises(InvalidResponse, match="another host"):
        next_page(f'<{elsewhere}>; rel="next"', PAGE)


def test_a_repeated_cursor_is_rejected() -> None:
    with pytest.raises(InvalidResponse, match="repeats a cursor"):
        next_page(f'<{HUB}/api/models?limit=1000&cursor=a%3D>; rel="next"', PAGE, {"a="})


def test_pages_without_a_cursor_are_distinguished_by_their_query() -> None:
    assert cursor_of(f"{HUB}/api/models?skip=10") != cursor_of(f"{HUB}/api/models?skip=20")


@pytest.mark.parametrize(
    ("path", "bucket"),
    [
        ("/api/models?limit=1", "api"),
        ("/a/b/resolve/main/README.md", "resolvers"),
        ("/api/resolve-cache/models/a/b/c/README.md?%2Fa", "resolvers"),
        ("/api/models/a/resolve/b", "api"),
        ("/a/b/raw/main/README.md", "pages"),
        ("/organizations", "pages"),
    ],
)
def test_the_bucket_of_a_request(path: str, bucket: str) -> None:
    route = route_of(HUB + path, HUB)
    assert route is not None
    assert BUCKETS[route] == bucket


def test_a_request_to_another_host_has_no_bucket() -> None:
    assert route_of("https://cdn.example/api/x", HUB) is None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://h", "https://h:443/x", True),
        ("https://H/x", "https://h", True),
        ("http://h", "https://h", False),
        ("https://h:1", "https://h:2", False),
        ("https://h.example.evil", "https://h.example", False),
        ("https://h@evil", "https://h", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, is_same: bool) -> None:
    assert (origin_of(one) == origin_of(other)) is is_same
