"""Where a warehouse is, and where the files next to its tables are: logs and quality results, always on a local disk."""

import hashlib
import os
import re
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hublake.lake.errors import MissingTable, UnusableWarehouse

if TYPE_CHECKING:
    from hublake.lake.schema import Table  # loads every declaration, which a command's help does not need


DATA_DOCS = Path("gx", "uncommitted", "data_docs", "local_site", "index.html")  # in the folder of quality results
# Wildcards of Spark; what delta-rs takes for an escape, or fails at; what no line of output shows.
REFUSED_CHARACTERS = re.compile(r"""[\x00-\x1f\x7f#$%\[\]{}*?|^\\<>"`]""")


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


def refused_character(address: str) -> str:
    """The first character of a local warehouse's path that Spark or delta-rs cannot handle; empty if there is none.

    >>> refused_character("/data/José's models"), refused_character("/data/50%")
    ('', '%')
    """
    found = REFUSED_CHARACTERS.search(os.path.abspath(address)) if is_local(address) else None  # noqa: PTH100  # a link stays one
    return found[0] if found else ""


def require_warehouse(address: str) -> None:
    """Raise MissingTable if a local warehouse is not a folder; an object store is checked when a table is opened."""
    if is_local(address) and not Path(address).is_dir():
        raise MissingTable(
            f"there is no warehouse at {Path(address).resolve()}. Fill one: hublake crawl models --warehouse {shlex.quote(address)}"
        )


def require_tables(address: str) -> None:
    """Raise MissingTable if a local warehouse is not a folder or has no table."""
    require_warehouse(address)
    if is_local(address) and next(Path(address).glob("*/*/_delta_log"), None) is None:
        raise MissingTable(f"the warehouse {address} contains no table. Fill it: hublake crawl models --warehouse {shlex.quote(address)}")


def require_writable(address: str) -> None:
    """Raise UnusableWarehouse if this user cannot write into a local warehouse."""
    folder = Path(address).resolve()
    if is_local(address) and not os.access(folder, os.W_OK):
        raise UnusableWarehouse(f"this user cannot write into the warehouse {folder}. Change its permissions, or build a copy of it")


def local_folder(address: str) -> Path:
    """Return the folder for files that are not tables: the warehouse itself, or the working directory for an object store."""
    return Path(address).resolve() if is_local(address) else Path.cwd()


def log_folder(address: str) -> Path:
    """Return the folder where engines write their logs."""
    return local_folder(address) / "_logs"


def writable_log_folder(address: str) -> Path:
    """Create and return the folder for logs: that of the warehouse or, if this user cannot write there, one of the user's own."""
    return _writable_folder(log_folder(address), address, "logs")


def state_folder(kind: str, address: str) -> Path:
    """Create and return the user's own folder for files of a kind on one warehouse; a temporary one if it cannot be written."""
    return _writable_folder(_own_folder(kind, address), address, kind)


def _own_folder(kind: str, address: str) -> Path:
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    place = str(local_folder(address)) if is_local(address) else address
    return state / "hublake" / kind / hashlib.sha256(place.encode()).hexdigest()[:8]


def _writable_folder(wanted: Path, address: str, kind: str) -> Path:
    """Create and return a folder of a warehouse or, if this user cannot write there, one of the user's own."""
    for folder in (wanted, _own_folder(kind, address)):
        if _is_writable(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix=f"hublake-{kind}-"))


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
    """Return the first page of Data Docs in the warehouse."""
    return quality_folder(address) / DATA_DOCS


def writable_data_docs(address: str) -> Path:
    """Return the first page of Data Docs where this user can write it: in the warehouse, or in a folder of the user's own."""
    return _writable_folder(quality_folder(address), address, "quality") / DATA_DOCS
