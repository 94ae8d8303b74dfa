"""`hublake build --expect`: Spark starts before the crawl has written anything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hublake.lake.errors import HublakeError, MissingTable
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.settings import load
from hublake.spark_jobs.engine import build_command
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.spark_jobs.warehouses import listed


def run(monkeypatch: pytest.MonkeyPatch, spark: SparkSession, folder: Path, readline: Callable[[], str]) -> None:
    """Run the command in the session of the tests; `readline` reads from standard input."""

    @contextmanager
    def session(*_: object, **__: object) -> Iterator[Warehouse]:
        yield Warehouse(spark, str(folder))

    monkeypatch.setattr(build_command, "warehouse_session", session)
    monkeypatch.setattr("sys.stdin.readline", readline)
    build_command.run_build(load(flags={"warehouse": str(folder)}), [MODELS], None, rebuild=False, repair=False, expected_models=9)


def test_a_build_that_expects_a_crawl_reads_the_warehouse_when_a_line_arrives(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crawl() -> str:
        listed(spark, tmp_path, ['{"id": "a/x"}', '{"id": "a/y"}'])
        return "\n"

    run(monkeypatch, spark, tmp_path, crawl)
    assert Warehouse(spark, str(tmp_path)).read(MODELS).count() == 2


@pytest.mark.parametrize(("line", "error"), [("", HublakeError), ("\n", MissingTable)], ids=["no line", "nothing crawled"])
def test_without_a_crawl_nothing_is_built(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, error: type[HublakeError]
) -> None:
    with pytest.raises(error, match=r"nothing was built|contains no table"):
        run(monkeypatch, spark, tmp_path, lambda: line)
    assert list(tmp_path.iterdir()) == []
