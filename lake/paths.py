"""Where a warehouse is, and where the files next to its tables are: logs and quality results, always on a local disk."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hublake.lake.errors import MissingTable

if TYPE_CHECKING:
    from hublake.lake.schema import Table  # loads every declaration, which a command's help does not need


@dataclass(frozen=True)
class Location:
    """The address of a warehouse, a folder or an object store, with the storage options of delta-rs for it."""

    address: str
    storage: Mapping[str, str] = field(default_factory=dict)

    def path_of(self, table: "Table") -> str:
        """Return the path of a table."""
        return table.path(self.address)


def is_local(address: str) -> bool:
    """Whether a warehouse is a folder on this machine, not an object store."""
    return "://" not in address


def require_warehouse(address: str) -> None:
    """Raise MissingTable if a local warehouse is not a folder; an object store is checked when a table is opened."""
    if is_local(address) and not Path(address).is_dir():
        raise MissingTable(f"there is no warehouse at {Path(address).resolve()}. Fill one: hublake crawl models --warehouse {address}")


def require_tables(address: str) -> None:
    """Raise MissingTable if a local warehouse is not a folder or has no table."""
    require_warehouse(address)
    if is_local(address) and next(Path(address).glob("*/*/_delta_log"), None) is None:
        raise MissingTable(f"the warehouse {address} contains no table. Fill it: hublake crawl models --warehouse {address}")


def local_folder(address: str) -> Path:
    """Return the folder for files that are not tables: the warehouse itself, or the working directory for an object store."""
    return Path(address).resolve() if is_local(address) else Path.cwd()


def log_folder(address: str) -> Path:
    """Return the folder where engines write their logs."""
    return local_folder(address) / "_logs"


def writable_log_folder(address: str) -> Path:
    """Create and return the folder for logs: that of the warehouse or, if this user cannot write there, one of the user's own."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    name = hashlib.sha256(str(local_folder(address)).encode()).hexdigest()[:8]
    for folder in (log_folder(address), state / "hublake" / "logs" / name):
        if _is_writable(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="hublake-logs-"))


def _is_writable(folder: Path) -> bool:
    """Whether this user can write a folder and the files in it; it is created if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return all(os.access(path, os.W_OK) for path in (folder, *folder.iterdir()))
    except OSError:
        return False


def quality_folder(address: str) -> Path:
    """Return the folder where Great Expectations keeps its suites, results and Data Docs."""
    return local_folder(address) / "_quality"


def data_docs(address: str) -> Path:
    """Return the first page of Data Docs."""
    return quality_folder(address) / "gx" / "uncommitted" / "data_docs" / "local_site" / "index.html"
