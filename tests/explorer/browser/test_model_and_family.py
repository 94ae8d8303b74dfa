"""The pages of one model and of one family."""

import csv
import gzip
import json
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.explorer.browser.conftest import Open
from tests.explorer.browser.facts import MODEL, SENTENCE

ADDRESS = "#/model/evil/%3Cb%3Emerge%3C%2Fb%3E"


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "dark")])
def test_a_model_shows_its_tree_evidence_licences_and_card_as_text(open_explorer: Open, map_url: str, width: int, theme: Any) -> None:
    window = open_explorer(map_url, width=width, theme=theme)
    page = window.go(ADDRESS)
    assert page.locator("h1").inner_text() == MODEL
    assert page.locator("blockquote").inner_text().split("\n\n") == [SENTENCE, "On out of scope, bias; earned the depth."]
    assert page.locator("main b, main script").count() == 0
    page.locator("svg.tree").wait_for()
    # The names are in the titles, which are not rendered: the labels are cut.
    titles = page.locator("svg.tree g title").all_text_contents()
    assert titles == ["good/root", "good/parent", "gone/parent, not listed", f"{MODEL}, 2 derivatives", "good/merge-GGUF, 10 downloads"]
    text = page.locator("main").inner_text()
    for fact in (
        "It is a merge of good/parent, gone/parent.",
        "Access must be requested",
        "Commercial use\nno\ngood/root: cc-by-nc-4.0",
        "rank 7 of 100",
        "typed tag",
        "conflict",
        "commercial use",
    ):
        assert fact in text
    verdicts = page.locator(".figure:has(#figure-verdict_against_each_parent)")
    assert verdicts.locator("thead th").all_inner_texts()[:2] == ["Parent", "Verdict"]
    widths = [place.evaluate("node => node.clientWidth") for place in (verdicts, page.locator(".figures").first)]
    assert widths[0] == widths[1]
    assert window.axe() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_edges_of_a_model_are_downloaded_and_followed_by_keyboard(open_explorer: Open, map_url: str) -> None:
    window = open_explorer(map_url)
    window.expect_fault("404")  # the test's server knows no other model
    page = window.go(ADDRESS)
    page.get_by_label("Download", exact=True).select_option("lineage")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert [(row["parent_id"], row["status"]) for row in rows][:2] == [("good/parent", "present"), ("gone/parent", "missing")]
    page.get_by_role("link", name="good/parent").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").inner_text() == "No model is called 'good/parent'"


def test_a_family_counts_what_descends_from_a_model(open_explorer: Open, map_url: str, map_folder: Path) -> None:
    family = json.loads((map_folder / "map" / "families.json").read_text("utf-8"))[1]
    window = open_explorer(map_url)
    page = window.go(f"#/family/{family['name']}")
    page.locator("#figure-growth").wait_for()
    figures = dict(zip(*[page.locator(f".figures {tag}").all_inner_texts() for tag in ("dt", "dd:not(.note)")], strict=True))
    assert figures["Models"] == f"{family['members']:,}"
    page.get_by_label("Download", exact=True).select_option("members")
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON").click()
    rows = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert len(rows) == family["members"]
    assert rows[0] | {"relation": "base", "generation": 0} == rows[0]
    assert Counter(row["relation"] for row in rows)["base"] == 1
    assert "Declared languages" in page.locator("main").inner_text()
    pictures = set()
    for layout in ("spring", "circular", "kamada-kawai"):
        page.get_by_role("combobox", name="Layout").select_option(layout)
        page.locator("canvas.force[data-drawn='1']").wait_for()
        pictures.add(page.locator("canvas.force").screenshot())
    assert len(pictures) == 3
    assert page.url.endswith("?layout=kamada-kawai")
    assert window.axe() == []
    window.go(page.url.removeprefix(window.url))
    assert page.get_by_role("combobox", name="Layout").input_value() == "kamada-kawai"
    names = gzip.decompress((map_folder / "map" / "names.txt.gz").read_bytes()).decode().splitlines()
    parents = {names[at] for at in np.frombuffer(gzip.decompress((map_folder / "map" / "edges.u32.gz").read_bytes()), "<u4")[1::2]}
    for is_parent, lead in ((True, "A model and everything that descends from it"), (False, "descends from this root")):
        name = next(row["model"] for row in rows if row["generation"] and (row["model"] in parents) == is_parent)
        assert lead in window.go(f"#/family/{name}").locator(".lead").inner_text()
        assert page.get_by_role("link", name=f"Family of {family['name']}").count() == is_parent
