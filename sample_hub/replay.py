"""Loads recorded responses of the Hub into a store: listed items as JSON lines, and the cards in a second file."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

import orjson

from hublake.lake.errors import WrongUse
from hublake.sample_hub.store import File, Repo, RepoRecord, RepoType, Store
from hublake.sample_hub.synthetic.draft import FLOOR

_BATCH = 5_000


def load_recording(source: Path, store_path: Path) -> Store:
    """A finished store of a recording. `source` is a folder with models.jsonl.gz, or such a file of any name.

    Cards are read from the file in the same folder that is named "cards" instead of "models"; it is optional. A folder may also
    contain datasets.jsonl.gz; without it the hub has no datasets. The hub has no accounts: their routes return 404.
    Of a name that appears twice the last line counts. Raises WrongUse where a file is missing or a line cannot be read.
    """
    models, cards = _files(source)
    store = Store.create(store_path)
    try:
        for number, (location, item) in enumerate(_lines(models), start=1):
            store.add(_repo(item, location, "model"))
            if number % _BATCH == 0:
                store.commit()
        if store.count() == 0:
            raise WrongUse(f"{models} contains no model.")
        if source.is_dir() and (source / "datasets.jsonl.gz").is_file():
            for location, item in _lines(source / "datasets.jsonl.gz"):
                store.add(_repo(item, location, "dataset"))
        if cards.is_file():
            _add_cards(store, cards)
    except WrongUse:
        store.close()
        raise
    store.finish()
    return store


def stable_hub_id(item: dict[str, Any], repo_type: RepoType = "model") -> str:
    """An `_id` for an item of a time when the Hub sent none. It is the same in every recording and ascends with creation, like real ones.

    An item without a date gets the timestamp of the Hub's oldest repositories.
    """
    created = item.get("createdAt")
    second = int(datetime.fromisoformat(created).timestamp()) if isinstance(created, str) else FLOOR
    name = item["id"] if repo_type == "model" else f"{repo_type}s/{item['id']}"
    return f"{second:08x}{sha1(name.encode(), usedforsecurity=False).hexdigest()[:16]}"


def _files(source: Path) -> tuple[Path, Path]:
    models = source / "models.jsonl.gz" if source.is_dir() else source
    if not models.is_file():
        problem = f"{source} contains no models.jsonl.gz" if source.is_dir() else f"there is no folder or file {source}"
        raise WrongUse(f"{problem}. Pass a folder with models.jsonl.gz (and cards.jsonl.gz), or a file of listed models.")
    return models, models.with_name(models.name.replace("models", "cards", 1)) if "models" in models.name else models.with_name(
        "cards.jsonl.gz"
    )


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(location, object) of every line that is not blank."""
    try:
        with gzip.open(path, "rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{path}, line {number}", _object(line, f"{path}, line {number}")
    except (OSError, EOFError) as error:
        raise WrongUse(f"{path} cannot be read as gzip: {error}. Download it again.") from error


def _object(line: bytes, location: str) -> dict[str, Any]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            found = json.loads(line)  # accepts lone surrogates and NaN, which orjson rejects
        except ValueError as error:
            raise WrongUse(f"{location} is not JSON: {error}. Each line must contain one object.") from error
    if not isinstance(found, dict) or not isinstance(found.get("id") or found.get("modelId"), str):
        raise WrongUse(f"{location}: no 'id' of a model. Each line must contain one item of the Hub's listing.")
    return found


def _repo(recorded: dict[str, Any], location: str, repo_type: RepoType) -> Repo:
    repo_id = recorded.get("id") or recorded["modelId"]
    item = {"_id": "", "id": repo_id, **recorded}
    try:
        item["_id"] = recorded.get("_id") or stable_hub_id(item, repo_type)
    except ValueError as error:
        raise WrongUse(f"{location}: createdAt cannot be read: {error}") from error
    # Older recordings lack the head commit; the file routes need a stable one.
    sha = recorded.get("sha") or sha1(f"{repo_id} head".encode(), usedforsecurity=False).hexdigest()
    gated = recorded.get("gated") or ""
    is_disabled = bool(recorded.get("disabled"))
    return Repo(item["_id"], repo_id, sha, item, "auto" if gated is True else str(gated), is_disabled, repo_type=repo_type)


def _add_cards(store: Store, cards: Path) -> None:
    """Status 200 is a card, 401 a model that was deleted by then. With any other status the model has no card."""
    for number, (_, row) in enumerate(_lines(cards), start=1):
        repo = store.find(row["id"])
        if repo:
            _add_card(store, repo, row)
        if number % _BATCH == 0:
            store.commit()


def _add_card(store: Store, repo: RepoRecord, row: dict[str, Any]) -> None:
    if row.get("status") == 200 and isinstance(row.get("card"), str):
        store.add_file(repo.hub_id, File("README.md", row["card"].encode("utf-8", "replace")))
    elif row.get("status") == 401:
        store.set_gone(repo.hub_id)
