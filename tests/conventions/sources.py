"""The files of the project that the tests of conventions check."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("lake", "crawler", "rules", "spark_jobs", "expectations", "serving", "explorer", "sample_hub", "tools")
NOT_SOURCES = {".git", ".venv", ".coverage", "dist", "build", "warehouse", "demo", "results", "__pycache__"}


@dataclass(frozen=True)
class Function:
    """A function, and the number of lines of the whole and of its body without docstring."""

    location: str
    lines: int
    body_lines: int


def text_files() -> Iterator[Path]:
    """Every text file of the project, without caches and build output."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        is_cache = any(part in NOT_SOURCES or part.endswith(("_cache", ".egg-info")) for part in parts)
        if path.is_file() and not is_cache and path.suffix not in {".gz", ".zip", ".parquet", ".whl"}:
            yield path


def modules(*packages: str) -> list[Path]:
    """Python files below the named packages."""
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def functions(path: Path) -> Iterator[Function]:
    """Functions and methods of a module, nested ones included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            end = node.end_lineno or node.lineno
            body = node.body[1:] if ast.get_docstring(node) else node.body
            yield Function(
                f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", end - node.lineno + 1, end - body[0].lineno + 1 if body else 0
            )
