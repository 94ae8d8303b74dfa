"""Real card crawls of a scripted hub: which cards are requested, what bronze stores, what is given up."""

import hashlib
import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hublake.lake.delta.tables import append
from hublake.lake.paths import Location
from hublake.lake.schema.bronze import LISTINGS
from tests.crawler.crawl_runner import crawl, rows
from tests.crawler.scripted_hub import Answer, ReceivedRequest, card_answer, json_answer, model, scripted_hub

DAY = date(2026, 8, 21)
HTML = Answer(200, b"<html>are you human</html>", {"Content-Type": "text/html"})
LFS_BODY = b"# bytes of an LFS file"
LFS_ETAG = hashlib.sha256(LFS_BODY).hexdigest()


def add_listing(warehouse: Path, models: list[dict[str, Any]]) -> None:
    """Store the models as a listing crawl of that day would have."""
    shared = {"crawl_id": "20260821T000000Z-000000", "snapshot_date": DAY, "repo_type": "model", "page": 0, "fetched_at": datetime.now(UTC)}
    items = [
        {**shared, "position": n, "hub_id": item["_id"], "repo_id": item["id"], "body": json.dumps(item)} for n, item in enumerate(models)
    ]
    append(Location(str(warehouse)), LISTINGS, items, {})


def redirect(request: ReceivedRequest) -> Answer:
    """Redirect as the Hub does for a plain git file: 307 to the immutable copy, with a relative URL."""
    place, _, name = request.path.partition("/resolve/")
    return Answer(307, b"Temporary Redirect.", {"Location": f"/api/resolve-cache/models{place}/{name}?%2Fx=&etag=%22a%22"})


def in_turn(*answers: Answer) -> Callable[[ReceivedRequest], Answer]:
    """Return a route that gives one answer after the other, and repeats the last."""
    return lambda request: answers[min(request.nth, len(answers) - 1)]


def redirect_three_times(request: ReceivedRequest) -> Answer:
    """Redirect three times within the hub, then as usual."""
    hop = int(request.query.get("hop", ["0"])[0])
    return redirect(request) if hop == 3 else Answer(307, b"", {"Location": f"{request.path}?hop={hop + 1}"})


