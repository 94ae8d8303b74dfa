import zlib
from collections import Counter
from http.client import HTTPConnection, HTTPException, IncompleteRead

import orjson
import pytest

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.faults import ENDLESS, FOREIGN_QUOTA, KINDS, LISTING, MAX_FAULTS, STATUSES, Faults
from hublake.sample_hub.store import Store
from tests.sample_hub.conftest import UNLIMITED
from tests.sample_hub.http_client import HttpClient, get_once, next_page

PATHS = [f"/api/models/a/{number}" for number in range(2_000)]


def plan_of(seed: int, attempt: int = 0) -> list[str | None]:
    plan = Faults(share=0.2, seed=seed)
    return [plan.planned("GET", path, attempt, is_listing=False) for path in PATHS]


def test_the_plan_depends_only_on_seed_request_and_attempt() -> None:
    assert plan_of(1) == plan_of(1)
    assert plan_of(1) != plan_of(2)
    assert plan_of(1) != plan_of(1, attempt=1)


def test_the_plan_has_the_given_share_and_every_kind() -> None:
    kinds = Counter(plan_of(1))
    assert 0.17 < 1 - kinds[None] / len(PATHS) < 0.23
    assert set(kinds) - {None} == set(KINDS) - set(LISTING)


def test_faults_of_listings_apply_to_listings_only_and_faults_of_bodies_not_to_head() -> None:
    plan = Faults(share=1)
    assert {plan.planned("GET", path, 0, True) for path in PATHS} == set(KINDS)
    assert not {plan.planned("GET", path, 0, False) for path in PATHS} & set(LISTING)
    assert not {plan.planned("HEAD", path, 0, False) for path in PATHS} & {"slow_body", "cut_body"}


def test_a_request_succeeds_after_at_most_three_faults_and_then_the_plan_starts_over() -> None:
    plan = Faults(share=1, kinds=("500",))
    kinds = [plan.next("GET", "/x", False) for _ in range(2 * MAX_FAULTS + 2)]
    assert kinds == [*["500"] * MAX_FAULTS, None] * 2


def only(kind: str) -> Faults:
    """A plan in which every attempt gets this kind of fault."""
    return Faults(share=1, kinds=(kind,), slow_seconds=0.01)


@pytest.mark.parametrize("kind", STATUSES)
def test_an_error_status_replaces_the_response(small_store: Store, kind: str) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only(kind)) as hub:
        response = get_once(hub.url, "/api/models?limit=1")
    assert response.status == int(kind)
    assert '"api";r=999999;' in response.headers["ratelimit"], "the quota is not the reason"


def test_a_proxy_page_has_status_200(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only("html")) as hub:
        response = get_once(hub.url, "/api/models?limit=1")
    assert response.status == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "x-repo-commit" not in response.headers and "etag" not in response.headers


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_truncated_json_has_a_complete_body(small_store: Store, encoding: str) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only("wrong_json")) as hub:
        response = get_once(hub.url, "/api/models?limit=3", Accept_Encoding=encoding)
    body = zlib.decompress(response.body, wbits=31) if encoding == "gzip" else response.body
    assert response.status == 200 and body.startswith(b"[{")
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(body)


def test_a_cut_body_is_shorter_than_its_content_length(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only("cut_body")) as hub, pytest.raises(IncompleteRead):
        get_once(hub.url, "/api/models?limit=3")


def test_a_connection_is_reset(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only("reset")) as hub, pytest.raises((ConnectionError, HTTPException)):
        get_once(hub.url, "/api/models?limit=3")


def test_a_slow_body_is_complete(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED) as hub:
        expected = get_once(hub.url, "/api/models?limit=3&sort=createdAt")
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only("slow_body")) as hub:
        assert get_once(hub.url, "/api/models?limit=3&sort=createdAt").json == expected.json


def test_a_shrunk_page_is_valid_json_and_its_link_skips_the_lost_items(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only("shrunk_page")) as hub, HttpClient(hub.url) as client:
        path = "/api/models?limit=10&sort=createdAt&direction=1"
        pages = [client.get(path) for _ in range(MAX_FAULTS + 1)]
    assert [len(page.json) for page in pages] == [5] * MAX_FAULTS + [10]
    assert len({next_page(page) for page in pages}) == 1


