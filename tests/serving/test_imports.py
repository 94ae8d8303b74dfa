"""`import hublake` is cheap, and readers start without an engine."""

import subprocess
import sys
from pathlib import Path

import pytest

from hublake.lake.delta.builds import BuildLog, PublishPlan
from hublake.lake.paths import Location
from tests.serving.small_warehouse import write_warehouse

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


@pytest.mark.parametrize("has_build_log", [True, False])
def test_a_reader_imports_no_pandas_which_takes_longer_than_its_queries(has_build_log: bool, tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path)
    if has_build_log:
        plan = PublishPlan("silver.models", "2026-01-02", (), (), {})
        BuildLog(Location(str(warehouse))).record("a run", "published", [(plan, 0)])
    run = f"group.main(['models', '--warehouse', {str(warehouse)!r}], standalone_mode=False)"
    assert "pandas" not in imported_by(f"from hublake.lake.cli import group; {run}")
