"""`import hublake` is cheap, and readers start without an engine."""

import subprocess
import sys

import pytest

ENGINES = {"pyspark", "deltalake", "duckdb", "pyarrow", "pandas", "scrapy", "aiohttp", "great_expectations", "click"}


def imported_by(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter has after a statement."""
    program = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split())


def test_the_package_imports_no_engine() -> None:
    assert imported_by("import hublake") & ENGINES == set()


@pytest.mark.parametrize("module", ["reader", "report", "report_view", "kin", "export.write"])
def test_readers_import_no_spark(module: str) -> None:
    assert imported_by(f"import hublake.serving.{module}") & {"pyspark", "py4j", "scrapy", "great_expectations"} == set()
