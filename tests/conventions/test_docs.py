"""Pages that are made from the code are what the code would make now."""

import re
from pathlib import Path

import pytest

from hublake.lake.schema import TABLES
from tools.document import DOCS, main, pages


@pytest.mark.parametrize("name", ["tables.md", "jobs.md"])
def test_a_generated_page_is_current(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == pages()[name], "make docs"


def test_a_stale_page_is_named_and_ends_the_check_with_1(tmp_path: Path) -> None:
    main([str(tmp_path)])
    main(["--check", str(tmp_path)])
    (tmp_path / "jobs.md").write_text("of old\n", "utf-8")
    with pytest.raises(SystemExit, match=r"jobs\.md no longer says") as ended:
        main(["--check", str(tmp_path)])
    assert "tables.md" not in str(ended.value)


def test_every_column_stands_in_the_part_of_its_table() -> None:
    page = pages()["tables.md"]
    for table in TABLES.values():
        part = re.split(r"\n##+ ", page.partition(f"\n### {table.full_name}\n")[2])[0]
        named = [line.split("|")[1].removesuffix(" * ").strip() for line in part.splitlines() if line.startswith("| ")][2:]
        assert named == list(table.column_names)