# Requested repository -> (route, the row that must result: (status, body, encoding, is_truncated), or None for no row).
UTF16 = "# Titel ä".encode("utf-16")
KINDS: dict[str, tuple[Callable[[ReceivedRequest], Answer], tuple[int, bytes | None, str | None, bool] | None]] = {
    "m/plain": (redirect, (200, b"# plain", "utf-8", False)),
    "gpt2": (in_turn(card_answer(b"# direct")), (200, b"# direct", "utf-8", False)),
    "m/empty": (in_turn(card_answer(b"")), (200, b"", "utf-8", False)),
    "m/packed": (in_turn(Answer(200, b"# packed", {"ETag": '"f-1"'}, is_packed=True)), (200, b"# packed", "utf-8", False)),
    "m/bom": (in_turn(card_answer(b"\xef\xbb\xbf# x")), (200, b"\xef\xbb\xbf# x", "utf-8-sig", False)),
    "m/utf16": (in_turn(card_answer(UTF16)), (200, UTF16, "utf-16-le", False)),
    "m/binary": (in_turn(card_answer(b"\x89PNG\xff")), (200, b"\x89PNG\xff", "unknown", False)),
    "m/odd..name.git": (in_turn(card_answer(b"odd")), (200, b"odd", "utf-8", False)),
    "m/sp ace": (in_turn(card_answer(b"space")), (200, b"space", "utf-8", False)),
    "m/gated": (in_turn(json_answer({"error": "restricted"}, 401)), (401, None, None, False)),
    "m/disabled": (in_turn(json_answer({"error": "disabled"}, 403)), (403, None, None, False)),
    "m/missing": (in_turn(Answer(404, b"Entry not found", {"ETag": 'W/"f-x"'})), (404, None, None, False)),
    "m/gone": (in_turn(Answer(410)), (410, None, None, False)),
    "m/withheld": (in_turn(Answer(451)), (451, None, None, False)),
    "m/challenged": (in_turn(HTML, Answer(405, b"<html>"), card_answer(b"at last")), (200, b"at last", "utf-8", False)),
    "m/overloaded": (in_turn(Answer(500), card_answer(b"now")), (200, b"now", "utf-8", False)),
    "m/cut": (in_turn(Answer(200, b"whole card", cut=3), card_answer(b"whole card")), (200, b"whole card", "utf-8", False)),
    "m/garbled": (in_turn(Answer(200, b"part", card_answer(b"all").headers), card_answer(b"all")), (200, b"all", "utf-8", False)),
    "m/own-etag": (in_turn(Answer(200, b"mine", {"ETag": f'"{"0" * 40}"'})), (200, b"mine", "utf-8", False)),
    "m/long": (in_turn(card_answer(b"x" * 300_000)), (200, b"x" * 1000, "utf-8", True)),
    "m/lfs": (in_turn(Answer(302, b"", {"Location": "/cdn/lfs", "X-Linked-ETag": f'"{LFS_ETAG}"'})), (200, LFS_BODY, "utf-8", False)),
    **{
        f"m/status-{status}": (in_turn(Answer(status, b"<html>"), card_answer(b"now")), (200, b"now", "utf-8", False))
        for status in (408, 502, 503, 504, 520)
    },
    "m/refused": (in_turn(Answer(429, headers={"Retry-After": "0"}), card_answer(b"now")), (200, b"now", "utf-8", False)),
    "m/until": (
        in_turn(Answer(429, headers={"Retry-After": "Fri, 21 Aug 2026 00:00:00 GMT"}), card_answer(b"now")),
        (200, b"now", "utf-8", False),
    ),
    "m/reset": (in_turn(*[Answer(is_reset=True)] * 3, card_answer(b"now")), (200, b"now", "utf-8", False)),
    "m/stalled": (in_turn(Answer(delay_seconds=6.0), card_answer(b"now")), (200, b"now", "utf-8", False)),
    "m/endless": (in_turn(Answer(200, b"#", is_endless=True), card_answer(b"now")), (200, b"now", "utf-8", False)),
    "m/bad-gzip": (in_turn(Answer(200, b"#", {"Content-Encoding": "gzip"}), card_answer(b"now")), (200, b"now", "utf-8", False)),
    "m/chain": (redirect_three_times, (200, b"# plain", "utf-8", False)),
    "m/elsewhere": (in_turn(Answer(302, b"", {"Location": "http://files.example/lfs"})), None),
    "m/loop": (lambda request: Answer(307, b"", {"Location": request.path}), None),
    "m/never": (in_turn(HTML), None),
}


def hub_of_kinds(elsewhere: str) -> Callable[[ReceivedRequest], Answer]:
    def route(request: ReceivedRequest) -> Answer:
        if request.path.startswith("/api/resolve-cache/"):
            return card_answer(b"# plain")
        if request.path == "/api/models":  # requested after a 401 that may mean the token
            return json_answer([])
        if request.path == "/cdn/lfs":
            return Answer(200, LFS_BODY, {"ETag": '"of-the-cdn"'})
        name = request.path.split("/resolve/")[0].strip("/").replace("%20", " ")
        if name == "m/lfs-file_server":
            return Answer(302, b"", {"Location": f"{elsewhere}/lfs", "X-Linked-ETag": LFS_ETAG})
        return KINDS[name][0](request)

    return route


