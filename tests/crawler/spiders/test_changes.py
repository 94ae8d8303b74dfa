"""A hub that changes between crawls: new, changed, unchanged, renamed and removed repositories."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.store import File, Repo, Store
from hublake.sample_hub.synthetic.generate import generate_hub
from tests.crawler.crawl_runner import crawl, rows

MODELS = 90
NEW = "new-author/new-model"


@dataclass(frozen=True)
class Changes:
    """What happened to which repository between the first crawl and the second, and the warehouse afterwards."""

    warehouse: Path
    new_card: str
    same_card: str
    renamed: str
    deleted: str
    deleted_dataset: str


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Changes]:
    folder = tmp_path_factory.mktemp("changing-hub")
    store = generate_hub(folder / "hub.sqlite", MODELS, 7)
    small = {"HUBLAKE_CRAWL_PAGE_SIZE": "20"}
    with PracticeHub(store, quotas=Quotas(5, 100_000, 100_000)) as hub:
        for what in ("models", "datasets", "cards"):
            assert crawl(folder, hub.url, what, **small).returncode == 0
        newest = max(
            row["hub_id"] for row in rows(folder, "listings") if row["repo_type"] == "model"
        )  # which a crawl of changes lists again
        plain = [
            row["repo_id"]
            for row in rows(folder, "cards")
            if row["status"] == 200 and row["card_bytes"] and len(row["etag"]) == 40 and row["hub_id"] != newest
        ]
        dataset = next(row["repo_id"] for row in rows(folder, "listings") if row["repo_type"] == "dataset")
        new_card, same_card, renamed, deleted = sorted(plain)[:4]
        before = Changes(folder, new_card, same_card, renamed, deleted, dataset)
        _change(store, before)
        for arguments in (["models", "--changed"], ["cards"], ["models", "--full"], ["datasets", "--full"]):
            done = crawl(folder, hub.url, *arguments, **small)
            assert done.returncode == 0, done.stderr
        yield before
    store.close()


def _change(store: Store, changes: Changes) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    store.write_file(changes.new_card, File("README.md", b"# Rewritten"))
    store.write_file(changes.same_card, File("notes.txt", b"next to the card"))
    for name in (changes.new_card, changes.same_card):
        store.update(name, lastModified=now)
    new_id = f"{int(time.time()):08x}{'a' * 16}"
    item = {"_id": new_id, "id": NEW, "sha": "5" * 40, "createdAt": now, "lastModified": now, "siblings": [{"rfilename": "README.md"}]}
    store.add(Repo(new_id, NEW, "5" * 40, item, files=[File("README.md", b"# New")]))
    store.rename(changes.renamed, "other-author/other-name")
    store.delete(changes.deleted)
    store.delete(changes.deleted_dataset, "dataset")
    store.commit()


def test_a_crawl_of_changes_lists_new_and_changed_repositories(changes: Changes) -> None:
    (run,) = [run for run in rows(changes.warehouse, "crawl_runs") if run["kind"] == "changed"]
    listed = {row["repo_id"] for row in rows(changes.warehouse, "listings") if row["crawl_id"] == run["crawl_id"]}
    assert run["outcome"] == "finished"
    assert listed >= {NEW, changes.new_card, changes.same_card}
    assert len(listed) < 8  # including the newest known before, because of the overlap


def test_only_cards_of_new_commits_are_requested_and_unchanged_ones_come_without_bytes(changes: Changes) -> None:
    first, second = sorted({row["crawl_id"] for row in rows(changes.warehouse, "cards")})
    cards = {row["repo_id"]: row for row in rows(changes.warehouse, "cards") if row["crawl_id"] == second}
    seen = {name: (row["status"], row["body"]) for name, row in cards.items()}
    assert seen == {NEW: (200, b"# New"), changes.new_card: (200, b"# Rewritten"), changes.same_card: (304, None)}
    before = {row["repo_id"]: row for row in rows(changes.warehouse, "cards") if row["crawl_id"] == first}
    assert cards[changes.same_card]["etag"] == before[changes.same_card]["etag"]
    assert cards[changes.same_card]["sha"] != before[changes.same_card]["sha"]


def test_a_repository_missing_from_a_full_listing_is_checked_before_it_counts_as_removed(changes: Changes) -> None:
    checks = rows(changes.warehouse, "repo_checks")
    found = {(row["repo_type"], row["repo_id"]): (row["finding"], row["new_repo_id"], row["status"]) for row in checks}
    assert found == {
        ("model", changes.renamed): ("renamed", "other-author/other-name", None),
        ("model", changes.deleted): ("removed", None, 401),
        ("dataset", changes.deleted_dataset): ("removed", None, 401),
    }
