"""Real crawls of datasets, Spaces and accounts of a synthetic hub: everything is stored once, and nothing is requested twice."""

import gzip
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from hublake.crawler.account_frontier import account_frontier, model_owners, parse_overview, stored_accounts, stored_kinds
from hublake.crawler.crawl_ids import utc_now
from hublake.crawler.hub_api import InvalidResponse
from hublake.crawler.listings.stored import ListingCrawl, StoredListing
from hublake.lake.delta.tables import append
from hublake.lake.opt_out import OptOut
from hublake.lake.schema.bronze import ACCOUNTS, LISTINGS
from hublake.lake.settings import Settings
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.faults import KINDS, Faults
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.store import RepoType, Store
from hublake.sample_hub.synthetic.generate import generate_hub
from tests.crawler.crawl_runner import ROOT, crawl, rows

MODELS = 300
UNLIMITED = Quotas(window_seconds=300, api=1_000_000, resolvers=1_000_000, pages=1_000_000)
FAULTS = Faults(share=0.05, seed=3, kinds=tuple(kind for kind in KINDS if kind not in ("429", "slow_body")))


SPIDERS = ("models", "datasets", "spaces", "cards --of datasets --workers 2", "accounts")


@dataclass(frozen=True)
class Crawled:
    """The synthetic hub, the warehouse after all crawls, with one owner and one dataset opted out, and the requested paths."""

    folder: Path
    warehouse: Path
    store: Store
    messages: dict[str, str]
    paths: list[str]
    owner: str
    dataset: str

    def truth(self, name: str) -> list[dict[str, Any]]:
        return truth_in(self.folder, name)

    def is_opted_out(self, name: str) -> bool:
        return name == self.dataset or name.split("/")[0] == self.owner