def test_each_response_becomes_the_right_row(tmp_path: Path) -> None:
    models = [{**model(n), "id": name} for n, name in enumerate([*KINDS, "m/lfs-file_server"])]
    add_listing(tmp_path, [*models, {**model(90, card=False), "id": "m/no-card"}])
    bounds = {"HUBLAKE_CRAWL_MAX_CARD_BYTES": "1000", "HUBLAKE_CRAWL_MAX_ATTEMPTS": "3", "HUBLAKE_CRAWL_TIMEOUT_SECONDS": "4"}
    with scripted_hub(in_turn(Answer(200, LFS_BODY))) as file_server, scripted_hub(hub_of_kinds(file_server.url)) as hub:
        done = crawl(tmp_path, hub.url, "cards", HF_TOKEN="geheim", **bounds)
        requests_before = len(hub.requests)
        again = crawl(tmp_path, hub.url, "cards", HF_TOKEN="geheim", **bounds)
        requested_again = {request.path.split("/resolve/")[0].strip("/") for request in hub.requests[requests_before:]}
    assert done.returncode == 1
    assert done.stderr.startswith("hublake: requests given up: 3 (last: ")

    first, second = (run["crawl_id"] for run in sorted(rows(tmp_path, "crawl_runs"), key=lambda run: run["started_at"]))
    cards = {row["repo_id"]: row for row in rows(tmp_path, "cards") if row["crawl_id"] == first}
    shown = {name: (row["status"], row["body"], row["encoding"], row["is_truncated"]) for name, row in cards.items()}
    assert shown == {
        **{name: expected for name, (_, expected) in KINDS.items() if expected is not None},
        "m/lfs-file_server": (200, LFS_BODY, "utf-8", False),
    }
    assert {row["snapshot_date"] for row in cards.values()} == {DAY}
    assert {name: cards[name]["etag"] for name in ("gpt2", "m/lfs", "m/packed", "m/missing")} == {
        "gpt2": hashlib.sha1(b"blob 8\0# direct").hexdigest(), "m/lfs": LFS_ETAG, "m/packed": "f-1", "m/missing": None,
    }  # fmt: skip
    assert {name: cards[name]["card_bytes"] for name in ("m/empty", "m/long", "m/gone")} == {
        "m/empty": 0,
        "m/long": 300_000,
        "m/gone": None,
    }

    failures = {row["hub_id"]: row for row in rows(tmp_path, "crawl_failures") if row["crawl_id"] == first}
    reasons = {item["id"]: failures[item["_id"]]["reason"] for item in models if item["_id"] in failures}
    assert reasons.keys() == {"m/loop", "m/never", "m/elsewhere"}
    assert "max redirections" in reasons["m/loop"]
    assert "HTML page" in reasons["m/never"]
    assert "another host" in reasons["m/elsewhere"]
    assert ["Authorization" in request.headers for request in file_server.requests] == [False]
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"geheim" in path.read_bytes()]
    assert "geheim" not in done.stdout + done.stderr
    assert "m/no-card" not in {request.path.split("/resolve/")[0].strip("/") for request in hub.requests}

    # A second crawl requests only what bronze does not store as a card yet.
    assert again.returncode == 1
    fetched = {name for name, row in cards.items() if row["status"] == 200}
    assert requested_again - {"api/models"} == {item["id"] for item in models} - fetched
    assert {row["repo_id"] for row in rows(tmp_path, "cards") if row["crawl_id"] == second} == cards.keys() - fetched


def test_full_fetches_all_again_and_a_limit_leaves_the_rest(tmp_path: Path) -> None:
    add_listing(tmp_path, [model(n) for n in range(5)])
    with scripted_hub(in_turn(card_answer(b"# x"))) as hub:
        first = crawl(tmp_path, hub.url, "cards", "--limit", "3")
        second = crawl(tmp_path, hub.url, "cards", "--full")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "3 cards stored" in first.stdout
    assert "5 cards stored" in second.stdout
    assert [run["outcome"] for run in sorted(rows(tmp_path, "crawl_runs"), key=lambda run: run["started_at"])] == ["limited", "finished"]


def model_number(request: ReceivedRequest) -> int:
    return int(request.path.partition("model-")[2].partition("/")[0])


