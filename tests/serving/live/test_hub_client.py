"""Requests of `--live`: retries, redirects, the token, and answers that cannot be right."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hublake.lake.errors import HublakeError
from hublake.serving.live import hub_client
from hublake.serving.live.hub_client import HubClient
from tests.crawler.scripted_hub import Answer, ReceivedRequest, ScriptedHub, json_answer

MODEL = {"_id": "a1", "id": "a/one"}


def client(hub: ScriptedHub, pauses: list[float] | None = None, token: str | None = None) -> HubClient:
    return HubClient(hub.url, token, 5.0, lambda _: None, (pauses if pauses is not None else []).append)


def first(answer: Answer, then: Answer) -> Callable[[ReceivedRequest], Answer]:
    return lambda request: answer if request.nth == 0 else then


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_model_that_the_hub_does_not_show_is_none(status: int) -> None:
    with ScriptedHub(lambda _: Answer(status)) as hub:
        assert client(hub).item("a/none") is None


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(429, headers={"ratelimit": '"api";r=0;t=7'}), 7),
        (Answer(429, headers={"Retry-After": "9"}), 9),
        (Answer(503, headers={"Retry-After": "99999"}), hub_client.LONGEST_WAIT),
        (Answer(502), 1),
        (Answer(429, headers={"ratelimit": "nonsense", "Retry-After": "soon"}), 1),
    ],
)
def test_a_refusal_is_retried_after_the_time_that_it_states(answer: Answer, seconds: float) -> None:
    pauses: list[float] = []
    with ScriptedHub(first(answer, json_answer(MODEL))) as hub:
        assert client(hub, pauses).item("a/one")
    assert pauses == [seconds]


def test_retries_end() -> None:
    with ScriptedHub(lambda _: Answer(500)) as hub, pytest.raises(HublakeError, match="answered 500 for the model a/one"):
        client(hub).item("a/one")
    assert len(hub.requests) == hub_client.ATTEMPTS


def test_the_token_is_sent_to_the_endpoint_alone() -> None:
    with ScriptedHub(lambda _: Answer(200, b"card")) as elsewhere:
        redirect = Answer(302, headers={"Location": f"{elsewhere.url}/file"})
        with ScriptedHub(lambda _: redirect) as hub:
            assert client(hub, token="hf_secret").card("a/one", None) == b"card"
        assert [request.headers.get("Authorization") for request in hub.requests] == ["Bearer hf_secret"]
        assert [request.headers.get("Authorization") for request in elsewhere.requests] == [None]


def test_a_former_name_leads_to_the_present_one() -> None:
    def route(request: ReceivedRequest) -> Answer:
        is_old = request.path == "/api/models/a/old"
        return Answer(307, headers={"Location": "/api/models/a/one"}) if is_old else json_answer(MODEL)

    with ScriptedHub(route) as hub:
        assert '"a/one"' in (client(hub).item("a/old") or "")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer(302, headers={"Location": "/x"}), "redirects in a circle"),
        (Answer(302, headers={"Location": "file:///etc/passwd"}), "no|none of the web"),
        (Answer(200, b'{"id": "a/one"}', cut=5), "ended early"),
        (Answer(is_reset=True), "cannot be reached"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(answer: Answer, problem: str) -> None:
    with ScriptedHub(lambda _: answer) as hub, pytest.raises(HublakeError, match=problem):
        client(hub).item("a/one")


def test_fields_that_the_hub_refuses_are_not_requested_again() -> None:
    def route(request: ReceivedRequest) -> Answer:
        return Answer(400) if "spaces" in request.query["expand[]"] else json_answer(MODEL)

    with ScriptedHub(route) as hub:
        asked = client(hub)
        assert asked.item("a/one")
        assert asked.item("a/two")
    assert len(hub.requests) == 4


def test_an_overlong_card_is_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_client, "MAX_CARD_BYTES", 10)
    with ScriptedHub(lambda _: Answer(200, b"x" * 11)) as hub:
        assert client(hub).card("a/one", None) is None


def test_pages_are_followed_on_the_same_host_only() -> None:
    def route(request: ReceivedRequest) -> Answer:
        if "cursor" not in request.query:
            lines = ('<https://h/first>; rel="first"', f'<{hub.url}/api/models?cursor=2>; rel="next"')
            return replace(json_answer([MODEL]), headers={"Link": lines})
        return json_answer([MODEL, "no model"], Link='<http://127.0.0.1:9/api/models?cursor=3>; rel="next"')

    with ScriptedHub(route) as hub:
        assert list(client(hub).items([("sort", "likes")])) == [MODEL, MODEL]
    assert len(hub.requests) == 2


def test_a_next_page_whose_address_cannot_be_parsed_ends_the_list() -> None:
    with ScriptedHub(lambda _: json_answer([MODEL], Link='<http://[::1/x>; rel="next"')) as hub:
        assert list(client(hub).items([])) == [MODEL]
