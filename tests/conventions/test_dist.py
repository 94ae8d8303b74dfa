"""What is shipped to executors and to other machines."""

import zipfile
from pathlib import Path

import pytest

from tools.dist import build


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


def test_the_zip_is_the_wheel(shipped: Path) -> None:
    (wheel,) = shipped.parent.glob("hublake-*.whl")
    assert wheel.read_bytes() == shipped.read_bytes()


def test_it_holds_every_package_with_its_settings_and_lists_and_no_tests(shipped: Path) -> None:
    names = set(zipfile.ZipFile(shipped).namelist())
    folders = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert folders == {"lake", "crawler", "spark_jobs", "expectations", "sample_hub", "conf"}
    assert {"conf/base.toml", "conf/spark/session.conf", "conf/spark/jars.lock", "conf/section_headings.csv"} <= names


def test_the_same_sources_make_the_same_bytes(shipped: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == shipped.read_bytes()
