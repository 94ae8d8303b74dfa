import zlib
from collections import Counter
from http.client import HTTPConnection, HTTPException, IncompleteRead

import orjson
import pytest

from hublake.sample_hub.faults import ENDLESS, KINDS, LISTING, MAX_FAULTS, STATUSES, Faults
from hublake.sample_hub.running import Hub
from hublake.sample_hub.store import Store
from tests.sample_hub.asking import Asking, ask, next_page
from tests.sample_hub.conftest import PLENTY

PATHS = [f"/api/models/a/{number}" for number in range(2_000)]


def planned(seed: int, attempt: int = 0) -> list[str | None]:
    plan = Faults(share=0.2, seed=seed)
    return [plan.planned("GET", path, attempt, is_listing=False) for path in PATHS]


def test_the_plan_depends_on_seed_request_and_attempt_alone() -> None:
    assert planned(1) == planned(1)
    assert planned(1) != planned(2)
    assert planned(1) != planned(1, attempt=1)


def test_the_share_and_every_kind_come_out() -> None:
    kinds = Counter(planned(1))
    assert 0.17 < 1 - kinds[None] / len(PATHS) < 0.23
    assert set(kinds) - {None} == set(KINDS) - set(LISTING)


def test_faults_of_listings_meet_listings_alone_and_a_head_has_no_body_to_spoil() -> None:
    plan = Faults(share=1)
    assert {plan.planned("GET", path, 0, True) for path in PATHS} == set(KINDS)
    assert not {plan.planned("GET", path, 0, False) for path in PATHS} & set(LISTING)
    assert not {plan.planned("HEAD", path, 0, False) for path in PATHS} & {"slow_body", "cut_body"}


def test_a_request_is_served_after_three_faults_at_most_and_then_the_plan_begins_anew() -> None:
    plan = Faults(share=1, kinds=("500",))
    told = [plan.next("GET", "/x", False) for _ in range(2 * MAX_FAULTS + 2)]
    assert told == [*["500"] * MAX_FAULTS, None] * 2


def once(kind: str) -> Faults:
    """A plan whose faults are all of one kind."""
    return Faults(share=1, kinds=(kind,), slow_seconds=0.01)


@pytest.mark.parametrize("kind", STATUSES)
def test_a_status_comes_instead_of_the_answer(small_store: Store, kind: str) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once(kind)) as hub:
        answer = ask(hub.url, "/api/models?limit=1")
    assert answer.status == int(kind)
    assert '"api";r=999999;' in answer.headers["ratelimit"], "the quota is not the reason"


def test_a_page_by_something_in_between_comes_with_status_200(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once("html")) as hub:
        answer = ask(hub.url, "/api/models?limit=1")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "x-repo-commit" not in answer.headers and "etag" not in answer.headers


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_json_breaks_off_in_the_middle_of_a_whole_answer(small_store: Store, encoding: str) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once("wrong_json")) as hub:
        answer = ask(hub.url, "/api/models?limit=3", Accept_Encoding=encoding)
    body = zlib.decompress(answer.body, wbits=31) if encoding == "gzip" else answer.body
    assert answer.status == 200 and body.startswith(b"[{")
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(body)


def test_a_cut_body_is_shorter_than_its_length(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once("cut_body")) as hub, pytest.raises(IncompleteRead):
        ask(hub.url, "/api/models?limit=3")


def test_a_connection_is_reset(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once("reset")) as hub, pytest.raises((ConnectionError, HTTPException)):
        ask(hub.url, "/api/models?limit=3")


def test_a_slow_body_is_whole_in_the_end(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY) as hub:
        expected = ask(hub.url, "/api/models?limit=3&sort=createdAt")
    with Hub(small_store, quotas=PLENTY, faults=once("slow_body")) as hub:
        assert ask(hub.url, "/api/models?limit=3&sort=createdAt").json == expected.json


def test_a_page_that_shrank_is_whole_json_and_leads_on_behind_what_it_lost(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once("shrunk_page")) as hub, Asking(hub.url) as asking:
        path = "/api/models?limit=10&sort=createdAt&direction=1"
        pages = [asking.get(path) for _ in range(MAX_FAULTS + 1)]
    assert [len(page.json) for page in pages] == [5] * MAX_FAULTS + [10]
    assert len({next_page(page) for page in pages}) == 1


def test_a_link_leads_to_another_host(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once("foreign_link")) as hub:
        assert str(next_page(ask(hub.url, "/api/models?limit=5"))).startswith("http://elsewhere.invalid/")


def test_a_firewall_takes_us_for_a_robot(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once("405")) as hub:
        answer = ask(hub.url, "/api/models?limit=5")
    assert (answer.status, answer.headers["content-type"]) == (405, "text/html")


def test_a_redirect_leads_back_to_itself_until_it_is_over(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once("redirected")) as hub, Asking(hub.url) as asking:
        path = "/api/models?limit=5"
        answers = [asking.get(path) for _ in range(MAX_FAULTS + 1)]
    assert [(answer.status, answer.headers.get("location")) for answer in answers] == [(307, path)] * MAX_FAULTS + [(200, None)]


@pytest.mark.parametrize("kind", ENDLESS)
def test_some_faults_only_the_client_ends(small_store: Store, kind: str) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once(kind)) as hub:
        connection = HTTPConnection(hub.url.removeprefix("http://"), timeout=0.3)
        with pytest.raises(TimeoutError if kind == "stall" else AssertionError):
            connection.request("GET", "/api/models?limit=5")
            got = connection.getresponse().read(5)
            assert got.strip() != b"", "blanks, and more of them than anybody waits for"
        connection.close()


def test_a_repeated_cursor_leads_to_the_same_page_until_it_is_asked_again(small_store: Store) -> None:
    with Hub(small_store, quotas=PLENTY, faults=once("repeated_cursor")) as hub, Asking(hub.url) as asking:
        path = "/api/models?limit=5&sort=createdAt&direction=1"
        links = [next_page(asking.get(path)) for _ in range(MAX_FAULTS + 1)]
        assert links[:-1] == [f"{hub.url}{path}"] * MAX_FAULTS
        assert "cursor=" in str(links[-1])


def test_whoever_tries_again_gets_everything(small_store: Store) -> None:
    """A plain client that takes a page only when it is whole, two models, and leads on."""
    with Hub(small_store, quotas=PLENTY, faults=Faults(share=0.5, seed=4, slow_seconds=0.01)) as hub:
        ids, following = [], "/api/models?limit=2&sort=createdAt&direction=1&expand=sha"
        while following:
            items, link = patient(hub.url, following)
            ids += [item["_id"] for item in items]
            following = link
        assert ids == list(small_store.hub_ids())
        assert hub.requests.count() > 40


def patient(url: str, path: str) -> tuple[list[dict[str, str]], str]:
    for _ in range(MAX_FAULTS + 1):
        try:
            answer = ask(url, path)
            link = next_page(answer) or ""
            leads_on = link.removeprefix(url) != path.removeprefix(url) and "elsewhere" not in link
            if answer.status == 200 and leads_on:
                items = orjson.loads(answer.body)
                if len(items) == 2:
                    return items, link
        except (OSError, HTTPException, orjson.JSONDecodeError):
            continue
    raise AssertionError(f"never served: {path}")
