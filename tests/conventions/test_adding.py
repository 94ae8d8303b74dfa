"""The examples of docs/adding.md work: the declaration, the job with its test, the check, the reader and the command of one gold table."""

import doctest
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from deltalake import write_deltalake
from great_expectations.expectations.expectation import Expectation
from pyspark.sql import SparkSession

from hublake.lake.schema import TABLES
from tests.conventions.sources import ROOT

PAGE = (ROOT / "docs" / "adding.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """Path -> module of every Python example, with its curated lists in conf/; removed again after the test."""
    conf = Path(shutil.copytree(ROOT / "conf", tmp_path / "conf"))
    for path, text in EXAMPLES.items():
        if path.startswith("conf/"):
            (conf / Path(path).name).write_text(text, "utf-8")
    monkeypatch.setenv("HUBLAKE_CONF", str(conf))
    order = sorted((path for path in EXAMPLES if path.endswith(".py")), key=_dependency_order)
    yield {path: _add(path, EXAMPLES[path], monkeypatch) for path in order}


def _dependency_order(path: str) -> int:
    """Declarations first, tests last."""
    return ("lake", "rules", "expectations", "crawler", "serving", "spark_jobs", "tests").index(path.split("/")[0])


def _add(path: str, code: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Run an example as the module of its path: added to an existing module, or as a new one in its package."""
    name = ("" if path.startswith("tests/") else "hublake.") + path.removesuffix(".py").replace("/", ".")
    parent, _, own_name = name.rpartition(".")
    if _exists(name):
        module = import_module(name)
        namespace = dict(vars(module))
        exec(compile(code, path, "exec", dont_inherit=True), namespace)
        for key in namespace.keys() - vars(module).keys():
            monkeypatch.setattr(module, key, namespace[key], raising=False)
        return module
    module = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    if _exists(parent):
        monkeypatch.setattr(import_module(parent), own_name, module, raising=False)
    else:
        monkeypatch.setitem(sys.modules, parent, ModuleType(parent))
    exec(compile(code, path, "exec", dont_inherit=True), vars(module))
    return module


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_the_job_passes_its_test(added: dict[str, ModuleType], spark: SparkSession) -> None:
    tests = {name: value for name, value in vars(added["tests/spark_jobs/gold/vendors/test_author_totals.py"]).items() if "test_" in name}
    assert tests
    for test in tests.values():
        test(spark)
    job = added["spark_jobs/gold/vendors/author_totals.py"].JOB
    assert job.writes is added["lake/schema/gold/vendors.py"].AUTHOR_TOTALS


def test_the_rule_passes_its_doctests(added: dict[str, ModuleType]) -> None:
    results = doctest.testmod(added["rules/vendors/automation.py"])
    assert (results.failed, results.attempted) == (0, 1)


def test_the_checks_are_expectations(added: dict[str, ModuleType]) -> None:
    checks = added["expectations/checks/gold/author_totals.py"].CHECKS
    assert checks
    assert all(isinstance(check, Expectation) for check in checks)


def test_the_command_prints_what_the_reader_finds(added: dict[str, ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = added["lake/schema/gold/vendors.py"].AUTHOR_TOTALS
    monkeypatch.setitem(TABLES, table.full_name, table)
    row: dict[str, Any] = {"snapshot_date": date(2026, 1, 1), "author": "m", "models": 2, "downloads_30d": 3, "is_automated": False}
    write_deltalake(table.path(str(tmp_path)), pa.Table.from_pylist([row, row | {"author": "n", "downloads_30d": 1234}]))
    shown = CliRunner().invoke(added["serving/commands.py"].authors, ["--warehouse", str(tmp_path), "--top", "1"])
    assert shown.output.split() == ["1,234", "2", "models", "n"], shown.exception


def test_the_spider_is_the_one_in_the_crawler() -> None:
    path = "crawler/spiders/datasets.py"
    assert EXAMPLES[path] == (ROOT / path).read_text("utf-8"), "copy the file into docs/adding.md"
