"""One Spark session per worker that needs one; tests without the fixture `spark` start no JVM."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Generic

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A worker of pytest-xdist is `python -c ...`: its main module has no file, and PySpark then ends the process.
if not hasattr(sys.modules["__main__"], "__file__"):
    sys.modules["__main__"].__file__ = __file__

# Twisted's zope.interface would put a descriptor here that raises, and pyspark.ml reads every attribute of its classes.
Generic.__provides__ = None  # type: ignore[attr-defined]

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores: crawls mostly wait, and two JVMs leave a third of two cores idle."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a Spark session go to one worker, those of tests/end_to_end/ to another; the rest stay with their module.

    So do those that share a browser.
    """
    for item in items:
        file = item.nodeid.partition("::")[0]
        file = "browser" if "/explorer/browser/" in file else file
        spark_group = "end to end" if "/end_to_end/" in file else "spark"
        item.add_marker(pytest.mark.xdist_group(spark_group if "spark" in getattr(item, "fixturenames", ()) else file))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    """A session with the options of a small build, on one thread."""
    from hublake.lake.settings import load
    from hublake.spark_jobs.engine.session import start_local_session

    session = start_local_session(load(flags={"build.master": "local[1]"}), tmp_path_factory.mktemp("spark"), is_small=True)
    yield session
    session.stop()


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the caller's hub, token and warehouse from tests."""
    for name in list(os.environ):
        if name.startswith(("HF_", "HUBLAKE_")) and name != "HUBLAKE_BUILD_JARS":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Recorded answers of the real Hub; skips the test if this machine has none."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no recorded answers of the Hub ({SHARED_DATA})")
    return SHARED_DATA