def test_an_outage_pauses_the_crawl_until_the_hub_answers_again(tmp_path: Path) -> None:
    add_listing(tmp_path, [model(n) for n in range(60)])
    down: list[float] = []

    def route(request: ReceivedRequest) -> Answer:
        if model_number(request) == 20 and not down:
            down.append(time.monotonic())
        if down and time.monotonic() < down[0] + 4:  # three tries and their pauses take at most 3 s
            return Answer(503) if model_number(request) % 2 else Answer(is_reset=True)
        return card_answer(b"# x")

    with scripted_hub(route) as hub:
        done = crawl(tmp_path, hub.url, "cards", HUBLAKE_CRAWL_MAX_ATTEMPTS="3")  # an outage uses up attempts only until it is detected
        sent = len(hub.requests)
    assert (done.returncode, "60 cards stored" in done.stdout) == (0, True), done.stderr
    assert len({row["hub_id"] for row in rows(tmp_path, "cards")}) == 60
    assert sent < 60 + 16 + 2 * 16 + 10  # those in flight, and a few probes
    assert rows(tmp_path, "crawl_failures") == []
    (log,) = (tmp_path / "_logs").glob("crawl-cards-*.log")
    assert "the hub does not answer" in log.read_text()
    assert "the hub answers again" in log.read_text()


def test_a_hub_that_stays_down_ends_the_crawl_and_loses_nothing(tmp_path: Path) -> None:
    add_listing(tmp_path, [model(n) for n in range(200)])
    paths: set[str] = set()

    def route(request: ReceivedRequest) -> Answer:
        paths.add(request.path)
        return Answer(503) if len(paths) > 20 else card_answer(b"# x")

    with scripted_hub(route) as hub:
        done = crawl(tmp_path, hub.url, "cards", HUBLAKE_CRAWL_MAX_ATTEMPTS="5", HUBLAKE_CRAWL_OUTAGE_SECONDS="1")
        sent = len(hub.requests)
    assert done.returncode == 1
    assert "gave no usable answer" in done.stderr
    assert sent < 100  # it did not try all the others
    assert len(rows(tmp_path, "cards")) >= 12
    assert f"{len(rows(tmp_path, 'cards'))} cards stored" in done.stderr
    assert rows(tmp_path, "crawl_runs")[0]["outcome"] == "failed"


def test_if_the_cache_serves_cards_each_takes_one_request(tmp_path: Path) -> None:
    add_listing(
        tmp_path, [*(model(n) for n in range(20)), {**model(90), "id": "m/lfs"}, {**model(91), "id": "gpt2"}, model(92, gated="auto")]
    )

    def route(request: ReceivedRequest) -> Answer:
        is_cached = request.path.startswith("/api/resolve-cache/")
        return Answer(404) if is_cached and "/m/lfs/" in request.path else card_answer(request.path.encode())

    with scripted_hub(route) as hub:
        done = crawl(tmp_path, hub.url, "cards", HUBLAKE_CRAWL_DIRECT_CARDS="auto")
        paths = hub.paths()
    assert done.returncode == 0, done.stderr
    assert len(rows(tmp_path, "cards")) == 23
    by_resolve = {path.partition("/resolve/")[0] for path in paths if "/resolve/" in path}
    assert by_resolve == {"/m/lfs", "/gpt2", "/owner2/model-92"}
    assert len(paths) == 24  # the LFS card is requested twice


def test_if_the_hub_does_not_serve_the_cache_it_is_disabled(tmp_path: Path) -> None:
    add_listing(tmp_path, [model(n) for n in range(60)])

    def route(request: ReceivedRequest) -> Answer:
        return Answer(404) if request.path.startswith("/api/resolve-cache/") else card_answer(request.path.encode())

    with scripted_hub(route) as hub:
        done = crawl(tmp_path, hub.url, "cards", HUBLAKE_CRAWL_DIRECT_CARDS="auto")
        cached = [path for path in hub.paths() if path.startswith("/api/resolve-cache/")]
    assert done.returncode == 0, done.stderr
    assert {row["status"] for row in rows(tmp_path, "cards")} == {200}
    assert len(rows(tmp_path, "cards")) == 60
    assert 3 <= len(cached) < 40  # those in flight when that was detected
