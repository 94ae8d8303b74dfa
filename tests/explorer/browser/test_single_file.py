"""A family as one file, opened from a disk."""

from datetime import date
from pathlib import Path

import pytest

from hublake.explorer.single_file import family_page
from hublake.lake.settings import load
from hublake.serving.reader import open_published
from tests.explorer.browser.conftest import Open
from tests.serving.small_warehouse import write_tables

DAY = date(2026, 1, 2)
MODELS = """
    hub_id | model_id                    | downloads_30d
    h1     | a/base                      | 100
    h2     | b/<img_src=x_onerror=alert> | 7
    h3     | c/merge                     | 1
"""
EDGES = """
    child_id                    | parent_id                   | relation | evidence        | parent_status | is_self_loop
    b/<img_src=x_onerror=alert> | a/base                      | finetune | hub_base_models | present       | no
    c/merge                     | b/<img_src=x_onerror=alert> | merge    | in_name         | present       | no
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("single")
    write_tables(folder / "w", {"silver.models": MODELS, "silver.lineage_edges": EDGES}, snapshot_date=DAY)
    written = folder / "family.html"
    written.write_text(family_page(open_published(load(flags={"warehouse": str(folder / "w")}, environ={})), "a/base"), "utf-8")
    return written


def test_it_opens_on_the_family_and_has_the_map_and_each_model_without_a_request(open_explorer: Open, file: Path) -> None:
    window = open_explorer(file.as_uri())
    page = window.go("")
    assert page.locator("h1").inner_text() == "Family of a/base"
    page = window.go("#/model/b/%3Cimg_src%3Dx_onerror%3Dalert%3E")
    assert page.locator("h1").inner_text() == "b/<img_src=x_onerror=alert>"
    assert page.locator("main img").count() == 0
    page = window.go("#/map")
    assert "3 connected models" in page.locator("main").inner_text()
