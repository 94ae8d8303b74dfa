"""Generated pages are current, links and named files exist, and every benchmark states its question."""

import ast
import re
from pathlib import Path

import pytest

from hublake.lake.schema import TABLES
from tests.conventions.sources import ROOT, text_files
from tools.document import DOCS, domains, main, pages

MARKDOWN = [path for path in text_files() if path.suffix == ".md"]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# The heading of an example, which is a file that the reader is to add.
EXAMPLE = re.compile(r"^`[^`]*`:$", re.MULTILINE)
# A path of the repository in backticks: `lake/schema/columns.py`, `conf/terms.csv`, `docs/method/`.
NAMED_FILE = re.compile(
    r"`((?:benchmarks|conf|crawler|docker|docs|expectations|explorer|lake|rules|sample_hub|serving|spark_jobs|tests|tools)/[\w./-]*)`"
)


@pytest.mark.parametrize("name", pages())
def test_a_generated_page_is_current(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == pages()[name], "run: make docs"


def test_every_page_of_a_domain_belongs_to_a_domain() -> None:
    assert {path.stem for path in (DOCS / "tables").glob("*.md")} == {"README", *domains()}


def test_a_stale_page_is_named_and_fails_the_check(tmp_path: Path) -> None:
    main([str(tmp_path)])
    main(["--check", str(tmp_path)])
    (tmp_path / "jobs.md").write_text("old\n", "utf-8")
    (tmp_path / "tables" / "gone.md").write_text("old\n", "utf-8")
    with pytest.raises(SystemExit, match=r"jobs\.md, tables/gone\.md differ") as ended:
        main(["--check", str(tmp_path)])
    assert "impact.md" not in str(ended.value)


def test_every_column_is_in_the_section_of_its_table() -> None:
    for domain, tables in domains().items():
        for table in tables:
            section = re.split(r"\n## ", pages()[f"tables/{domain}.md"].partition(f"\n## {table.full_name}\n")[2])[0]
            named = [line.split("|")[1].removesuffix(" * ").strip() for line in section.splitlines() if line.startswith("| ")][2:]
            assert named == list(table.column_names)


def test_every_table_has_one_domain() -> None:
    documented = [table.full_name for tables in domains().values() for table in tables]
    assert sorted(documented) == sorted(TABLES)


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_resolve(page: Path) -> None:
    broken = []
    for target in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if "://" in target or target.startswith("mailto:"):
            continue
        if not file.exists() or (fragment and fragment not in anchors(file)):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_page_names_exist(page: Path) -> None:
    text = EXAMPLE.sub("", FENCED.sub("", page.read_text("utf-8")))
    named = NAMED_FILE.findall(text)
    assert not [name for name in named if not (ROOT / name).exists()]


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_a_benchmark_states_the_question_that_it_answers(path: Path) -> None:
    module = ast.parse(path.read_text("utf-8"))
    is_benchmark = any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in module.body)
    assert not is_benchmark or (ast.get_docstring(module) or "").split("\n")[0].endswith("?")


def anchors(page: Path) -> set[str]:
    """The fragments under which Markdown viewers publish the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
