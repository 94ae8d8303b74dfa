"""What a session is started with."""

import subprocess
from pathlib import Path

import pytest

from hublake.lake.settings import Settings, load
from hublake.spark_jobs.engine.jars import class_archive
from hublake.spark_jobs.engine.session import archive_options


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(flags={"build.jars": str(tmp_path)})


def test_without_an_archive_of_classes_java_is_told_of_none(settings: Settings) -> None:
    assert archive_options(settings) == ""


def test_java_starts_in_silence_with_an_archive_that_does_not_fit(settings: Settings) -> None:
    class_archive(settings).write_bytes(b"of another Java")
    options = archive_options(settings)
    assert str(class_archive(settings)) in options
    started = subprocess.run(["java", *options.split(), "-XX:+UseSerialGC", "-version"], capture_output=True, text=True, check=True)
    assert started.stdout == ""
    assert "cds" not in started.stderr.lower()
