"""Build the wheel, and the same file as hublake.zip: PySpark puts only .zip, .egg and .jar on the path of executors.

python -m tools.dist [FOLDER]        FOLDER: dist/ by default; the same sources give the same bytes
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST_DAY_OF_ZIP = "315532800"  # 1980-01-01: every file in the wheel gets this time


def build_wheel(target: Path) -> Path:
    """Write the wheel and hublake.zip into `target`; returns the path of the .zip."""
    with tempfile.TemporaryDirectory() as scratch:
        # Build in a copy: files of an earlier build must not get into the wheel, nor files of this build into the checkout.
        _copy_sources(Path(scratch) / "sources")
        command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet", "--wheel-dir", scratch]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": FIRST_DAY_OF_ZIP}
        subprocess.run([*command, str(Path(scratch) / "sources")], env=environment, check=True)
        (wheel,) = Path(scratch).glob("*.whl")
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(wheel, target / wheel.name)
        return Path(shutil.copyfile(wheel, target / "hublake.zip"))


def _copy_sources(target: Path) -> None:
    target.mkdir()
    shutil.copytree(ROOT / "hublake", target / "hublake", ignore=shutil.ignore_patterns("__pycache__"))  # follows the links
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, target / name)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


if __name__ == "__main__":
    print(build_wheel(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "dist"))
