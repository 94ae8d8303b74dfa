"""The set-up reports what to install, runs no step twice, and repairs an interrupted run. No test reaches a network."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conventions.sources import ROOT

JAVA_17 = 'echo "openjdk version \\"17.0.1\\"" >&2'


def program(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files of a checkout that the set-up needs, with a `java` that only reports its version."""
    for name in ("tools", "hublake", "lake", "spark_jobs", "conf"):
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    program(tmp_path / "bin" / "java", JAVA_17)
    return tmp_path


def set_up(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {"PATH": f"{checkout / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin", "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, str(checkout / "tools" / "setup.py")]
    return subprocess.run(command, capture_output=True, text=True, env={**known, **environment}, check=False)


def make_environment(checkout: Path, pip: str, *, done: tuple[str, ...] = ("packages",)) -> None:
    """An environment of an earlier run. Its Python logs its arguments and runs the shell line `pip`."""
    log = checkout / "calls"
    program(checkout / ".venv" / "bin" / "python", f'case "$*" in -c*) echo 3 11;; *) echo "$*" >> {log}; {pip};; esac')
    location = hashlib.sha256(str(checkout).encode()).hexdigest()[:16]
    record = [f"place {location}", *(f"{name} before" for name in done)]
    (checkout / ".venv" / ".installed").write_text("\n".join(record) + "\n", "utf-8")


def calls(checkout: Path) -> list[str]:
    """Arguments of each call of the environment's Python."""
    return (checkout / "calls").read_text("utf-8").splitlines() if (checkout / "calls").exists() else []


def test_an_old_python_is_refused_with_its_version(checkout: Path) -> None:
    program(checkout / "bin" / "old-python", "echo 3 9")
    ended = set_up(checkout, PYTHON="old-python")
    assert ended.returncode == 1
    assert "needs Python 3.11 or later; old-python is 3.9" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_a_missing_python_is_reported_by_name(checkout: Path) -> None:
    assert "no-python is not found" in set_up(checkout, PYTHON="no-python").stderr


@pytest.mark.parametrize("version", ["1.8.0_392", "11.0.2", "16-ea"])
def test_an_old_java_is_refused_before_anything_is_installed(checkout: Path, version: str) -> None:
    program(checkout / "bin" / "java", f'echo "openjdk version \\"{version}\\"" >&2')
    ended = set_up(checkout)
    assert ended.returncode == 1
    assert f"needs Java 17 or later; 'java' is version {version}" in ended.stderr
    assert "openjdk" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_a_missing_java_is_reported(checkout: Path) -> None:
    ended = set_up(checkout, JAVA_HOME=str(checkout / "nowhere"))
    assert "Spark needs Java and" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_a_full_disk_is_refused_before_anything_is_installed(checkout: Path) -> None:
    script = checkout / "tools" / "setup.py"
    script.write_text(re.sub(r"(?m)^NEEDED_GB = [\d.]+", "NEEDED_GB = 1e9", script.read_text("utf-8")), "utf-8")
    ended = set_up(checkout)
    assert ended.returncode == 1
    assert "GB free; the set-up needs" in ended.stderr
    assert not (checkout / ".venv").exists()


def test_a_disk_that_fills_up_during_the_installation_is_reported(checkout: Path) -> None:
    make_environment(checkout, "echo 'OSError: [Errno 28] No space left on device'; exit 1")
    ended = set_up(checkout)
    assert ended.returncode == 1
    assert "The disk is full: free" in ended.stderr


def test_a_package_that_differs_from_the_locked_one_is_reported(checkout: Path) -> None:
    make_environment(checkout, "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.'; exit 1")
    assert "differs from the locked one. Do not use it" in set_up(checkout).stderr


def test_a_second_run_installs_nothing(checkout: Path) -> None:
    make_environment(checkout, "exit 0")
    assert set_up(checkout).returncode == 0
    assert len(calls(checkout)) == 3
    assert set_up(checkout, PATH="").returncode == 0
    assert len(calls(checkout)) == 3


def test_only_the_step_whose_files_changed_runs_again(checkout: Path) -> None:
    make_environment(checkout, "exit 0")
    set_up(checkout)
    with (checkout / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    set_up(checkout)
    assert "--editable" in calls(checkout)[3]
    assert len(calls(checkout)) == 4


def test_a_failed_step_runs_again_and_the_steps_before_it_do_not(checkout: Path) -> None:
    make_environment(checkout, 'case "$*" in *hublake.spark_jobs.engine.jars) exit 1;; esac')
    assert set_up(checkout).returncode == 1
    calls_before = calls(checkout)
    assert set_up(checkout).returncode == 1
    assert calls(checkout)[len(calls_before) :] == ["-m hublake.spark_jobs.engine.jars"]


def test_an_environment_of_an_interrupted_installation_is_rebuilt(checkout: Path) -> None:
    make_environment(checkout, "kill -9 $PPID")
    assert set_up(checkout).returncode == -9
    half_written = checkout / ".venv" / "half-written"
    half_written.touch()
    ended = set_up(checkout)
    assert "Rebuilding the Python environment" in ended.stdout
    assert not half_written.exists()
    # Without an index the real pip of the new environment finds no package, and the message gives advice.
    assert "check the network" in ended.stderr
