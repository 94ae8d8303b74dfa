"""Where the explorer keeps its data: one folder per state of the tables, written once, in the user's own state folder."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import duckdb

import hublake
from hublake import __version__
from hublake.lake.paths import state_folder
from hublake.serving.reader import PublishedTables

FORMAT = 1
MANIFEST = "manifest.json"
KEPT = 2  # states of the tables
CODE = ("explorer", "serving/layouts")  # whose files decide the bytes


def data_folder(published: PublishedTables, write: Callable[[Path], None]) -> Path:
    """The folder with the data of these versions; `write` fills it if it does not exist yet.

    A folder appears complete or not at all: another process that writes the same one at the same time is harmless.
    """
    home = state_folder("explorer", published.address)
    folder = home / digest(published)
    if not (folder / MANIFEST).is_file():
        with replaced_folder(folder) as scratch:
            write(scratch)
    folder.touch()
    _drop_old(home)
    return folder


def digest(published: PublishedTables) -> str:
    """Identifies the versions of all silver and gold tables, the day, and the code that computes the data from them."""
    versions = {name: version for name, version in published.opened_versions.items() if not name.startswith("bronze.")}
    state = [FORMAT, __version__, duckdb.__version__, _code_digest(), str(published.day), sorted(versions.items())]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """An empty folder beside `folder`, which takes its place when the block ends without an error."""
    scratch = folder.with_name(f".{folder.name}-{uuid4().hex[:8]}")
    scratch.mkdir(parents=True)
    try:
        yield scratch
        if folder.exists():
            shutil.rmtree(folder)
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _drop_old(home: Path) -> None:
    """Remove all but the KEPT folders that were used last."""
    folders = [path for path in home.iterdir() if (path / MANIFEST).is_file() and not path.name.startswith(".")]
    for path in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def _code_digest() -> str:
    digest = hashlib.sha256()
    for package in CODE:
        for path in sorted((Path(hublake.__file__).parent / package).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
