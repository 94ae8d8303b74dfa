"""A complete crawl of a synthetic hub with faults and small quotas: nothing is lost, duplicated or refused."""

import gzip
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.faults import KINDS, Faults
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.synthetic.generate import generate_hub
from tests.crawler.crawl_runner import crawl, rows

MODELS = 300
QUOTAS = Quotas(window_seconds=2, api=15, resolvers=250)
# A seeded 429 would hide one that the crawler caused.
FAULTS = Faults(share=0.1, seed=5, kinds=tuple(kind for kind in KINDS if kind != "429"), slow_seconds=0.2)


@dataclass(frozen=True)
class Crawled:
    """The synthetic hub, and the warehouse after two crawls."""

    warehouse: Path
    truth: list[dict[str, Any]]
    cards: dict[str, bytes]  # by hub_id: the files README.md of the hub
    refused: int
    messages: list[str]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    folder = tmp_path_factory.mktemp("faulty-hub")
    store = generate_hub(folder / "hub.sqlite", MODELS, 7, folder / "truth")
    with PracticeHub(store, quotas=QUOTAS, faults=FAULTS) as hub:
        done = [crawl(folder / "warehouse", hub.url, spider, HUBLAKE_CRAWL_PAGE_SIZE="30") for spider in ("models", "cards")]
        refused = hub.requests.count(status=429)
    assert [run.returncode for run in done] == [0, 0], [run.stderr for run in done]
    with gzip.open(folder / "truth" / "models.jsonl.gz", "rt") as lines:
        truth = [json.loads(line) for line in lines]
    kept = {row["hub_id"]: store.file(row["hub_id"], "README.md") for row in truth}
    store.close()
    cards = {hub_id: file.body for hub_id, file in kept.items() if file is not None}
    return Crawled(folder / "warehouse", truth, cards, refused, [run.stdout for run in done])


def test_every_model_is_listed_once(crawled: Crawled) -> None:
    listed = Counter((row["hub_id"], row["repo_id"]) for row in rows(crawled.warehouse, "listings"))
    assert listed == Counter((row["hub_id"], row["model_id"]) for row in crawled.truth)
    assert len(listed) == MODELS


def test_every_card_that_the_hub_serves_is_stored_once_byte_for_byte(crawled: Crawled) -> None:
    fetched = rows(crawled.warehouse, "cards")
    served = {row["hub_id"]: crawled.cards[row["hub_id"]] for row in crawled.truth if row["card_status"] == 200}
    assert {row["hub_id"]: row["body"] for row in fetched if row["status"] == 200} == served
    assert len(served) > MODELS / 3
    assert max(Counter(row["hub_id"] for row in fetched).values()) == 1


def test_a_card_that_the_hub_does_not_serve_has_its_status(crawled: Crawled) -> None:
    expected = {row["hub_id"]: row["card_status"] for row in crawled.truth}
    refused = {row["hub_id"]: row["status"] for row in rows(crawled.warehouse, "cards") if row["status"] != 200}
    assert refused == {hub_id: expected[hub_id] for hub_id in refused}
    assert all(row["body"] is None for row in rows(crawled.warehouse, "cards") if row["status"] != 200)


def test_no_request_is_refused_despite_many_faults(crawled: Crawled) -> None:
    runs = rows(crawled.warehouse, "crawl_runs")
    assert crawled.refused == 0
    assert {run["outcome"] for run in runs} == {"finished"}
    assert sum(run["retries"] for run in runs) > 10
    assert all(run["failures"] == 0 and 0 < run["budget_share"] <= 1 for run in runs)


def test_each_card_takes_one_request_if_the_cache_has_it(tmp_path: Path) -> None:
    store = generate_hub(tmp_path / "hub.sqlite", 150, 7)
    with PracticeHub(store, quotas=Quotas(window_seconds=300, api=10_000, resolvers=10_000)) as hub:
        done = [crawl(tmp_path / "warehouse", hub.url, spider, HUBLAKE_CRAWL_DIRECT_CARDS="auto") for spider in ("models", "cards")]
        redirects, requests = hub.requests.count("resolvers", 307), hub.requests.count("resolvers")
        direct = sum(seen.path.startswith("/api/resolve-cache/") and seen.status == 200 for seen in hub.requests.last())
    store.close()
    assert [run.returncode for run in done] == [0, 0], [run.stderr for run in done]
    cards = rows(tmp_path / "warehouse", "cards")
    assert direct > 0.75 * len(cards)
    assert requests < 1.25 * len(cards)  # canonical names, gated repositories, LFS files and deleted ones need /resolve/
    assert redirects < 0.1 * len(cards)
