"""Generated pages are current, and what a page links to or names exists."""

import re
from pathlib import Path

import pytest

from hublake.lake.schema import TABLES
from tests.conventions.sources import ROOT, text_files
from tools.document import DOCS, domains, main, pages

MARKDOWN = [path for path in text_files() if path.suffix == ".md"]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


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


def anchors(page: Path) -> set[str]:
    """The fragments under which Markdown viewers publish the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
