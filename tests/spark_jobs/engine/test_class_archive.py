"""The archive of the JVM's classes: written once, used by later sessions, and no error where it cannot be."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hublake.spark_jobs.engine.class_archive import archive_options

COMPLETE, BEING_WRITTEN = b"\xa8\xab\x0b\xf0 classes", bytes(20)
Options = Callable[..., list[str]]


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    jar = tmp_path / "a.jar"
    jar.write_text("one")
    return jar


@pytest.fixture
def options(jar: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Options:
    """`archive_options` in an own folder. `java_accepts`: whether a JVM starts with what was written."""

    def get(*, may_write: bool = True, java_accepts: bool = True) -> list[str]:
        ended = subprocess.CompletedProcess[bytes]([], 0 if java_accepts else -6)
        monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
        return archive_options([jar], tmp_path, may_write=may_write)

    return get


def target_of(options: list[str], option: str) -> Path:
    """The file of the first option."""
    assert options[0].startswith(option), options
    return Path(options[0].removeprefix(option))


def written(options: Options, content: bytes) -> Path:
    """The file that a JVM writes when it ends, with this content."""
    path = target_of(options(), "-XX:ArchiveClassesAtExit=")
    path.write_bytes(content)
    return path


def test_only_a_session_that_may_writes_an_archive(options: Options) -> None:
    assert options(may_write=False) == []
    assert target_of(options(), "-XX:ArchiveClassesAtExit=").suffix == ".partial"


def test_a_complete_archive_is_used_from_then_on(options: Options) -> None:
    partial = written(options, COMPLETE)
    archive = target_of(options(may_write=False), "-XX:SharedArchiveFile=")
    assert archive.read_bytes() == COMPLETE
    assert not partial.exists()
    assert target_of(options(java_accepts=False), "-XX:SharedArchiveFile=") == archive


def test_an_archive_that_is_being_written_or_that_java_refuses_is_not_used(options: Options) -> None:
    written(options, BEING_WRITTEN)
    assert options(may_write=False) == []
    written(options, COMPLETE)
    assert options(may_write=False, java_accepts=False) == []


def test_another_jar_needs_another_archive_and_the_old_one_is_deleted(options: Options, jar: Path, tmp_path: Path) -> None:
    written(options, COMPLETE)
    old = target_of(options(), "-XX:SharedArchiveFile=")
    jar.write_text("another")
    written(options, COMPLETE)
    new = target_of(options(), "-XX:SharedArchiveFile=")
    assert sorted(tmp_path.glob("*.jsa")) == [new]
    assert new != old


def test_a_folder_that_cannot_be_written_is_no_error(jar: Path, tmp_path: Path) -> None:
    assert archive_options([jar], tmp_path / "missing", may_write=True) == []
