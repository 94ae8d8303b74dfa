"""Where a hub to be served lies: one SQLite file, so that memory does not grow with the number of models.

Made and recorded hubs are loaded into the same tables; tests change them while a crawler walks.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

import orjson

from lake.errors import WrongUse
from lake.vocabulary import RELATIONS
from sample_hub.keyset import After, Order, branches

Filter = tuple[str, tuple[Any, ...]]  # SQL condition and its values
Row = tuple[Any, str, bytes]  # sort key, _id, item

_COMPLETE = 1  # user_version of a store whose loading ended

_TABLES = """
CREATE TABLE repos (
  hub_id TEXT NOT NULL UNIQUE, model_id TEXT NOT NULL, lower_id TEXT NOT NULL, author TEXT, sha TEXT NOT NULL,
  downloads INTEGER, likes INTEGER, trending_score REAL, last_modified TEXT,
  gated TEXT NOT NULL, is_disabled INTEGER NOT NULL, is_gone INTEGER NOT NULL, item BLOB NOT NULL);
CREATE INDEX repos_by_name ON repos (lower_id);
CREATE TABLE files (hub_id TEXT NOT NULL, path TEXT NOT NULL, is_lfs INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (hub_id, path));
CREATE TABLE old_names (lower_id TEXT PRIMARY KEY, hub_id TEXT NOT NULL);
CREATE TABLE base_tags (tag TEXT NOT NULL, hub_id TEXT NOT NULL);
CREATE INDEX base_tags_by_repo ON base_tags (hub_id);
"""
_INDEXES = """
CREATE INDEX repos_by_downloads ON repos (downloads DESC, hub_id);
CREATE INDEX repos_by_likes ON repos (likes DESC, hub_id);
CREATE INDEX repos_by_trending_score ON repos (trending_score DESC, hub_id);
CREATE INDEX repos_by_last_modified ON repos (last_modified DESC, hub_id);
CREATE INDEX repos_by_author ON repos (author, hub_id);
CREATE INDEX base_tags_by_tag ON base_tags (tag, hub_id);
"""


@dataclass(frozen=True, slots=True)
class File:
    """A file that the hub can hand out; `etag` is the git blob sha1, or the sha256 of an LFS file."""

    path: str
    body: bytes
    is_lfs: bool = False

    @property
    def etag(self) -> str:
        if self.is_lfs:
            return sha256(self.body).hexdigest()
        return sha1(b"blob %d\0" % len(self.body) + self.body, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Repo:
    """A model with the files kept of it. `item` holds every field a listing can show; `gated` is what the file routes enforce now."""

    hub_id: str
    model_id: str
    sha: str
    item: Mapping[str, Any]
    gated: str = ""
    is_disabled: bool = False
    is_gone: bool = False  # still listed, but every other route says it is not there
    files: Sequence[File] = ()
    old_names: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Found:
    """What the routes need to know of a repo before they read its item."""

    hub_id: str
    model_id: str
    sha: str
    gated: str
    is_disabled: bool
    is_gone: bool


class Store:
    """One hub on disk. Every change is visible to the server at once."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    @classmethod
    def create(cls, path: Path) -> "Store":
        """An empty store in place of whatever lay at `path`; call `finish` when everything is in."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        store = cls(path, _connected(path))
        store._db.executescript("PRAGMA journal_mode = OFF;" + _TABLES)
        return store

    @classmethod
    def open(cls, path: Path) -> "Store":
        """A finished store. Raises WrongUse where there is none, or only a half-made one."""
        if not path.is_file():
            raise WrongUse(f"no store of a hub at {path}. Make one first (sample_hub.make.make_hub).")
        connection = _connected(path)
        if connection.execute("PRAGMA user_version").fetchone()[0] != _COMPLETE:
            connection.close()
            raise WrongUse(f"{path} is not a finished store of a hub: its making was cut short. Make it again.")
        return cls(path, connection)

    def finish(self) -> None:
        """Build the indexes that paging needs and mark the store as whole."""
        self._db.commit()
        self._db.executescript(_INDEXES + f"PRAGMA user_version = {_COMPLETE};")
        self._db.execute("PRAGMA journal_mode = MEMORY")

    def close(self) -> None:
        self._db.close()

    # --- loading and changing -------------------------------------------------------------------------------------------

    def add(self, repo: Repo) -> None:
        """Put a repo in, in place of one with the same hub_id."""
        try:
            self._write_repo(repo)
        except sqlite3.IntegrityError:
            self._forget(repo.hub_id)
            self._write_repo(repo)
        for file in repo.files:
            self.add_file(repo.hub_id, file)
        for name in repo.old_names:
            self._db.execute("INSERT OR REPLACE INTO old_names VALUES (?, ?)", (name.lower(), repo.hub_id))

    def add_file(self, hub_id: str, file: File) -> None:
        """Keep a file of a model that is in, whether its siblings list it or not."""
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", (hub_id, file.path, file.is_lfs, file.body))

    def set_gone(self, hub_id: str) -> None:
        """From now on the model is listed, but every other route says that it is not there."""
        self._db.execute("UPDATE repos SET is_gone = 1 WHERE hub_id = ?", (hub_id,))

    def commit(self) -> None:
        """Make what was added lasting; the next addition begins a new batch."""
        self._db.commit()

    def update(self, model_id: str, **fields: Any) -> None:
        """Set keys of a model's item, such as downloads=5; None takes a key away."""
        repo = self._repo(model_id)
        item = {key: value for key, value in {**repo.item, **fields}.items() if value is not None}
        gated = item.get("gated") or "" if "gated" in fields else repo.gated
        self._db.execute("DELETE FROM repos WHERE hub_id = ?", (repo.hub_id,))
        self._db.execute("DELETE FROM base_tags WHERE hub_id = ?", (repo.hub_id,))
        self._write_repo(
            Repo(
                repo.hub_id,
                item["id"],
                item.get("sha") or repo.sha,
                item,
                gated,
                bool(item.get("disabled", repo.is_disabled)),
                repo.is_gone,
            )
        )
        self.commit()

    def rename(self, model_id: str, new_id: str) -> None:
        """Give a model a new name; the old one answers 307 from now on. Its children's tags stay as they are."""
        repo = self._repo(model_id)
        author = {"author": new_id.split("/")[0]} if "/" in new_id else {"author": None}
        self.update(model_id, id=new_id, modelId=new_id, **author)
        self._db.execute("INSERT OR REPLACE INTO old_names VALUES (?, ?)", (repo.model_id.lower(), repo.hub_id))
        self.commit()

    def delete(self, model_id: str) -> None:
        """Take a model off the hub: no longer listed, and every route says that it is not there."""
        self._forget(self._repo(model_id).hub_id)
        self.commit()

    def write_file(self, model_id: str, file: File) -> None:
        """Push a file: new content, new sha, and a sibling that lists it."""
        repo = self._repo(model_id)
        self.add_file(repo.hub_id, file)
        siblings = list(repo.item.get("siblings") or [])
        if all(sibling["rfilename"] != file.path for sibling in siblings):
            siblings.append({"rfilename": file.path})
        pushed = sha1(f"{repo.sha} {file.path} {file.etag}".encode(), usedforsecurity=False).hexdigest()
        self.update(model_id, sha=pushed, siblings=siblings)

    def _forget(self, hub_id: str) -> None:
        for table in ("repos", "files", "old_names", "base_tags"):
            self._db.execute(f"DELETE FROM {table} WHERE hub_id = ?", (hub_id,))

    def _repo(self, model_id: str) -> Repo:
        found = self.find(model_id)
        if found is None:
            raise KeyError(model_id)
        item = orjson.loads(self.item(found.hub_id))
        return Repo(found.hub_id, found.model_id, found.sha, item, found.gated, found.is_disabled, found.is_gone)

    def _write_repo(self, repo: Repo) -> None:
        item = repo.item
        author = item.get("author") or (repo.model_id.split("/")[0] if "/" in repo.model_id else None)
        names = (repo.hub_id, repo.model_id, repo.model_id.lower(), author)
        sort_keys = [item.get(key) for key in ("downloads", "likes", "trendingScore", "lastModified")]
        self._db.execute(
            "INSERT INTO repos VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*names, repo.sha, *sort_keys, repo.gated, repo.is_disabled, repo.is_gone, orjson.dumps(item)),
        )
        based = [(tag, repo.hub_id) for tag in item.get("tags") or () if isinstance(tag, str) and tag.startswith("base_model:")]
        if based:
            self._db.executemany("INSERT INTO base_tags VALUES (?, ?)", based)

    # --- reading --------------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """Models that a full walk lists."""
        return int(self._db.execute("SELECT count(*) FROM repos").fetchone()[0])

    def has_name(self, model_id: str) -> bool:
        """Whether a model has or had that name, in whatever case."""
        query = "SELECT 1 FROM repos WHERE lower_id = ?1 UNION ALL SELECT 1 FROM old_names WHERE lower_id = ?1"
        return self._db.execute(query, (model_id.lower(),)).fetchone() is not None

    def find(self, model_id: str) -> Found | None:
        """The model of that name: in that very case, or else in another, as the Hub looks names up."""
        row = self._db.execute(
            "SELECT hub_id, model_id, sha, gated, is_disabled, is_gone FROM repos WHERE lower_id = ?"
            " ORDER BY model_id = ? DESC, hub_id LIMIT 1",
            (model_id.lower(), model_id),
        ).fetchone()
        return row and Found(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]))

    def current_name(self, old_id: str) -> str | None:
        """The name that a renamed model has now; None where no model ever had `old_id`."""
        row = self._db.execute(
            "SELECT model_id FROM old_names JOIN repos USING (hub_id) WHERE old_names.lower_id = ?", (old_id.lower(),)
        ).fetchone()
        return row and str(row[0])

    def item(self, hub_id: str) -> bytes:
        """Every field of a model, as JSON."""
        return bytes(self._db.execute("SELECT item FROM repos WHERE hub_id = ?", (hub_id,)).fetchone()[0])

    def file(self, hub_id: str, path: str) -> File | None:
        """A file that is kept; None for one that only the siblings name, or nobody does."""
        row = self._db.execute("SELECT path, body, is_lfs FROM files WHERE hub_id = ? AND path = ?", (hub_id, path)).fetchone()
        return row and File(row[0], row[1], bool(row[2]))

    def hub_ids(self) -> Iterator[str]:
        """Every `_id`, ascending: the order of a createdAt walk."""
        yield from (row[0] for row in self._db.execute("SELECT hub_id FROM repos ORDER BY hub_id"))

    def children_by_relation(self, model_id: str) -> dict[str, int]:
        """How many models carry a typed tag for this base."""
        tags = {relation: f"base_model:{relation}:{model_id}" for relation in RELATIONS}
        query = "SELECT count(*) FROM base_tags WHERE tag = ?"
        return {relation: self._db.execute(query, (tag,)).fetchone()[0] for relation, tag in tags.items()}

    def page(self, order: Order, after: After | None, filters: Sequence[Filter], limit: int) -> list[Row]:
        """Up to `limit` rows behind `after`. A filter by anything but author and base model reads every row it passes over."""
        conditions = [condition for condition, _ in filters]
        values = [value for _, given in filters for value in given]
        rows: list[Row] = []
        for condition, given in branches(order, after):
            where = " AND ".join([condition, *conditions])
            query = f"SELECT {order.column}, hub_id, item FROM repos WHERE {where} ORDER BY {order.sql} LIMIT ?"
            rows += self._db.execute(query, (*given, *values, limit - len(rows))).fetchall()
            if len(rows) == limit:
                break
        return rows


def tag_filter(tag: str) -> Filter:
    """Keeps the models with that very tag."""
    if tag.startswith("base_model:"):
        return "hub_id IN (SELECT hub_id FROM base_tags WHERE tag = ?)", (tag,)
    in_tags = "EXISTS (SELECT 1 FROM json_each(CAST(item AS TEXT), '$.tags') WHERE value = ?)"
    return f"instr(item, ?) > 0 AND {in_tags}", (orjson.dumps(tag), tag)  # the cheap test first


def _connected(path: Path) -> sqlite3.Connection:
    """Safe to share between the server's thread and a test's: SQLite is built serialized, each call stands alone."""
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -16384")  # KiB; a fixed bound, whatever the size of the hub
    return connection
