import pytest

from hublake.lake.errors import WrongUse
from hublake.sample_hub.quota import Quotas, Windows, bucket_of
from hublake.sample_hub.running import Hub
from hublake.sample_hub.store import Store
from tests.sample_hub.asking import Asking


class Clock:
    """Time that passes when a test says so."""

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
def test_each_route_counts_in_its_bucket(path: str, bucket: str) -> None:
    assert bucket_of(path) == bucket


def test_a_window_grants_its_quota_then_refuses_until_it_ends() -> None:
    clock = Clock()
    windows = Windows(Quotas(window_seconds=10, api=2), clock)
    clock.now += 3.5
    told = [windows.take("me", "api") for _ in range(3)]
    assert [(one.is_granted, one.left, one.reset_seconds) for one in told] == [(True, 1, 7), (True, 0, 7), (False, 0, 7)]
    clock.now += 6.5
    assert windows.take("me", "api").is_granted


def test_clients_and_buckets_are_counted_apart() -> None:
    windows = Windows(Quotas(api=1, resolvers=1), Clock())
    assert all(windows.take(client, bucket).is_granted for client in ("a", "b") for bucket in ("api", "resolvers", "pages"))
    assert not windows.take("a", "api").is_granted


def test_every_answer_says_what_is_left_of_its_bucket(small_store: Store) -> None:
    with Hub(small_store, quotas=Quotas(window_seconds=300, api=5, resolvers=9, pages=4)) as hub, Asking(hub.url) as asking:
        model_id = asking.get("/api/models?limit=1").json[0]["id"]
        answers = [
            asking.get(path)
            for path in (f"/{model_id}/resolve/main/x", "/api/models/no/thing", "/api/models?sort=x", "/no/such/page", "/api/nothing")
        ]
    assert [answer.status for answer in answers] == [404, 401, 400, 404, 404]
    assert [answer.headers["ratelimit"].split(";t=")[0] for answer in answers] == [
        '"resolvers";r=8',
        '"api";r=3',
        '"api";r=2',
        '"pages";r=3',
        '"api";r=1',
    ]
    assert answers[0].headers["ratelimit-policy"] == '"fixed window";"resolvers";q=9;w=300'


@pytest.mark.parametrize("sends_retry_after", [True, False])
def test_over_the_quota_is_429_with_retry_after_where_wanted(small_store: Store, sends_retry_after: bool) -> None:
    with Hub(small_store, quotas=Quotas(api=2), sends_retry_after=sends_retry_after) as hub, Asking(hub.url) as asking:
        answers = [asking.get("/api/models?limit=1") for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 429, 429]
        assert answers[2].headers["ratelimit"].startswith('"api";r=0;t=')
        assert ("retry-after" in answers[2].headers) is sends_retry_after
        assert asking.get("/api/models?limit=1", Authorization="Bearer hf_somebody").status == 200, "a token has its own quota"
        assert (hub.requests.count("api"), hub.requests.count(status=429), hub.requests.count("resolvers")) == (5, 2, 0)
        assert [seen.path for seen in hub.requests.last()] == ["/api/models?limit=1"] * 5


def test_the_port_of_another_server_is_refused_clearly(small_store: Store) -> None:
    with Hub(small_store) as hub:
        port = int(hub.url.rpartition(":")[2])
        with pytest.raises(WrongUse, match=f"cannot listen on 127.0.0.1:{port}"), Hub(small_store, port=port):
            pass
