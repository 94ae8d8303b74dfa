"""The data of a practice hub: one SQLite file, so that memory does not grow with the number of models.

Synthetic and recorded hubs use the same tables. Tests change them during a crawl.
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
from hublake.sample_hub.store_schema import CREATE_TABLES, INDEXES, LOADED, Filter, connect

RepoType = Literal["model", "dataset", "space"]
AccountKind = Literal["user", "organisation"]
Row = tuple[Any, str, bytes]  # sort key, _id, item


@dataclass(frozen=True, slots=True)
class File:
    """A file that the hub serves. `etag` is the sha1 of the git blob, or the sha256 of an LFS file."""

    path: str
    body: bytes
    is_lfs: bool = False

    @property
    def etag(self) -> str:
        if self.is_lfs:
            return sha256(self.body).hexdigest()
        return sha1(b"blob %d\0" % len(self.body) + self.body, usedforsecurity=False).hexdigest()

    @property
    def xet_hash(self) -> str:
        """The identifier of an LFS file in the Hub's storage. Like the real one it is no hash of the bytes as they are."""
        return sha256(b"xet" + self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository to add, with its stored files.

    `item` contains every field that a listing can show. `gated` is what the file routes enforce; it may differ from the listed value.
    """

    hub_id: str
    repo_id: str
    sha: str
    item: Mapping[str, Any]
    gated: str = ""
    is_disabled: bool = False
    is_gone: bool = False  # still listed, but every other route returns that it does not exist
    files: Sequence[File] = ()
    old_names: Sequence[str] = field(default=())
    repo_type: RepoType = "model"


@dataclass(frozen=True, slots=True)
class RepoRecord:
    """What the routes need of a repository before they read its item."""

    hub_id: str
    repo_id: str
    sha: str
    gated: str
    is_disabled: bool
    is_gone: bool
    repo_type: RepoType


class Store:
    """One hub on disk. The server sees every change immediately."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    @classmethod
    def create(cls, path: Path) -> "Store":
        """An empty store that replaces any file at `path`. Call `finish` after loading."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        store = cls(path, connect(path))
        store._db.executescript("PRAGMA journal_mode = OFF;" + CREATE_TABLES)
        return store

    @classmethod
    def open(cls, path: Path) -> "Store":
        """A finished store. Raises WrongUse where it is missing or incomplete."""
        if not path.is_file():
            raise WrongUse(f"no store of a hub at {path}. Generate one first (sample_hub.synthetic.generate.generate_hub).")
        connection = connect(path)
        if connection.execute("PRAGMA user_version").fetchone()[0] != LOADED:
            connection.close()
            raise WrongUse(f"{path} is an incomplete store of a hub: its generation was interrupted. Generate it again.")
        return cls(path, connection)

    def finish(self) -> None:
        """Build the indexes for paging and mark the store as complete."""
        self._db.commit()
        self._db.executescript(INDEXES + f"PRAGMA user_version = {LOADED};")
        self._db.execute("PRAGMA journal_mode = MEMORY")

    def close(self) -> None:
        self._db.close()

    # --- loading and changing -------------------------------------------------------------------------------------------

    def add(self, repo: Repo) -> None:
        """Add a repository, or replace the one with the same hub_id."""
        try:
            self._write_repo(repo)
        except sqlite3.IntegrityError:
            self._delete_rows(repo.hub_id)
            self._write_repo(repo)
        for file in repo.files:
            self.add_file(repo.hub_id, file)
        for name in repo.old_names:
            self._write_old_name(repo, name)

    def add_file(self, hub_id: str, file: File) -> None:
        """Add a file of a stored repository, whether its siblings list the file or not."""
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", (hub_id, file.path, file.is_lfs, file.body))

    def add_account(self, name: str, kind: AccountKind, overview: Mapping[str, Any]) -> None:
        """Add a user or an organisation. The two kinds share one namespace."""
        self._db.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?, ?)", (name.lower(), kind, orjson.dumps(overview)))

    def set_gone(self, hub_id: str) -> None:
        """Keep the repository in listings and hide it from every other route."""
        self._db.execute("UPDATE repos SET is_gone = 1 WHERE hub_id = ?", (hub_id,))

    def commit(self) -> None:
        """Commit what was added; the next addition begins a new transaction."""
        self._db.commit()

    def update(self, repo_id: str, repo_type: RepoType = "model", **fields: Any) -> None:
        """Set fields of a repository's item, such as downloads=5. None removes a field."""
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
        """Rename a repository. The old name redirects (307) to the new one; the tags of its children do not change."""
        repo = self._repo(repo_id, repo_type)
        named = {"id": new_id, "author": new_id.split("/")[0] if "/" in new_id else None}
        self.update(repo_id, repo_type, **named, **({"modelId": new_id} if repo_type == "model" else {}))
        self._write_old_name(repo, repo.repo_id)
        self.commit()

    def redirect(self, name: str, repo_id: str, repo_type: RepoType = "model") -> None:
        """Let a name lead to another repository, as names of deleted repositories do on the Hub. No listed repository may have it."""
        self._write_old_name(self._repo(repo_id, repo_type), name)
        self.commit()

    def delete(self, repo_id: str, repo_type: RepoType = "model") -> None:
        """Delete a repository: it is no longer listed, and every route returns that it does not exist."""
        self._delete_rows(self._repo(repo_id, repo_type).hub_id)
        self.commit()

    def write_file(self, repo_id: str, file: File, repo_type: RepoType = "model") -> None:
        """Push a file: new content, a new sha, an entry in siblings, and the newest lastModified of the hub."""
        repo = self._repo(repo_id, repo_type)
        self.add_file(repo.hub_id, file)
        siblings = list(repo.item.get("siblings") or [])
        if all(sibling["rfilename"] != file.path for sibling in siblings):
            siblings.append({"rfilename": file.path})
        new_sha = sha1(f"{repo.sha} {file.path} {file.etag}".encode(), usedforsecurity=False).hexdigest()
        self.update(repo_id, repo_type, sha=new_sha, siblings=siblings, lastModified=self._next_timestamp())

    def _next_timestamp(self) -> str:
        """One second after the last change, so that a pushed repository is first by lastModified."""
        last = self._db.execute("SELECT max(last_modified) FROM repos").fetchone()[0]
        second = int(datetime.fromisoformat(last).timestamp()) + 1 if last else 0
        return f"{datetime.fromtimestamp(second, UTC).isoformat()[:19]}.000Z"

    def _delete_rows(self, hub_id: str) -> None:
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
        base_tags = [(tag, repo.hub_id) for tag in item.get("tags") or () if isinstance(tag, str) and tag.startswith("base_model:")]
        if base_tags:
            self._db.executemany("INSERT INTO base_tags VALUES (?, ?)", base_tags)

    def _write_old_name(self, repo: Repo, name: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO old_names VALUES (?, ?, ?)", (repo.repo_type, name.lower(), repo.hub_id))

    # --- reading --------------------------------------------------------------------------------------------------------

    def count(self, repo_type: RepoType = "model") -> int:
        """Number of listed repositories of a type."""
        return int(self._db.execute("SELECT count(*) FROM repos WHERE repo_type = ?", (repo_type,)).fetchone()[0])

    def find(self, repo_id: str, repo_type: RepoType = "model") -> RepoRecord | None:
        """The repository of that name. As on the Hub an exact match wins, and another letter case is accepted."""
        row = self._db.execute(
            "SELECT hub_id, repo_id, sha, gated, is_disabled, is_gone FROM repos WHERE lower_id = ? AND repo_type = ?"
            " ORDER BY repo_id = ? DESC, hub_id LIMIT 1",
            (repo_id.lower(), repo_type, repo_id),
        ).fetchone()
        return row and RepoRecord(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]), repo_type)

    def current_name(self, old_id: str, repo_type: RepoType = "model") -> str | None:
        """The current name of a renamed repository; None where no repository was called `old_id`."""
        row = self._db.execute(
            "SELECT repo_id FROM old_names JOIN repos USING (hub_id) WHERE old_names.lower_id = ? AND old_names.repo_type = ?",
            (old_id.lower(), repo_type),
        ).fetchone()
        return row and str(row[0])

    def item(self, hub_id: str) -> bytes:
        """All fields of a repository, as JSON."""
        return bytes(self._db.execute("SELECT item FROM repos WHERE hub_id = ?", (hub_id,)).fetchone()[0])

    def file(self, hub_id: str, path: str) -> File | None:
        """A stored file. None where the file is unknown or only listed in siblings."""
        row = self._db.execute("SELECT path, body, is_lfs FROM files WHERE hub_id = ? AND path = ?", (hub_id, path)).fetchone()
        return row and File(row[0], row[1], bool(row[2]))

    def large_file(self, hub_id: str, xet_hash: str) -> File | None:
        """The LFS file of a repository with that Xet hash."""
        rows = self._db.execute("SELECT path, body FROM files WHERE hub_id = ? AND is_lfs", (hub_id,))
        files = (File(path, body, is_lfs=True) for path, body in rows)
        return next((file for file in files if file.xet_hash == xet_hash), None)

    def hub_ids(self, repo_type: RepoType = "model") -> Iterator[str]:
        """Every `_id` of a type, ascending: the order of a listing by createdAt."""
        yield from (row[0] for row in self._db.execute("SELECT hub_id FROM repos WHERE repo_type = ? ORDER BY hub_id", (repo_type,)))

    def authors(self) -> Iterator[tuple[str, dict[RepoType, int]]]:
        """(author, number of repositories by type), by name."""
        query = "SELECT author, sum(repo_type = 'model'), sum(repo_type = 'dataset'), sum(repo_type = 'space')"
        for row in self._db.execute(f"{query} FROM repos WHERE author IS NOT NULL GROUP BY author ORDER BY author"):
            yield row[0], {"model": row[1], "dataset": row[2], "space": row[3]}

    def overview(self, name: str, kind: AccountKind) -> bytes | None:
        """The overview of an account, as JSON; None where no account of that kind has the name."""
        row = self._db.execute("SELECT overview FROM accounts WHERE lower_name = ? AND kind = ?", (name.lower(), kind)).fetchone()
        return row and bytes(row[0])

    def children_by_relation(self, model_id: str) -> dict[str, int]:
        """Number of models with a typed tag for this base, by relation."""
        tags = {relation: f"base_model:{relation}:{model_id}" for relation in RELATIONS}
        query = "SELECT count(*) FROM base_tags WHERE tag = ?"
        return {relation: self._db.execute(query, (tag,)).fetchone()[0] for relation, tag in tags.items()}

    def page(self, order: Order, after: After | None, filters: Sequence[Filter], limit: int, repo_type: RepoType = "model") -> list[Row]:
        """Up to `limit` rows after a position. Filters other than author and base model have no index and scan every row."""
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
