"""Further days of the hub in synthetic_bronze: each day some models are new, changed, renamed, removed or back, and some cards change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha1
from random import Random
from typing import Any

from benchmarks.synthetic_bronze import CRAWLED_AT, SpiderRows, add_item, card_row
from hublake.lake.hub_requests import CARD_FILE
from hublake.lake.paths import Location
from hublake.lake.schema.bronze import CARDS, LISTINGS
from hublake.sample_hub.store import File, Repo
from hublake.sample_hub.synthetic.draft import repo_of
from hublake.sample_hub.synthetic.generate import END, stream_models

PARTS = {"new": 0.1, "renamed": 0.05, "of another parent": 0.1}  # of the changed models
CHANGED_CARDS = 0.3  # of the changed models
GONE_SHARE = 0.002  # of all models, in a full listing
SENTENCE = "\n\n## Limitations\n\nOn day {day} we found that the answers of revision {sha} are wrong for long questions in {word}.\n"
WORDS = ("law", "medicine", "history", "arithmetic", "poetry", "chemistry")
BASE_TAG = "base_model:"


class ChangingHub:
    """The models of that hub, in memory. The first day is that of `write_bronze` with the same arguments."""

    def __init__(self, models: int, seed: int) -> None:
        self._random = Random(f"{seed} days")
        self._repos = {repo.hub_id: repo for repo in (repo_of(draft, END) for draft in stream_models(models, seed))}
        self._gone: list[Repo] = []
        self._day = 0

    def write_day(self, location: Location, changed_share: float, *, full: bool = False, skipped: int = 0) -> datetime:
        """Write the crawls of the next day, `skipped` days later; returns its time. Only a full listing shows which models are gone."""
        self._day += 1 + skipped
        at = CRAWLED_AT + timedelta(days=self._day)
        touched = self._change(changed_share, at)
        if full:
            self._remove_and_restore()
        listed = SpiderRows(location, "models", LISTINGS, at, None if full else "changed")
        cards = SpiderRows(location, "cards", CARDS, at, "changed")
        for repo in self._repos.values() if full else [self._repos[hub_id] for hub_id in touched]:
            add_item(listed, repo)
        for hub_id, is_new_card in touched.items():
            self._add_card(cards, self._repos[hub_id], is_new_card=is_new_card)
        listed.finish()
        cards.finish()
        return at

    def _change(self, share: float, at: datetime) -> dict[str, bool]:
        """hub_id of each new and changed model, and whether it has a new card."""
        chosen = self._random.sample(sorted(self._repos), max(10, round(share * len(self._repos))))
        found = {}
        for number, hub_id in enumerate(chosen):
            place, old = number / len(chosen), self._repos[hub_id]
            if place < PARTS["new"]:
                hub_id = sha1(f"{hub_id} {self._day}".encode(), usedforsecurity=False).hexdigest()[:24]
                changed = _with(replace(old, hub_id=hub_id), {"_id": hub_id, **_named(f"{old.repo_id}-v{self._day}")})
            elif place < PARTS["new"] + PARTS["renamed"]:
                changed = _with(old, _named(f"{old.repo_id}-renamed-{self._day}"))
            elif place < PARTS["new"] + PARTS["renamed"] + PARTS["of another parent"]:
                changed = self._with_parent(old, self._repos[self._random.choice(chosen)].repo_id)
            else:
                changed = _with(old, {"downloads": int(old.item.get("downloads") or 0) + self._random.randrange(1, 500)})
            changed = self._committed(changed, at)
            is_new_card = self._random.random() < CHANGED_CARDS
            self._repos[hub_id] = self._with_card(changed) if is_new_card else changed
            found[hub_id] = is_new_card or place < PARTS["new"]
        return found

    def _committed(self, repo: Repo, at: datetime) -> Repo:
        sha = sha1(f"{repo.hub_id} {self._day}".encode(), usedforsecurity=False).hexdigest()
        return _with(replace(repo, sha=sha), {"sha": sha, "lastModified": f"{at:%Y-%m-%dT%H:%M:%S}.000Z"})

    def _with_parent(self, repo: Repo, parent: str) -> Repo:
        others = [tag for tag in repo.item.get("tags", ()) if not tag.startswith(BASE_TAG)]
        front = dict(repo.item.get("cardData") or {}) | {"base_model": parent}
        return _with(
            repo, {"tags": [*others, f"{BASE_TAG}{parent}", f"{BASE_TAG}finetune:{parent}"], "cardData": front, "baseModels": None}
        )

    def _with_card(self, repo: Repo) -> Repo:
        added = SENTENCE.format(day=self._day, sha=repo.sha[:8], word=self._random.choice(WORDS)).encode()
        files = [replace(file, body=file.body + added) if file.path == CARD_FILE else file for file in repo.files]
        return replace(repo, files=files)

    def _remove_and_restore(self) -> None:
        back, self._gone = self._gone[::2], self._gone[1::2]
        removed = self._random.sample(sorted(self._repos), round(GONE_SHARE * len(self._repos)))
        self._gone += [self._repos.pop(hub_id) for hub_id in removed]
        self._repos |= {repo.hub_id: repo for repo in back}

    @staticmethod
    def _add_card(cards: SpiderRows, repo: Repo, *, is_new_card: bool) -> None:
        """The card is fetched if the model lists one; the Hub answers 304 if it has not changed."""
        card: File | None = next((file for file in repo.files if file.path == CARD_FILE), None)
        if card is None or not any(sibling["rfilename"] == CARD_FILE for sibling in repo.item.get("siblings", ())):
            return
        row = card_row(repo, 200 if is_new_card else 304, cards.at)
        cards.add({**cards.crawl, **row, "etag": card.etag}, len(row["body"] or b""))


def _named(repo_id: str) -> dict[str, Any]:
    return {"id": repo_id, "modelId": repo_id}


def _with(repo: Repo, fields: dict[str, Any]) -> Repo:
    """The repository with other values in its item."""
    item = {**repo.item, **fields}
    return replace(repo, item=item, repo_id=str(fields.get("id", repo.repo_id)))


def full_days(days: int, every: int) -> Sequence[bool]:
    """Which of the days after the first have a full listing.

    >>> full_days(4, 3)
    [False, False, True, False]
    """
    return [number % every == 0 for number in range(1, days + 1)]
