"""Renew requirements.lock from pyproject.toml: exact versions and hashes for every platform, and no address of a registry.

python3 tools/lock.py [--upgrade]        keeps locked versions that still fit, unless --upgrade
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = (
    *("pip", "compile", "pyproject.toml", "--output-file", "requirements.lock", "--quiet"),
    *("--extra", "all", "--group", "dev", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--custom-compile-command", "make lock"),
)


def main(options: list[str]) -> None:
    """Run uv in a temporary environment: it resolves for all platforms at once, which pip cannot."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        programs = Path(folder) / "bin"
        subprocess.run([programs / "pip", "install", "--quiet", "--disable-pip-version-check", "uv"], check=True)
        subprocess.run([programs / "uv", *COMPILE, *options], cwd=ROOT, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