def truth_in(folder: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(folder / "truth" / f"{name}.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


def conf_without(folder: Path, *ids: str) -> Path:
    """Copy the shipped conf/ and opt these ids out."""
    shutil.copytree(ROOT / "conf", folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "opt_out.csv").write_text("id,reason,source\n" + "".join(f"{name},paths to,letter\n" for name in ids))
    return folder


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("everything")
    store = generate_hub(folder / "hub.sqlite", MODELS, 7, folder / "truth")
    owner = max(truth_in(folder, "accounts"), key=lambda row: int(row["models"]))["account"]
    dataset = next(row["dataset_id"] for row in truth_in(folder, "datasets") if row["card_status"] == 200)
    conf = conf_without(folder / "conf", owner.upper(), dataset)
    messages, paths = {}, []
    with PracticeHub(store, quotas=UNLIMITED, faults=FAULTS) as hub:
        for spider in SPIDERS:
            done = crawl(folder / "warehouse", hub.url, *spider.split(), HUBLAKE_CRAWL_PAGE_SIZE="20", HUBLAKE_CONF=str(conf))
            assert done.returncode == 0, done.stderr
            messages[spider] = done.stdout
        paths = [seen.path for seen in hub.requests.last() if seen.status in (200, 404)]
    yield Crawled(folder, folder / "warehouse", store, messages, paths, owner, dataset)
    store.close()


def test_every_repository_is_listed_once_except_those_that_opted_out(crawled: Crawled) -> None:
    listed = rows(crawled.warehouse, "listings")
    for repo_type in get_args(RepoType):
        there = {hub_id: json.loads(crawled.store.item(hub_id))["id"] for hub_id in crawled.store.hub_ids(repo_type)}
        found = Counter((row["hub_id"], row["repo_id"]) for row in listed if row["repo_type"] == repo_type)
        assert found == Counter((hub_id, name) for hub_id, name in there.items() if not crawled.is_opted_out(name))
    datasets = [json.loads(row["body"]) for row in listed if row["repo_type"] == "dataset"]
    assert all({"siblings", "tags", "createdAt"} <= set(item) for item in datasets), "with what expand gives"


def test_every_dataset_card_that_the_hub_serves_is_stored_once_byte_for_byte(crawled: Crawled) -> None:
    fetched = rows(crawled.warehouse, "cards")
    assert {row["repo_type"] for row in fetched} == {"dataset"}
    served = [
        row["hub_id"] for row in crawled.truth("datasets") if row["card_status"] == 200 and not crawled.is_opted_out(row["dataset_id"])
    ]
    kept = {hub_id: crawled.store.file(hub_id, "README.md") for hub_id in served}
    assert {row["hub_id"]: row["body"] for row in fetched if row["status"] == 200} == {key: file.body for key, file in kept.items() if file}
    assert max(Counter(row["hub_id"] for row in fetched).values()) == 1


def test_every_owner_of_a_model_is_looked_up_once_and_has_the_generated_kind(crawled: Crawled) -> None:
    expected = {row["account"]: row for row in crawled.truth("accounts") if row["models"] and not crawled.is_opted_out(row["account"])}
    found = rows(crawled.warehouse, "accounts")
    assert sorted(row["account"] for row in found) == sorted(expected)
    for row in found:
        generated = expected[row["account"]]
        assert row["status"] == generated["status"]
        assert row["kind"] == (generated["kind"] if generated["status"] == 200 else None)
        assert (row["body"] is not None) == (generated["status"] == 200)


def test_a_user_takes_one_request_and_an_organisation_at_most_two(crawled: Crawled) -> None:
    owners = [row for row in crawled.truth("accounts") if row["models"] and not crawled.is_opted_out(row["account"])]
    paths = sum(path.endswith("/overview") for path in crawled.paths)
    assert len(owners) <= paths <= sum(1 if row["kind"] == "user" and row["status"] == 200 else 2 for row in owners)


def test_opted_out_repositories_are_not_requested(crawled: Crawled) -> None:
    assert not [path for path in crawled.paths if f"/{crawled.owner}/" in path or f"/{crawled.dataset}/" in path]


def test_the_closing_message_names_what_was_stored(crawled: Crawled) -> None:
    for spider in SPIDERS:
        assert re.match(rf"\d+ {spider.split()[0]} stored in ", crawled.messages[spider])


def test_a_full_crawl_requests_accounts_again_by_the_right_route(crawled: Crawled) -> None:
    with PracticeHub(crawled.store, quotas=UNLIMITED) as hub:
        assert crawl(crawled.warehouse, hub.url, "accounts", "--full", "--limit", "40").returncode == 0
        again = Counter(row["account"] for row in rows(crawled.warehouse, "accounts"))
        gone = {row["account"] for row in crawled.truth("accounts") if row["status"] == 404}
        twice = [account for account, number in again.items() if number == 2]
        assert hub.requests.count() == 40 + len(gone.intersection(twice))
        assert len(twice) == 40


DAY = date(2026, 8, 21)
LISTING = StoredListing(ListingCrawl("c1", DAY, utc_now(), 0, is_finished=True))


def list_models_of(warehouse: Path, *ids: str | None) -> Settings:
    config = Settings(warehouse=str(warehouse))
    shared = {"crawl_id": "c1", "snapshot_date": DAY, "repo_type": "model", "page": 0, "fetched_at": utc_now()}
    append(config.location, LISTINGS, [{**shared, "position": n, "repo_id": name, "body": "{}"} for n, name in enumerate(ids)], {})
    return config


def test_each_owner_is_listed_once_and_canonical_models_have_none(tmp_path: Path) -> None:
    config = list_models_of(tmp_path, "b/x", "a/x", "b/y", "gpt2", None, "a/x/z")
    assert model_owners(config, LISTING).to_pylist() == ["a", "b"]


def test_stored_accounts_are_not_requested_and_a_gone_one_is_requested_for_the_next_listing(tmp_path: Path) -> None:
    config = list_models_of(tmp_path, "a/x", "b/x", "c/x", "d/x")
    accounts = [("a", 200, date(2026, 8, 1)), ("b", 404, date(2026, 8, 1)), ("c", 404, DAY)]
    shared = {"crawl_id": "c0", "kind": "user", "fetched_at": utc_now()}
    append(config.location, ACCOUNTS, [{**shared, "account": a, "status": s, "snapshot_date": d} for a, s, d in accounts], {})
    left = account_frontier(model_owners(config, LISTING), stored_accounts(config, DAY), OptOut())
    assert left == ["b", "d"]
    assert stored_kinds(config) == {"a": "user"}


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"user": "a"', b"\xff{}"])
def test_an_overview_is_one_complete_json_object(body: bytes) -> None:
    with pytest.raises(InvalidResponse):
        parse_overview(body)


def test_organisations_are_read_whatever_else_an_overview_contains() -> None:
    body = '{"user": "é", "orgs": [{"name": "lab"}, null, {"name": 3}, "x"], "n": 1e999}'
    assert parse_overview(body.encode()) == (body, ["lab"])
    assert parse_overview(b'{"orgs": null}')[1] == []
