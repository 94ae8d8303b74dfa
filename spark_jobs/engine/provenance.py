"""Where a table's rows came from: what each commit says of the code, the parameters and the tables it was made from."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from hublake.spark_jobs.job import Job

CODE = ("hublake.lake", "hublake.rules", "hublake.spark_jobs", "hublake.conf")


def fingerprint(job: Job, inputs: Mapping[str, str]) -> str:
    """A digest that changes when the code, the parameters or an input of the job does, and only then."""
    params = asdict(job.params) if job.params is not None else {}
    told = json.dumps([job.name, code_digest(), params, dict(inputs)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@cache
def code_digest() -> str:
    """A digest of the sources that decide what a job computes."""
    digest = hashlib.sha256()
    for package in CODE:
        for name, content in _sources(files(package), package):
            digest.update(f"{name}\n".encode() + content)
    return digest.hexdigest()[:16]


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir() and not entry.name.startswith(("_", ".")):
            yield from _sources(entry, f"{prefix}/{entry.name}")
        elif entry.name.endswith((".py", ".csv", ".toml")):
            yield f"{prefix}/{entry.name}", entry.read_bytes()


@cache
def code_version() -> dict[str, Any]:
    """Version and, in a checkout or where HUBLAKE_GIT_SHA says it, the commit; `code` tells edited sources apart."""
    return {"hublake": _package_version(), "git_sha": os.environ.get("HUBLAKE_GIT_SHA") or _git_sha(), "code": code_digest()}


def _package_version() -> str:
    try:
        return version("hublake")
    except PackageNotFoundError:  # shipped as a bare zip
        return "unknown"


def _git_sha() -> str | None:
    here = Path(__file__).resolve().parents[2]
    if not (here / ".git").exists():
        return None
    try:
        return subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
