"""Commands start at once: their modules import nothing heavy, and the version needs no package metadata."""

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

from hublake import __version__
from tests.conventions.sources import ROOT

HEAVY = ("pyspark", "pyarrow", "deltalake", "scrapy", "duckdb", "great_expectations", "rich")


def run_python(script: str, folder: Path = ROOT, **environment: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment or None, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_command_modules_import_nothing_heavy() -> None:
    modules = sorted({point.module for point in entry_points(group="hublake.commands")})
    assert {"hublake.lake.commands", "hublake.crawler.commands", "hublake.spark_jobs.commands", "hublake.serving.commands"} <= set(modules)
    script = f"import sys, hublake.lake.cli, {', '.join(modules)}; print(*sorted(set({HEAVY}) & set(sys.modules)))"
    assert run_python(script) == ""


def test_the_version_needs_no_package_metadata(tmp_path: Path) -> None:
    archive = tmp_path / "hublake.zip"
    with zipfile.ZipFile(archive, "w") as bare:
        for path in (
            "__init__.py",
            "lake/__init__.py",
            *(f"lake/{name}.py" for name in ("cli", "errors", "options", "process", "suggestions", "terminal", "verbosity")),
        ):
            bare.write(ROOT / "hublake" / path, f"hublake/{path}")
    script = (
        "import importlib.metadata as metadata, sys; metadata.version = None; import hublake.lake.cli as cli;"
        " assert 'hublake.zip' in cli.__file__, cli.__file__; cli.main(['--version'])"
    )
    assert run_python(script, tmp_path, PYTHONPATH=str(archive)) == f"hublake, version {__version__}"


def test_the_package_runs_as_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "hublake", "--version"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"hublake, version {__version__}"
