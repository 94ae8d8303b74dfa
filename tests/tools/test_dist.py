"""The files that are shipped to executors and other machines."""

import zipfile
from pathlib import Path

import pytest

from tools.dist import build_wheel


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("dist"))


def test_the_zip_is_the_wheel(shipped: Path) -> None:
    (wheel,) = shipped.parent.glob("hublake-*.whl")
    assert wheel.read_bytes() == shipped.read_bytes()


def test_it_has_every_package_with_its_settings_and_lists_and_no_tests(shipped: Path) -> None:
    names = set(zipfile.ZipFile(shipped).namelist())
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"hublake"}
    folders = {name.split("/")[1] for name in names if name.startswith("hublake/")} - {"__init__.py", "__main__.py"}
    assert folders == {"lake", "crawler", "rules", "spark_jobs", "expectations", "serving", "explorer", "sample_hub", "conf", "questions"}
    files = {"base.toml", "spark/session.conf", "spark/jars.lock", "section_headings.csv"}
    assert {f"hublake/conf/{name}" for name in files} <= names
    assert "hublake/questions/01_most_impactful_models.sql" in names


def test_the_same_sources_give_the_same_bytes(shipped: Path, tmp_path: Path) -> None:
    assert build_wheel(tmp_path).read_bytes() == shipped.read_bytes()
