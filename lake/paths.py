"""What lies beside the tables of a warehouse: logs and quality results, always on a local disk."""

from pathlib import Path

from hublake.lake.errors import MissingTable


def is_local(address: str) -> bool:
    """Whether a warehouse is a folder of this machine and not an object store."""
    return "://" not in address


def require_warehouse(address: str) -> None:
    """Raises MissingTable where a warehouse on this machine is no folder; an object store is asked when a table is."""
    if is_local(address) and not Path(address).is_dir():
        raise MissingTable(f"there is no warehouse at {Path(address).resolve()}. Fill one: hublake crawl models --warehouse {address}")


def beside(address: str) -> Path:
    """The folder for what is not a table: the warehouse itself, or the working directory for an object store."""
    return Path(address).resolve() if is_local(address) else Path.cwd()


def log_folder(address: str) -> Path:
    """Where engines write their logs."""
    return beside(address) / "_logs"


def quality_folder(address: str) -> Path:
    """Where Great Expectations keeps its suites, results and Data Docs."""
    return beside(address) / "_quality"


def data_docs(address: str) -> Path:
    """The first page of Data Docs."""
    return quality_folder(address) / "gx" / "uncommitted" / "data_docs" / "local_site" / "index.html"
