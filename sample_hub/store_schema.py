"""The SQLite schema of a store, and the filter conditions of its queries."""

import sqlite3
from pathlib import Path
from typing import Any

import orjson

Filter = tuple[str, tuple[Any, ...]]  # SQL condition and its values

LOADED = 1  # user_version of a completely loaded store

CREATE_TABLES = """
CREATE TABLE repos (
  hub_id TEXT NOT NULL UNIQUE, repo_type TEXT NOT NULL, repo_id TEXT NOT NULL, lower_id TEXT NOT NULL, author TEXT, sha TEXT NOT NULL,
  downloads INTEGER, likes INTEGER, trending_score REAL, last_modified TEXT,
  gated TEXT NOT NULL, is_disabled INTEGER NOT NULL, is_gone INTEGER NOT NULL, item BLOB NOT NULL);
CREATE INDEX repos_by_name ON repos (lower_id);
CREATE TABLE files (hub_id TEXT NOT NULL, path TEXT NOT NULL, is_lfs INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (hub_id, path));
CREATE TABLE old_names (repo_type TEXT NOT NULL, lower_id TEXT NOT NULL, hub_id TEXT NOT NULL, PRIMARY KEY (lower_id, repo_type));
CREATE TABLE base_tags (tag TEXT NOT NULL, hub_id TEXT NOT NULL);
CREATE INDEX base_tags_by_repo ON base_tags (hub_id);
CREATE TABLE accounts (lower_name TEXT PRIMARY KEY, kind TEXT NOT NULL, overview BLOB NOT NULL);
"""
INDEXES = """
CREATE INDEX repos_by_downloads ON repos (downloads DESC, hub_id);
CREATE INDEX repos_by_likes ON repos (likes DESC, hub_id);
CREATE INDEX repos_by_trending_score ON repos (trending_score DESC, hub_id);
CREATE INDEX repos_by_last_modified ON repos (last_modified DESC, hub_id);
CREATE INDEX repos_by_author ON repos (author, hub_id);
CREATE INDEX base_tags_by_tag ON base_tags (tag, hub_id);
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that the server's thread and a test can share: SQLite is built in serialized mode."""
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -16384")  # KiB; fixed, independent of the size of the hub
    return connection


def tag_filter(tag: str) -> Filter:
    """Repositories with exactly this tag."""
    if tag.startswith("base_model:"):
        return "hub_id IN (SELECT hub_id FROM base_tags WHERE tag = ?)", (tag,)
    return _contains("tags", tag)


def linked_filter(field: str, repo_id: str) -> Filter:
    """Spaces that name this repository in `field`: models or datasets."""
    return _contains(field, repo_id)


def _contains(field: str, value: str) -> Filter:
    in_list = f"EXISTS (SELECT 1 FROM json_each(CAST(item AS TEXT), '$.{field}') WHERE value = ?)"
    return f"instr(item, ?) > 0 AND {in_list}", (orjson.dumps(value), value)  # the cheap condition first
