"""One Spark session for each worker that needs one; tests that do not ask for it start no JVM."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Generic

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A worker of pytest-xdist is `python -c ...`: a main module without a file, at whose sight PySpark ends the process.
if not hasattr(sys.modules["__main__"], "__file__"):
    sys.modules["__main__"].__file__ = __file__

# Twisted's zope.interface would leave a descriptor here that raises, and pyspark.ml reads every attribute of its classes.
Generic.__provides__ = None  # type: ignore[attr-defined]

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores: crawls wait more than they compute, and two JVMs leave a third of two cores idle."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one Spark session go to one worker, those of the whole way to another; the rest stay with their module."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        with_spark = "whole way" if "/whole_way/" in file else "spark"
        item.add_marker(pytest.mark.xdist_group(with_spark if "spark" in getattr(item, "fixturenames", ()) else file))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    """A session like the build's own, on two threads, with few shuffle partitions."""
    from hublake.lake.settings import load
    from hublake.spark_jobs.engine.session import start_local_session

    session = start_local_session(load(flags={"build.master": "local[1]"}), tmp_path_factory.mktemp("spark"), is_small=True)
    yield session
    session.stop()


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the caller's hub, token or warehouse."""
    for name in list(os.environ):
        if name.startswith(("HF_", "HUBLAKE_")) and name != "HUBLAKE_BUILD_JARS":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Recorded answers of the real Hub, where this machine has them."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"recorded answers of the Hub are not here ({SHARED_DATA})")
    return SHARED_DATA
