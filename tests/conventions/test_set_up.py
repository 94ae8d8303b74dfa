"""The set-up says what to install, does nothing twice, and mends what a run before left half done. No test reaches a network."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conventions.sources import ROOT

STATUS = {"JAVA": 'echo "openjdk version \\"17.0.1\\"" >&2'}


def program(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the set-up needs of a checkout, with a `java` that only tells its version."""
    for name in ("tools", "hublake", "lake", "spark_jobs", "conf"):
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    program(tmp_path / "bin" / "java", STATUS["JAVA"])
    return tmp_path


def set_up(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {"PATH": f"{checkout / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin", "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, str(checkout / "tools" / "setup.py")]
    return subprocess.run(command, capture_output=True, text=True, env={**known, **environment}, check=False)


def environment_that(checkout: Path, does: str, *, done: tuple[str, ...] = ("packages",)) -> None:
    """An environment of an earlier run, whose Python notes what it is asked and does `does` for pip."""
    asked = checkout / "asked"
    program(checkout / ".venv" / "bin" / "python", f'case "$*" in -c*) echo 3 11;; *) echo "$*" >> {asked}; {does};; esac')
    place = hashlib.sha256(str(checkout).encode()).hexdigest()[:16]
    notes = [f"place {place}", *(f"{name} before" for name in done)]
    (checkout / ".venv" / ".installed").write_text("\n".join(notes) + "\n", "utf-8")


def asked(checkout: Path) -> list[str]:
    return (checkout / "asked").read_text("utf-8").splitlines() if (checkout / "asked").exists() else []


def test_an_old_python_is_refused_with_its_version(checkout: Path) -> None:
    program(checkout / "bin" / "old-python", "echo 3 9")
    ended = set_up(checkout, PYTHON="old-python")
    assert ended.returncode == 1
    assert "needs Python 3.11 or later; old-python is 3.9" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_not_there_is_refused_by_name(checkout: Path) -> None:
    assert "no-python is not there" in set_up(checkout, PYTHON="no-python").stderr


@pytest.mark.parametrize("version", ["1.8.0_392", "11.0.2", "16-ea"])
def test_an_old_java_is_refused_before_anything_is_installed(checkout: Path, version: str) -> None:
    program(checkout / "bin" / "java", f'echo "openjdk version \\"{version}\\"" >&2')
    ended = set_up(checkout)
    assert ended.returncode == 1
    assert f"needs Java 17 or later; 'java' is version {version}" in ended.stderr
    assert "openjdk" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_a_missing_java_is_named(checkout: Path) -> None:
    ended = set_up(checkout, JAVA_HOME=str(checkout / "nowhere"))
    assert "Spark needs Java and" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_a_disk_without_room_is_refused_before_anything_is_installed(checkout: Path) -> None:
    script = checkout / "tools" / "setup.py"
    script.write_text(re.sub(r"(?m)^NEEDED_GB = [\d.]+", "NEEDED_GB = 1e9", script.read_text("utf-8")), "utf-8")
    ended = set_up(checkout)
    assert ended.returncode == 1
    assert "GB free; the set-up needs" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_a_disk_that_fills_up_meanwhile_is_told_in_words(checkout: Path) -> None:
    environment_that(checkout, "echo 'OSError: [Errno 28] No space left on device'; exit 1")
    ended = set_up(checkout)
    assert ended.returncode == 1
    assert "The disk is full: free" in ended.stderr


def test_a_package_that_is_not_the_locked_one_is_told_in_words(checkout: Path) -> None:
    environment_that(checkout, "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.'; exit 1")
    assert "is not the one that was locked. Do not use it" in set_up(checkout).stderr


def test_a_second_start_asks_nothing(checkout: Path) -> None:
    environment_that(checkout, "exit 0")
    assert set_up(checkout).returncode == 0
    assert len(asked(checkout)) == 3
    assert set_up(checkout, PATH="").returncode == 0
    assert len(asked(checkout)) == 3


def test_only_the_step_whose_files_changed_is_done_again(checkout: Path) -> None:
    environment_that(checkout, "exit 0")
    set_up(checkout)
    with (checkout / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    set_up(checkout)
    assert "--editable" in asked(checkout)[3]
    assert len(asked(checkout)) == 4


def test_a_step_that_failed_is_done_again_and_the_ones_before_it_are_not(checkout: Path) -> None:
    environment_that(checkout, 'case "$*" in *hublake.spark_jobs.engine.jars) exit 1;; esac')
    assert set_up(checkout).returncode == 1
    environment_before = asked(checkout)
    assert set_up(checkout).returncode == 1
    assert asked(checkout)[len(environment_before) :] == ["-m hublake.spark_jobs.engine.jars"]


def test_an_environment_that_an_install_left_half_done_is_made_anew(checkout: Path) -> None:
    environment_that(checkout, "kill -9 $PPID")
    assert set_up(checkout).returncode == -9
    half_written = checkout / ".venv" / "half-written"
    half_written.touch()
    ended = set_up(checkout)
    assert "Making anew the Python environment" in ended.stdout
    assert not half_written.exists()
    # Without an index the real pip of the new environment finds no package, and the message says where to look.
    assert "look at the network" in ended.stderr