def test_a_foreign_link_leads_to_another_host(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only("foreign_link")) as hub:
        assert str(next_page(get_once(hub.url, "/api/models?limit=5"))).startswith("http://elsewhere.invalid/")


def test_a_firewall_page_has_status_405(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only("405")) as hub:
        response = get_once(hub.url, "/api/models?limit=5")
    assert (response.status, response.headers["content-type"]) == (405, "text/html")


def test_a_redirect_leads_to_itself_until_the_faults_end(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only("redirected")) as hub, HttpClient(hub.url) as client:
        path = "/api/models?limit=5"
        responses = [client.get(path) for _ in range(MAX_FAULTS + 1)]
    assert [(response.status, response.headers.get("location")) for response in responses] == [(307, path)] * MAX_FAULTS + [(200, None)]


@pytest.mark.parametrize("kind", ENDLESS)
def test_endless_faults_end_only_by_a_client_time_out(small_store: Store, kind: str) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only(kind)) as hub:
        connection = HTTPConnection(hub.url.removeprefix("http://"), timeout=0.3)
        with pytest.raises(TimeoutError if kind == "stall" else AssertionError):
            connection.request("GET", "/api/models?limit=5")
            got = connection.getresponse().read(5)
            assert got.strip() != b"", "the body is an endless stream of blanks"
        connection.close()


def test_a_repeated_cursor_leads_to_the_same_page_until_the_faults_end(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only("repeated_cursor")) as hub, HttpClient(hub.url) as client:
        path = "/api/models?limit=5&sort=createdAt&direction=1"
        links = [next_page(client.get(path)) for _ in range(MAX_FAULTS + 1)]
        assert links[:-1] == [f"{hub.url}{path}"] * MAX_FAULTS
        assert "cursor=" in str(links[-1])


@pytest.mark.parametrize(
    ("kind", "starts"),
    [("400_in_older_wording", '"expand" must be one of [author, baseModels, cardData, '), ("400_without_names", "Bad Request")],
)
def test_a_rejected_expand_is_answered_in_other_wordings(small_store: Store, kind: str, starts: str) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only(kind)) as hub, HttpClient(hub.url) as client:
        responses = [client.get(f"/api/models?limit=2&expand={name}") for name in ("usedStorage", "sha")]
    assert [response.status for response in responses] == [400, 200]
    assert responses[0].json["error"].startswith(starts) and "usedStorage" not in responses[0].json["error"]
    assert len(responses[1].json) == 2


def test_a_cached_response_has_the_quota_of_another_client(small_store: Store) -> None:
    with PracticeHub(small_store, quotas=UNLIMITED, faults=only(FOREIGN_QUOTA)) as hub, HttpClient(hub.url) as client:
        responses = [client.get("/api/models?limit=2") for _ in range(MAX_FAULTS + 1)]
    assert [len(response.json) for response in responses] == [2] * (MAX_FAULTS + 1)
    assert [response.headers.get("x-cache") for response in responses] == ["Hit from cloudfront"] * MAX_FAULTS + [None]
    assert [response.headers["ratelimit"].split(";t=")[0] for response in responses] == ['"api";r=0'] * MAX_FAULTS + ['"api";r=999996']
    assert int(responses[0].headers["age"]) > 0


def test_a_client_that_retries_gets_everything(small_store: Store) -> None:
    """A client that accepts a page only if it is complete (two models) and its link leads to another page."""
    with PracticeHub(small_store, quotas=UNLIMITED, faults=Faults(share=0.5, seed=4, slow_seconds=0.01)) as hub:
        ids, following = [], "/api/models?limit=2&sort=createdAt&direction=1&expand=sha"
        while following:
            items, link = get_page(hub.url, following)
            ids += [item["_id"] for item in items]
            following = link
        assert ids == list(small_store.hub_ids())
        assert hub.requests.count() > 40


def get_page(url: str, path: str) -> tuple[list[dict[str, str]], str]:
    for _ in range(MAX_FAULTS + 1):
        try:
            response = get_once(url, path)
            link = next_page(response) or ""
            leads_on = link.removeprefix(url) != path.removeprefix(url) and "elsewhere" not in link
            if response.status == 200 and leads_on:
                items = orjson.loads(response.body)
                if len(items) == 2:
                    return items, link
        except (OSError, HTTPException, orjson.JSONDecodeError):
            continue
    raise AssertionError(f"no valid page after {MAX_FAULTS} faults: {path}")
