"""An error in the crawler itself, of whatever kind, ends a crawl with a message and exit code 1: it never hangs.

A panic of a compiled library, such as delta-rs, is a BaseException and no Exception: what catches Exception lets it pass.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawler.crawl_runner import ROOT, environment, rows
from tests.crawler.scripted_hub import Answer, ReceivedRequest, card_answer, json_answer, listing, model, scripted_hub

# A crawl in whose process a function raises an error. Arguments: module:class.function, error, how many calls succeed before, command.
CRAWL = """
import functools, importlib, sys
from hublake.lake.cli import main

class Panic(BaseException):
    pass

place, error, successes, *command = sys.argv[1:]
module, _, path = place.partition(":")
*owner, name = path.split(".")
target = functools.reduce(getattr, owner, importlib.import_module(module))
real, calls = getattr(target, name), []

@functools.wraps(real)
def broken(*args, **kwargs):
    calls.append(1)
    if len(calls) <= int(successes):
        return real(*args, **kwargs)
    raise {"Panic": Panic, "OverflowError": OverflowError, "TypeError": TypeError}[error]("planted")

setattr(target, name, broken)
main(command)
"""

MODELS = [model(n) for n in range(6)]


def hub_route(request: ReceivedRequest) -> Answer:
    if request.path == "/api/models":
        return listing(MODELS, 2)(request)
    return json_answer({"name": "x"}) if request.path.startswith("/api/") else card_answer(b"# x")


def crawl_broken(warehouse: Path, endpoint: str, place: str, error: str, successes: int, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CRAWL, place, error, str(successes), *command.split()],
        env=environment(warehouse, endpoint, HUBLAKE_CRAWL_PAGE_SIZE="2", HUBLAKE_CRAWL_BATCH_ROWS="2", HUBLAKE_CRAWL_MAX_ATTEMPTS="2"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# Where it breaks -> (error, successful calls before, command, part of the message).
PANICS = {
    "hublake.lake.delta.tables:_write": ("Panic", 0, "crawl models", "cannot write bronze."),
    "hublake.crawler.http.quota_pacer:QuotaPacer.record_answer": ("OverflowError", 1, "crawl models", "an error in PacingMiddleware"),
    "hublake.crawler.http.middlewares:is_foreign_page": ("Panic", 1, "crawl models", "an error in RetryMiddleware"),
    "hublake.crawler.spiders.listing:split_page": ("TypeError", 1, "crawl models", "an error in the crawler: TypeError: planted"),
    "hublake.crawler.spiders.listing:read_stored_pages": ("Panic", 0, "crawl models", "cannot read the warehouse"),
    "hublake.crawler.spiders.listing:find_unfinished_listing": ("Panic", 0, "crawl models", "planted"),
}


@pytest.mark.parametrize("place", PANICS)
def test_an_error_of_any_kind_ends_the_crawl_with_a_message(place: str, tmp_path: Path) -> None:
    error, successes, command, message = PANICS[place]
    with scripted_hub(hub_route) as hub:
        done = crawl_broken(tmp_path, hub.url, place, error, successes, command)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "planted" in done.stderr
    assert message in done.stderr


def test_an_error_at_one_card_costs_that_card(tmp_path: Path) -> None:
    with scripted_hub(hub_route) as hub:
        assert crawl_broken(tmp_path, hub.url, "hublake.lake.paths:is_local", "Panic", 10_000, "crawl models").returncode == 0
        done = crawl_broken(tmp_path, hub.url, "hublake.crawler.spiders.cards:detect_encoding", "TypeError", 5, "crawl cards")
    assert done.returncode == 1
    assert "requests given up: 1" in done.stderr
    assert len(rows(tmp_path, "cards")) == 5
    assert "TypeError: planted" in rows(tmp_path, "crawl_failures")[0]["reason"]
