"""Load recorded answers of the Hub into a store: one JSON object a line, as its listing sent them, and the cards beside them."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

import orjson

from hublake.lake.errors import WrongUse
from hublake.sample_hub.draft import FLOOR
from hublake.sample_hub.store import File, Found, Repo, RepoType, Store

_BATCH = 5_000


def load_recorded(source: Path, store_path: Path) -> Store:
    """A finished store of what was recorded. `source` is a folder with models.jsonl.gz, or such a file of any name.

    Cards are taken from the file beside it whose name says cards where this one says models; there need not be one. A folder
    may hold datasets.jsonl.gz too; without it the hub has none. It knows no accounts: its routes of those answer 404.
    A name that comes twice counts with its last line. Raises WrongUse on a missing file or a line that cannot be read.
    """
    models, cards = _files(source)
    store = Store.create(store_path)
    try:
        for number, (place, item) in enumerate(_lines(models), start=1):
            store.add(_repo(item, place, "model"))
            if number % _BATCH == 0:
                store.commit()
        if store.count() == 0:
            raise WrongUse(f"{models} holds no model.")
        if source.is_dir() and (source / "datasets.jsonl.gz").is_file():
            for place, item in _lines(source / "datasets.jsonl.gz"):
                store.add(_repo(item, place, "dataset"))
        if cards.is_file():
            _add_cards(store, cards)
    except WrongUse:
        store.close()
        raise
    store.finish()
    return store


def stable_hub_id(item: dict[str, Any], repo_type: RepoType = "model") -> str:
    """An `_id` for an answer of a day when none was sent: the same in every recording, and ascending by creation like real ones.

    Without a date it begins with the second that the Hub gives to everything older than its dates.
    """
    created = item.get("createdAt")
    second = int(datetime.fromisoformat(created).timestamp()) if isinstance(created, str) else FLOOR
    name = item["id"] if repo_type == "model" else f"{repo_type}s/{item['id']}"
    return f"{second:08x}{sha1(name.encode(), usedforsecurity=False).hexdigest()[:16]}"


def _files(source: Path) -> tuple[Path, Path]:
    models = source / "models.jsonl.gz" if source.is_dir() else source
    if not models.is_file():
        what = f"{source} holds no models.jsonl.gz" if source.is_dir() else f"there is no folder or file {source}"
        raise WrongUse(f"{what}. Give a folder with models.jsonl.gz (and cards.jsonl.gz), or a file of listed models.")
    return models, models.with_name(models.name.replace("models", "cards", 1)) if "models" in models.name else models.with_name(
        "cards.jsonl.gz"
    )


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, object) of every line that is not blank."""
    try:
        with gzip.open(path, "rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{path}, line {number}", _object(line, f"{path}, line {number}")
    except (OSError, EOFError) as error:
        raise WrongUse(f"{path} cannot be read as gzip: {error}. Fetch it again.") from error


def _object(line: bytes, place: str) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            found = json.loads(line)  # takes halves of surrogate pairs and NaN, which orjson does not
        except ValueError as error:
            raise WrongUse(f"{place} is not JSON: {error}. Each line holds one object.") from error
    if not isinstance(found, dict) or not isinstance(found.get("id") or found.get("modelId"), str):
        raise WrongUse(f"{place}: no 'id' of a model. Each line holds one object as the Hub's listing answers it.")
    return found


def _repo(recorded: dict[str, Any], place: str, repo_type: RepoType) -> Repo:
    repo_id = recorded.get("id") or recorded["modelId"]
    item = {"_id": "", "id": repo_id, **recorded}
    try:
        item["_id"] = recorded.get("_id") or stable_hub_id(item, repo_type)
    except ValueError as error:
        raise WrongUse(f"{place}: createdAt cannot be read: {error}") from error
    # Older recordings lack the head commit; the file routes need one that stays.
    sha = recorded.get("sha") or sha1(f"{repo_id} head".encode(), usedforsecurity=False).hexdigest()
    gated = recorded.get("gated") or ""
    is_disabled = bool(recorded.get("disabled"))
    return Repo(item["_id"], repo_id, sha, item, "auto" if gated is True else str(gated), is_disabled, repo_type=repo_type)


def _add_cards(store: Store, cards: Path) -> None:
    """Status 200 is a card, 401 a model that was gone by then; what else was answered leaves the model without a card."""
    for number, (_, row) in enumerate(_lines(cards), start=1):
        found = store.find(row["id"])
        if found:
            _add_card(store, found, row)
        if number % _BATCH == 0:
            store.commit()


def _add_card(store: Store, found: Found, row: dict[str, Any]) -> None:
    if row.get("status") == 200 and isinstance(row.get("card"), str):
        store.add_file(found.hub_id, File("README.md", row["card"].encode("utf-8", "replace")))
    elif row.get("status") == 401:
        store.set_gone(found.hub_id)
