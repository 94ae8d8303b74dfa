"""Where a hub to be served lies: one SQLite file, so that memory does not grow with the number of models.

Made and recorded hubs are loaded into the same tables; tests change them while a crawler walks.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any, Literal

import orjson

from hublake.lake.enums import RELATIONS
from hublake.lake.errors import WrongUse
from hublake.sample_hub.keyset import After, Order, branches
from hublake.sample_hub.store_tables import COMPLETE, INDEXES, TABLES, Filter, connected

RepoType = Literal["model", "dataset", "space"]
AccountKind = Literal["user", "organisation"]
Row = tuple[Any, str, bytes]  # sort key, _id, item


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
    """A repo with the files kept of it. `item` holds every field a listing can show; `gated` is what the file routes enforce now."""

    hub_id: str
    repo_id: str
    sha: str
    item: Mapping[str, Any]
    gated: str = ""
    is_disabled: bool = False
    is_gone: bool = False  # still listed, but every other route says it is not there
    files: Sequence[File] = ()
    old_names: Sequence[str] = field(default=())
    repo_type: RepoType = "model"


@dataclass(frozen=True, slots=True)
class Found:
    """What the routes need to know of a repo before they read its item."""

    hub_id: str
    repo_id: str
    sha: str
    gated: str
    is_disabled: bool
    is_gone: bool
    repo_type: RepoType


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
        store = cls(path, connected(path))
        store._db.executescript("PRAGMA journal_mode = OFF;" + TABLES)
        return store

    @classmethod
    def open(cls, path: Path) -> "Store":
        """A finished store. Raises WrongUse where there is none, or only a half-made one."""
        if not path.is_file():
            raise WrongUse(f"no store of a hub at {path}. Make one first (sample_hub.make.make_hub).")
        connection = connected(path)
        if connection.execute("PRAGMA user_version").fetchone()[0] != COMPLETE:
            connection.close()
            raise WrongUse(f"{path} is not a finished store of a hub: its making was cut short. Make it again.")
        return cls(path, connection)

    def finish(self) -> None:
        """Build the indexes that paging needs and mark the store as whole."""
        self._db.commit()
        self._db.executescript(INDEXES + f"PRAGMA user_version = {COMPLETE};")
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
            self._write_old_name(repo, name)

    def add_file(self, hub_id: str, file: File) -> None:
        """Keep a file of a repo that is in, whether its siblings list it or not."""
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", (hub_id, file.path, file.is_lfs, file.body))

    def add_account(self, name: str, kind: AccountKind, overview: Mapping[str, Any]) -> None:
        """Put a user or an organisation in; the two kinds share one set of names."""
        self._db.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?, ?)", (name.lower(), kind, orjson.dumps(overview)))

    def set_gone(self, hub_id: str) -> None:
        """From now on the repo is listed, but every other route says that it is not there."""
        self._db.execute("UPDATE repos SET is_gone = 1 WHERE hub_id = ?", (hub_id,))

    def commit(self) -> None:
        """Make what was added lasting; the next addition begins a new batch."""
        self._db.commit()

    def update(self, repo_id: str, repo_type: RepoType = "model", **fields: Any) -> None:
        """Set keys of a repo's item, such as downloads=5; None takes a key away."""
        repo = self._repo(repo_id, repo_type)
        item = {key: value for key, value in {**repo.item, **fields}.items() if value is not None}
        self._db.execute("DELETE FROM repos WHERE hub_id = ?", (repo.hub_id,))
        self._db.execute("DELETE FROM base_tags WHERE hub_id = ?", (repo.hub_id,))
        self._write_repo(
            replace(
                repo,
                repo_id=item["id"],
                sha=item.get("sha") or repo.sha,
                item=item,
                gated=item.get("gated") or "" if "gated" in fields else repo.gated,
                is_disabled=bool(item.get("disabled", repo.is_disabled)),
            )
        )
        self.commit()

    def rename(self, repo_id: str, new_id: str, repo_type: RepoType = "model") -> None:
        """Give a repo a new name; the old one answers 307 from now on. Its children's tags stay as they are."""
        repo = self._repo(repo_id, repo_type)
        named = {"id": new_id, "author": new_id.split("/")[0] if "/" in new_id else None}
        self.update(repo_id, repo_type, **named, **({"modelId": new_id} if repo_type == "model" else {}))
        self._write_old_name(repo, repo.repo_id)
        self.commit()

    def delete(self, repo_id: str, repo_type: RepoType = "model") -> None:
        """Take a repo off the hub: no longer listed, and every route says that it is not there."""
        self._forget(self._repo(repo_id, repo_type).hub_id)
        self.commit()

    def write_file(self, repo_id: str, file: File, repo_type: RepoType = "model") -> None:
        """Push a file: new content, new sha, a sibling that lists it, and the newest lastModified of the hub."""
        repo = self._repo(repo_id, repo_type)
        self.add_file(repo.hub_id, file)
        siblings = list(repo.item.get("siblings") or [])
        if all(sibling["rfilename"] != file.path for sibling in siblings):
            siblings.append({"rfilename": file.path})
        pushed = sha1(f"{repo.sha} {file.path} {file.etag}".encode(), usedforsecurity=False).hexdigest()
        self.update(repo_id, repo_type, sha=pushed, siblings=siblings, lastModified=self._next_moment())

    def _next_moment(self) -> str:
        """A second after anything that happened on this hub, so that what is pushed leads the order by lastModified."""
        last = self._db.execute("SELECT max(last_modified) FROM repos").fetchone()[0]
        second = int(datetime.fromisoformat(last).timestamp()) + 1 if last else 0
        return f"{datetime.fromtimestamp(second, UTC).isoformat()[:19]}.000Z"

    def _forget(self, hub_id: str) -> None:
        for table in ("repos", "files", "old_names", "base_tags"):
            self._db.execute(f"DELETE FROM {table} WHERE hub_id = ?", (hub_id,))

    def _repo(self, repo_id: str, repo_type: RepoType) -> Repo:
        found = self.find(repo_id, repo_type)
        if found is None:
            raise KeyError(repo_id)
        item = orjson.loads(self.item(found.hub_id))
        switches = (found.gated, found.is_disabled, found.is_gone)
        return Repo(found.hub_id, found.repo_id, found.sha, item, *switches, repo_type=repo_type)

    def _write_repo(self, repo: Repo) -> None:
        item = repo.item
        author = item.get("author") or (repo.repo_id.split("/")[0] if "/" in repo.repo_id else None)
        names = (repo.hub_id, repo.repo_type, repo.repo_id, repo.repo_id.lower(), author)
        sort_keys = [item.get(key) for key in ("downloads", "likes", "trendingScore", "lastModified")]
        self._db.execute(
            "INSERT INTO repos VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*names, repo.sha, *sort_keys, repo.gated, repo.is_disabled, repo.is_gone, orjson.dumps(item)),
        )
        based = [(tag, repo.hub_id) for tag in item.get("tags") or () if isinstance(tag, str) and tag.startswith("base_model:")]
        if based:
            self._db.executemany("INSERT INTO base_tags VALUES (?, ?)", based)

    def _write_old_name(self, repo: Repo, name: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO old_names VALUES (?, ?, ?)", (repo.repo_type, name.lower(), repo.hub_id))

    # --- reading --------------------------------------------------------------------------------------------------------

    def count(self, repo_type: RepoType = "model") -> int:
        """Repos of a type that a full walk lists."""
        return int(self._db.execute("SELECT count(*) FROM repos WHERE repo_type = ?", (repo_type,)).fetchone()[0])

    def has_name(self, repo_id: str, repo_type: RepoType = "model") -> bool:
        """Whether a repo has or had that name, in whatever case."""
        told = "lower_id = ?1 AND repo_type = ?2"
        query = f"SELECT 1 FROM repos WHERE {told} UNION ALL SELECT 1 FROM old_names WHERE {told}"
        return self._db.execute(query, (repo_id.lower(), repo_type)).fetchone() is not None

    def find(self, repo_id: str, repo_type: RepoType = "model") -> Found | None:
        """The repo of that name: in that very case, or else in another, as the Hub looks names up."""
        row = self._db.execute(
            "SELECT hub_id, repo_id, sha, gated, is_disabled, is_gone FROM repos WHERE lower_id = ? AND repo_type = ?"
            " ORDER BY repo_id = ? DESC, hub_id LIMIT 1",
            (repo_id.lower(), repo_type, repo_id),
        ).fetchone()
        return row and Found(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]), repo_type)

    def current_name(self, old_id: str, repo_type: RepoType = "model") -> str | None:
        """The name that a renamed repo has now; None where none ever had `old_id`."""
        row = self._db.execute(
            "SELECT repo_id FROM old_names JOIN repos USING (hub_id) WHERE old_names.lower_id = ? AND old_names.repo_type = ?",
            (old_id.lower(), repo_type),
        ).fetchone()
        return row and str(row[0])

    def item(self, hub_id: str) -> bytes:
        """Every field of a repo, as JSON."""
        return bytes(self._db.execute("SELECT item FROM repos WHERE hub_id = ?", (hub_id,)).fetchone()[0])

    def file(self, hub_id: str, path: str) -> File | None:
        """A file that is kept; None for one that only the siblings name, or nobody does."""
        row = self._db.execute("SELECT path, body, is_lfs FROM files WHERE hub_id = ? AND path = ?", (hub_id, path)).fetchone()
        return row and File(row[0], row[1], bool(row[2]))

    def hub_ids(self, repo_type: RepoType = "model") -> Iterator[str]:
        """Every `_id` of a type, ascending: the order of a createdAt walk."""
        yield from (row[0] for row in self._db.execute("SELECT hub_id FROM repos WHERE repo_type = ? ORDER BY hub_id", (repo_type,)))

    def owners(self) -> Iterator[tuple[str, dict[RepoType, int]]]:
        """(author, how many repos of each type), by name."""
        query = "SELECT author, sum(repo_type = 'model'), sum(repo_type = 'dataset'), sum(repo_type = 'space')"
        for row in self._db.execute(f"{query} FROM repos WHERE author IS NOT NULL GROUP BY author ORDER BY author"):
            yield row[0], {"model": row[1], "dataset": row[2], "space": row[3]}

    def overview(self, name: str, kind: AccountKind) -> bytes | None:
        """What the hub says of an account, as JSON; None where none of that kind has the name."""
        row = self._db.execute("SELECT overview FROM accounts WHERE lower_name = ? AND kind = ?", (name.lower(), kind)).fetchone()
        return row and bytes(row[0])

    def children_by_relation(self, model_id: str) -> dict[str, int]:
        """How many models carry a typed tag for this base."""
        tags = {relation: f"base_model:{relation}:{model_id}" for relation in RELATIONS}
        query = "SELECT count(*) FROM base_tags WHERE tag = ?"
        return {relation: self._db.execute(query, (tag,)).fetchone()[0] for relation, tag in tags.items()}

    def page(self, order: Order, after: After | None, filters: Sequence[Filter], limit: int, repo_type: RepoType = "model") -> list[Row]:
        """Up to `limit` rows behind `after`. A filter by anything but author and base model reads every row it passes over."""
        conditions = [f"repo_type = '{repo_type}'", *(condition for condition, _ in filters)]
        values = [value for _, given in filters for value in given]
        rows: list[Row] = []
        for condition, given in branches(order, after):
            where = " AND ".join([condition, *conditions])
            query = f"SELECT {order.column}, hub_id, item FROM repos WHERE {where} ORDER BY {order.sql} LIMIT ?"
            rows += self._db.execute(query, (*given, *values, limit - len(rows))).fetchall()
            if len(rows) == limit:
                break
        return rows
