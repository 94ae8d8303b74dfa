import pytest

from hublake.lake.errors import WrongUse
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Quotas, RateLimiter, bucket_of
from hublake.sample_hub.store import Store
from tests.sample_hub.http_client import HttpClient


class ManualClock:
    """A clock that only a test advances."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("path", "bucket"),
    [
        ("/api/models", "api"),
        ("/api/models/a/b/tree/main", "api"),
        ("/a/b/resolve/main/README.md", "resolvers"),
        ("/api/resolve-cache/models/a/b/00/README.md", "resolvers"),
        ("/a/b/raw/main/README.md", "pages"),
        ("/a/b", "pages"),
    ],
)
def test_each_route_is_counted_in_its_bucket(path: str, bucket: str) -> None:
    assert bucket_of(path) == bucket


def test_a_window_grants_its_quota_and_then_refuses_until_it_ends() -> None:
    clock = ManualClock()
    limiter = RateLimiter(Quotas(window_seconds=10, api=2), clock)
    clock.now += 3.5
    expected = [limiter.take("me", "api") for _ in range(3)]
    assert [(one.is_granted, one.left, one.reset_seconds) for one in expected] == [(True, 1, 7), (True, 0, 7), (False, 0, 7)]
    clock.now += 6.5
    assert limiter.take("me", "api").is_granted


def test_clients_and_buckets_are_counted_separately() -> None:
    limiter = RateLimiter(Quotas(api=1, resolvers=1), ManualClock())
    assert all(limiter.take(client, bucket).is_granted for client in ("a", "b") for bucket in ("api", "resolvers", "pages"))
    assert not limiter.take("a", "api").is_granted


def test_every_response_states_the_remaining_quota_of_its_bucket(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=Quotas(window_seconds=300, api=5, resolvers=9, pages=4)) as hub, HttpClient(hub.url) as client:
        model_id = client.get("/api/models?limit=1").json[0]["id"]
        responses = [
            client.get(path)
            for path in (f"/{model_id}/resolve/main/x", "/api/models/no/thing", "/api/models?sort=x", "/no/such/page", "/api/nothing")
        ]
    assert [response.status for response in responses] == [404, 401, 400, 404, 404]
    assert [response.headers["ratelimit"].split(";t=")[0] for response in responses] == [
        '"resolvers";r=8',
        '"api";r=3',
        '"api";r=2',
        '"pages";r=3',
        '"api";r=1',
    ]
    assert responses[0].headers["ratelimit-policy"] == '"fixed window";"resolvers";q=9;w=300'


@pytest.mark.parametrize("sends_retry_after", [True, False])
def test_requests_over_the_quota_get_429_and_optionally_retry_after(small_store: Store, sends_retry_after: bool) -> None:
    with PracticeHub(small_store, quotas=Quotas(api=2), sends_retry_after=sends_retry_after) as hub, HttpClient(hub.url) as client:
        responses = [client.get("/api/models?limit=1") for _ in range(4)]
        assert [response.status for response in responses] == [200, 200, 429, 429]
        assert responses[2].headers["ratelimit"].startswith('"api";r=0;t=')
        assert ("retry-after" in responses[2].headers) is sends_retry_after
        assert responses[2].headers["content-type"].startswith("text/html"), "a page, although the path is below /api/"
        assert client.get("/api/models?limit=1", Authorization="Bearer hf_somebody").status == 200, "a token has its own quota"
        assert (hub.requests.count("api"), hub.requests.count(status=429), hub.requests.count("resolvers")) == (5, 2, 0)
        assert [seen.path for seen in hub.requests.last()] == ["/api/models?limit=1"] * 5


def test_a_client_with_a_token_is_refused_in_json(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=Quotas(api=1)) as hub, HttpClient(hub.url) as client:
        responses = [client.get("/api/models?limit=1", Authorization="Bearer hf_somebody") for _ in range(2)]
    assert responses[1].status == 429
    assert responses[1].json["error"] == "We had to rate limit you: you hit the quota of 1 api requests per 300 seconds."


def test_a_port_in_use_raises_an_error_with_its_address(small_store: Store) -> None:
    with PracticeHub(small_store) as hub:
        port = int(hub.url.rpartition(":")[2])
        with pytest.raises(WrongUse, match=f"cannot listen on 127.0.0.1:{port}"), PracticeHub(small_store, port=port):
            pass
