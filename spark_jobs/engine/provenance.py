"""Version and commit of the running code, for the metadata of Delta commits."""

import os
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@cache
def code_version() -> dict[str, str | None]:
    """Version of the package and, in a checkout or if HUBLAKE_GIT_SHA is set, the git commit."""
    return {"hublake": _package_version(), "git_sha": os.environ.get("HUBLAKE_GIT_SHA") or _git_sha()}


def _package_version() -> str:
    try:
        return version("hublake")
    except PackageNotFoundError:  # shipped as a zip without metadata
        return "unknown"


def _git_sha() -> str | None:
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        return subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
