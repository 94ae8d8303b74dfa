"""What the code that computes a table may do: the rules that hublake.spark_jobs.job states for transforms, and what digests rely on."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from hublake.lake.schema import Table
from hublake.spark_jobs.engine.discovery import all_jobs
from hublake.spark_jobs.engine.job_sources import LIST_READERS, installed_sources
from hublake.spark_jobs.job import Job
from tests.conventions.sources import ROOT, modules

PURE_PACKAGES = ("rules", "spark_jobs/silver", "spark_jobs/gold", "spark_jobs/steps", "spark_jobs/graph", "spark_jobs/dataframes")

FORBIDDEN_IMPORTS = {
    *(
        "hublake.spark_jobs.engine",
        "hublake.lake.delta",
        "hublake.lake.paths",
        "hublake.crawler",
        "hublake.serving",
        "hublake.expectations",
    ),
    *("os", "pathlib", "io", "shutil", "tempfile", "subprocess", "socket", "urllib", "importlib"),
    *("time", "random", "secrets", "uuid"),
    *("deltalake", "duckdb", "delta"),
}
FORBIDDEN_ATTRIBUTES = {
    *("write", "writeTo", "writeStream", "save", "saveAsTable", "insertInto", "read", "readStream"),  # paths and tables
    *("createTempView", "createOrReplaceTempView", "createGlobalTempView", "createOrReplaceGlobalTempView", "cache", "persist"),
    *("now", "today", "utcnow", "current_date", "current_timestamp", "curdate", "localtimestamp"),  # clocks
    *("rand", "randn", "uuid", "monotonically_increasing_id", "environ"),  # another result each time
}


@pytest.mark.parametrize("path", modules(*PURE_PACKAGES), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_transform_or_rule_opens_no_path_table_session_clock_or_settings(path: Path) -> None:
    assert list(violations(ast.parse(path.read_text("utf-8")))) == []


def violations(tree: ast.Module) -> Iterator[str]:
    allowed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "createDataFrame"}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (f"imports {alias.name}" for alias in names if is_forbidden(alias.name))
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"imports {module}" for _ in names[:1] if is_forbidden(module))
                if module == "hublake.lake.settings":  # a dataclass of settings may give parameters their defaults
                    yield from (f"imports {alias.name}" for alias in names if not alias.name.endswith("Settings"))
            case ast.Attribute(attr="sparkSession") if id(node) not in allowed:
                yield "uses the session for something else than createDataFrame"
            case ast.Attribute(attr=name) if name in FORBIDDEN_ATTRIBUTES:
                yield f"uses .{name}"
            case ast.Name(id="open" | "__import__" | "SparkSession" as name):
                yield f"uses {name}"


def is_forbidden(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in FORBIDDEN_IMPORTS)


@pytest.mark.parametrize(
    "code",
    [
        "import os.path",
        "from hublake.spark_jobs.engine.warehouse import Warehouse",
        "from hublake.lake.settings import load",
        "frame.sparkSession.read.parquet('x')",
        "frame.sparkSession.sql('SELECT 1')",
        "frame.write.save('x')",
        "F.current_timestamp()",
        "date.today()",
        "open('x')",
    ],
)
def test_the_check_finds_what_a_transform_must_not_do(code: str) -> None:
    assert list(violations(ast.parse(code)))


@pytest.mark.parametrize("code", ["frame.sparkSession.createDataFrame([], schema)", "frame.count()", "frame.localCheckpoint()"])
def test_the_check_allows_actions_on_the_inputs(code: str) -> None:
    assert list(violations(ast.parse(code))) == []


def test_every_curated_list_is_named_by_a_literal() -> None:
    """A digest finds the lists that a module reads in its source."""
    read = {
        str(path.relative_to(ROOT)): list(lists_read(path.read_text("utf-8"))) for path in modules("lake", "rules", "spark_jobs", "serving")
    }
    del read["lake/curated.py"]
    assert {path: names for path, names in read.items() if None in names} == {}
    assert {name for names in read.values() for name in names if not (ROOT / "conf" / f"{name}.csv").is_file()} == set()


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('curated("terms")', ["terms"]),
        ('curated_words("terms", "term")', ["terms"]),
        ("curated(LIST)", [None]),
        ('curated(name="terms")', [None]),
        ('map(curated, ["terms"])', [None]),
        ("from hublake.lake.curated import curated as rows_of", [None]),
        ("from hublake.lake.curated import curated", []),
    ],
)
def test_another_use_of_a_function_that_reads_a_list_is_found(code: str, names: list[str | None]) -> None:
    assert list(lists_read(code)) == names


def lists_read(code: str) -> Iterator[str | None]:
    """The name of the list for each use of a function that reads one; None if the name is not the literal first argument of a call."""
    tree = ast.parse(code)
    named = {}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
                named[id(function)] = name
            case ast.ImportFrom(names=aliases):
                yield from (None for alias in aliases if alias.name in LIST_READERS and alias.asname)
            case ast.Name(id=used) | ast.Attribute(attr=used) if used in LIST_READERS:
                yield named.get(id(node))


def test_jobs_and_rules_read_files_of_conf_through_lake_alone() -> None:
    readers = {str(path.relative_to(ROOT)) for path in modules("rules", "spark_jobs") if "conf_folder" in path.read_text("utf-8")}
    assert readers <= {"spark_jobs/engine/job_sources.py"}


@pytest.mark.parametrize("job", all_jobs().values(), ids=lambda job: job.name)
def test_the_fingerprint_covers_the_declaration_of_every_table_that_a_job_imports(job: Job) -> None:
    """It covers those that the job reads and writes, and through its inputs those that they are computed from; never their text."""
    imported = {table.full_name for name in installed_sources().needed_by(job.module) for table in tables_imported(name)}
    assert imported <= covered(job)


def covered(job: Job) -> set[str]:
    inputs = {table.full_name for table in (*job.reads, *job.reads_previous, *job.reads_earlier)}
    return {job.name} | inputs.union(*(covered(all_jobs()[name]) for name in inputs - {job.name} if name in all_jobs()))


def tables_imported(module: str) -> set[Table]:
    loaded = import_module(module)
    return {value for value in vars(loaded).values() if isinstance(value, Table)}
