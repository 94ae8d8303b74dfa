"""What a probe reports of a hub, and what a crawl of it would cost."""

import json
from datetime import date
from pathlib import Path

import pytest

from hublake.crawler.probe_findings import Measured, ascending, cost_findings
from hublake.lake.rate_limits import RateLimit
from tests.crawler.crawl_runner import crawl, rows
from tests.crawler.scripted_hub import Answer, ReceivedRequest, card_answer, json_answer, model, scripted_hub

DEFAULTS = {"api": (500, 300.0), "resolvers": (3000, 300.0)}
FULL = Measured(1000, 3_000_000, has_next=True, card_share=0.5, requests_per_card=2)


@pytest.mark.parametrize(
    ("measured", "known", "expected"),
    [
        (
            FULL,
            2_000_000,
            ["2,000,000 (in the newest listing", "2,000 requests, 0.3 hours", "1,000,000 cards (50% of the first page), 2,000,000"],
        ),
        (FULL, None, ["3,153,871 (assumed: a census of 2026-10-03", "3,154 requests, 0.5 hours", "1,576,936 cards"]),
        (Measured(7, 700, card_share=1.0), None, ["7 (counted: they are all on one page)", "1 requests, 0.0 hours", "7 cards (100%"]),
        (Measured(), None, []),
    ],
)
def test_the_cost_follows_from_the_first_page_and_the_number_of_models(measured: Measured, known: int | None, expected: list[str]) -> None:
    found = [finding.answer for finding in cost_findings(measured, known, date(2026, 10, 13), DEFAULTS)]
    assert len(found) == len(expected)
    assert all(answer.startswith(start) for answer, start in zip(found, expected, strict=True)), found


def test_an_announced_quota_takes_precedence() -> None:
    measured = Measured(1000, 1, has_next=True, quotas={"api": RateLimit("api", 1, 1, 1000, 300)})
    assert "2,000 requests, 0.2 hours" in cost_findings(measured, 2_000_000, date(2026, 10, 13), DEFAULTS)[1].answer


@pytest.mark.parametrize(
    ("ids", "is_ascending"), [(["a", "b"], True), (["a", "a"], False), (["b", "a"], False), (["a", None], False), ([], True)]
)
def test_ids_ascend_strictly_or_not(ids: list[str | None], *, is_ascending: bool) -> None:
    assert ascending(ids) is is_ascending


def old_hub(request: ReceivedRequest) -> Answer:
    """A hub that refuses a field in words of 2024, ignores the direction, and has neither a resolve cache nor overviews."""
    if request.path in ("/api/models", "/api/datasets", "/api/spaces"):
        if "xetEnabled" in request.query.get("expand[]", []):
            return json_answer({"error": '"expand" must be one of [sha, siblings]'}, 400)
        return json_answer([model(n) for n in range(3)], RateLimit='"api";r=9;t=5', RateLimit_Policy='"api";q=10;w=5')
    return card_answer(b"# x") if "/resolve/" in request.path else Answer(404)


def test_a_probe_reports_what_the_hub_answers_and_stores_it_where_a_warehouse_is(tmp_path: Path) -> None:
    with scripted_hub(old_hub) as hub:
        stored = crawl(tmp_path, hub.url, "models", "--probe")
        elsewhere = crawl(tmp_path / "none", hub.url, "models", "--probe")
    assert (stored.returncode, elsewhere.returncode) == (0, 0), stored.stderr + elsewhere.stderr
    assert "Not stored" in elsewhere.stdout
    assert not (tmp_path / "none").exists()
    assert not (tmp_path / "bronze" / "crawl_runs").exists()
    assert len(hub.requests) < 2 * 12
    found = {row["question"]: row for row in rows(tmp_path, "hub_probes")}
    assert found["fields of models"]["answer"].startswith("2 of 30 given; refused: author, baseModels")
    assert "400, read: " in found["fields of models"]["answer"]
    assert found["first page"]["answer"].startswith("3 items for 1,000 requested")
    assert found["quota of listings"]["answer"] == "bucket api, 10 in 5 s; 9 left for 5 s"
    assert found["newest first"]["answer"] == "not in descending order"
    assert found["card by /resolve/"]["status"] == 200
    assert found["card by the resolve cache"]["answer"].startswith("not served: status 404")
    assert found["models"]["answer"].startswith("3 (counted")
    assert [row["status"] for row in found.values() if row["question"].startswith("overview")] == [404, 404]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(200, b"<html>Welcome", {"Content-Type": "text/html"}), "first page"),
        (Answer(200, json.dumps({"hello": "world"}).encode()), "page is not a JSON array"),
        (Answer(400, b"No"), "400, not understood: No"),
        (Answer(403, b"No \x1b[2J"), "status 403"),
        (Answer(429, b"", {"Retry-After": "600"}), "429, the quota is used up"),
        (Answer(404, b"", {"RateLimit": '"api";r=0;t=3000'}), "used up by this probe"),
    ],
)
def test_a_probe_of_something_else_says_so(answer: Answer, message: str, tmp_path: Path) -> None:
    with scripted_hub(lambda _: answer) as hub:
        done = crawl(tmp_path / "none", hub.url, "models", "--probe")
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_a_probe_stores_no_listing(tmp_path: Path) -> None:
    done = crawl(tmp_path, "http://127.0.0.1:1", "models", "--probe", "--full")
    assert (done.returncode, done.stderr.strip()) == (
        2,
        "hublake: --probe stores no listing: it excludes --limit, --full, --changed and --new",
    )
