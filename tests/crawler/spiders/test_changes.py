"""A hub that moves on between crawls: what is new or changed, what stayed as it was, what was renamed, what has gone."""

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
class Moved:
    """What became of which model between the first crawl and the second, and the warehouse after it all."""

    warehouse: Path
    new_card: str
    same_card: str
    renamed: str
    deleted: str
    deleted_dataset: str


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    folder = tmp_path_factory.mktemp("moving-hub")
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
        before = Moved(folder, new_card, same_card, renamed, deleted, dataset)
        _move_on(store, before)
        for arguments in (["models", "--changed"], ["cards"], ["models", "--full"], ["datasets", "--full"]):
            done = crawl(folder, hub.url, *arguments, **small)
            assert done.returncode == 0, done.stderr
        yield before
    store.close()


def _move_on(store: Store, moved: Moved) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    store.write_file(moved.new_card, File("README.md", b"# Written anew"))
    store.write_file(moved.same_card, File("notes.txt", b"beside the card"))
    for name in (moved.new_card, moved.same_card):
        store.update(name, lastModified=now)
    new_id = f"{int(time.time()):08x}{'a' * 16}"
    item = {"_id": new_id, "id": NEW, "sha": "5" * 40, "createdAt": now, "lastModified": now, "siblings": [{"rfilename": "README.md"}]}
    store.add(Repo(new_id, NEW, "5" * 40, item, files=[File("README.md", b"# New")]))
    store.rename(moved.renamed, "other-author/other-name")
    store.delete(moved.deleted)
    store.delete(moved.deleted_dataset, "dataset")
    store.commit()


def test_a_crawl_of_changes_lists_what_is_new_and_what_was_changed(moved: Moved) -> None:
    (run,) = [run for run in rows(moved.warehouse, "crawl_runs") if run["kind"] == "changed"]
    listed = {row["repo_id"] for row in rows(moved.warehouse, "listings") if row["crawl_id"] == run["crawl_id"]}
    assert run["outcome"] == "finished"
    assert listed >= {NEW, moved.new_card, moved.same_card}
    assert len(listed) < 8  # with the newest of those known before: the overlap


def test_only_cards_of_other_commits_are_asked_for_and_the_unchanged_come_without_their_bytes(moved: Moved) -> None:
    first, second = sorted({row["crawl_id"] for row in rows(moved.warehouse, "cards")})
    cards = {row["repo_id"]: row for row in rows(moved.warehouse, "cards") if row["crawl_id"] == second}
    seen = {name: (row["status"], row["body"]) for name, row in cards.items()}
    assert seen == {NEW: (200, b"# New"), moved.new_card: (200, b"# Written anew"), moved.same_card: (304, None)}
    before = {row["repo_id"]: row for row in rows(moved.warehouse, "cards") if row["crawl_id"] == first}
    assert cards[moved.same_card]["etag"] == before[moved.same_card]["etag"]
    assert cards[moved.same_card]["sha"] != before[moved.same_card]["sha"]


def test_what_a_whole_listing_no_longer_holds_is_looked_at_before_it_is_called_removed(moved: Moved) -> None:
    checks = rows(moved.warehouse, "repo_checks")
    found = {(row["repo_type"], row["repo_id"]): (row["finding"], row["new_repo_id"], row["status"]) for row in checks}
    assert found == {
        ("model", moved.renamed): ("renamed", "other-author/other-name", None),
        ("model", moved.deleted): ("removed", None, 401),
        ("dataset", moved.deleted_dataset): ("removed", None, 401),
    }
