"""The source code, curated lists and libraries that determine a job's rows, and a digest of them.

They are the job's module, the project modules that it imports directly or through other modules, the lists of conf/ that these modules
name, and the versions of the libraries that they import. Edits elsewhere do not change the digest. Nor do edits of comments, docstrings
or layout: it covers syntax trees without docstrings. A Python release may change syntax trees, and with them every digest.
"""

import ast
import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

from hublake.lake.settings import conf_folder

IMPORT_ROOT = "hublake"
# Modules left out of the digest. Each comment says what covers their changes instead. A package covers everything below it.
NOT_COUNTED = (
    f"{IMPORT_ROOT}.lake.schema",  # the declarations of the tables that the job reads and writes (fingerprints.py)
    f"{IMPORT_ROOT}.lake.settings",  # the values of the settings that the job uses, which are its parameters
    f"{IMPORT_ROOT}.lake.errors",  # nothing: the text of an error is in no row
    f"{IMPORT_ROOT}.spark_jobs.job",  # fingerprints.ENGINE_REVISION, as for the engine that runs the job
)
LIST_READERS = ("curated", "curated_words")  # functions of lake.curated whose first argument names a list
LIST_FILE = re.compile(r"[a-z_]+\.csv")
LIST_MARK = re.compile(r"\bcurated|\.csv\b")  # quick test: a module without this names no list
DISTRIBUTIONS = {
    "delta": "delta-spark",
    "graphframes": "graphframes-py",
    "yaml": "PyYAML",
}  # import name -> distribution, where they differ
HAVE_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")  # where statements contain others


@dataclass(frozen=True)
class Module:
    """One source file: a digest of its code, the modules that it may import, and the files of conf/ that it names."""

    digest: str
    imports: frozenset[str]
    lists: frozenset[str]

    @property
    def libraries(self) -> frozenset[str]:
        """The names of the packages that it imports, neither of the project nor of the standard library."""
        return frozenset(name.partition(".")[0] for name in self.imports) - {IMPORT_ROOT, *sys.stdlib_module_names}


@dataclass
class SourceTree:
    """The project's modules below `root`, a folder or a zip that holds the package. Each module is parsed once."""

    root: Traversable
    _modules: dict[str, Module | None] = field(default_factory=dict)

    def digest(self, name: str, conf: Traversable) -> str:
        """Digest of a module, of all project modules that it needs, of the lists in `conf` that they name, and of libraries."""
        needed = self.needed_by(name)
        lists = sorted({file for module in needed.values() for file in module.lists})
        parts = [f"{name} {module.digest}" for name, module in sorted(needed.items())]
        libraries = sorted({library for module in needed.values() for library in module.libraries})
        parts += [f"{file} {_digest_of_file(conf / file)}" for file in lists]
        return _sha256("\n".join([*parts, *(f"{library} {_version(library)}" for library in libraries)]).encode())

    def needed_by(self, name: str) -> dict[str, Module]:
        """The modules that a module needs, itself included, by name."""
        found: dict[str, Module] = {}
        pending = [name]
        while pending:
            name = pending.pop()
            if name not in found and _counts(name) and (module := self.module(name)):
                found[name] = module
                pending += module.imports
                pending += _packages_of(name)
        return found

    def module(self, name: str) -> Module | None:
        """Parse a module or the __init__ of a package; None if there is no such file."""
        if name not in self._modules:
            self._modules[name] = self._parse(name)
        return self._modules[name]

    def _parse(self, name: str) -> Module | None:
        folder = self.root
        *parents, last = name.split(".")[1:]
        for parent in parents:
            folder = folder / parent
        for file, package in ((folder / f"{last}.py", ".".join([IMPORT_ROOT, *parents])), (folder / last / "__init__.py", name)):
            if file.is_file():
                return parse_module(file.read_text("utf-8"), package)
        return None


def parse_module(text: str, package: str) -> Module:
    """What a source file contributes; `package` is the package that its relative imports start from."""
    tree = ast.parse(text)
    imports: set[str] = set()
    for statement in _statements(tree):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            imports.update(_imported(statement, package))
    lists = (
        set(_lists_named(tree)) if LIST_MARK.search(text) else set()
    )  # walking the expressions of every module takes a third of the time
    return Module(_sha256(ast.dump(tree).encode()), frozenset(imports), frozenset(lists))


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """All statements, nested ones included. Removes the docstrings on the way."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, HAVE_DOCSTRING) and node.body and _is_docstring(node.body[0]):
            del node.body[0]
        for block in BLOCKS:
            pending += getattr(node, block, ())


def _lists_named(tree: ast.Module) -> Iterator[str]:
    """Files of conf/: the first argument of the functions that read a list, and texts that are a file's name."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=function) | ast.Attribute(attr=function), args=[ast.Constant(value=str(name)), *_]):
                if function in LIST_READERS:
                    yield f"{name}.csv"
            case ast.Constant(value=str(text)) if LIST_FILE.fullmatch(text):
                yield text


@cache
def installed_sources() -> SourceTree:
    """The sources of the package that is running, from a checkout, an installation or the zip that was sent to a cluster."""
    return SourceTree(files(IMPORT_ROOT))


def job_digest(module: str) -> str:
    """Digest of the code and the curated lists that determine the rows of the job in `module`."""
    return installed_sources().digest(module, conf_folder())


def _imported(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[str]:
    """Names of all project modules that a statement may import: `from a import b` may import a.b."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    source = node.module or ""
    if node.level:
        base = package.split(".")[: len(package.split(".")) - node.level + 1]
        source = ".".join([*base, *filter(None, [source])])
    yield source
    yield from (f"{source}.{alias.name}" for alias in node.names)


def _counts(name: str) -> bool:
    return name.startswith(f"{IMPORT_ROOT}.") and not any(name == other or name.startswith(f"{other}.") for other in NOT_COUNTED)


@cache
def _version(library: str) -> str:
    """The installed version of a library, by the name of its package."""
    try:
        return version(DISTRIBUTIONS.get(library, library))
    except PackageNotFoundError:
        return "unknown"


def _packages_of(name: str) -> list[str]:
    """Parent packages of a module, without `hublake` itself, which contains only the version."""
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(2, len(parts))]


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


def _digest_of_file(file: Traversable) -> str:
    return _sha256(file.read_bytes()) if file.is_file() else "missing"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
