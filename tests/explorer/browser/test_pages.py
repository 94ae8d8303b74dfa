"""The pages of tables in a browser: what they draw, and what a person does on them."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from hublake.explorer.api import Answers
from hublake.explorer.data.write import write_data
from hublake.explorer.server import ExplorerServer
from hublake.lake.settings import load
from hublake.serving.reader import open_published
from tests.explorer.browser.conftest import Open, Opened
from tests.explorer.small_hub import HOSTILE, write_small_hub
from tests.serving.small_warehouse import write_warehouse

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGES = ("", "licenses?parent=gemma&child=mit", "documentation", "trends", "vendors", "datasets", "data?table=gold.license_edges")
STATIC_FOLDER = "**/data/manifest.json"


def served(warehouse: Path, data: Path) -> Iterator[str]:
    settings = load(flags={"warehouse": str(warehouse)})
    published = open_published(settings)
    write_data(published, data)
    answers = Answers(published, data, lambda: open_published(settings))
    with ExplorerServer(data, answers.by_name(), 0) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.url
        server.shutdown()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The explorer of a warehouse with every table."""
    folder = tmp_path_factory.mktemp("pages")
    yield from served(write_small_hub(folder / "w"), folder / "data")


@pytest.fixture(scope="module")
def bare_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The explorer of a warehouse with few tables."""
    folder = tmp_path_factory.mktemp("bare")
    yield from served(write_warehouse(folder / "w"), folder / "data")


@pytest.fixture
def window(open_explorer: Open, url: str) -> Opened:
    return open_explorer(url)


def without_server(page: "Page") -> None:
    """Let the page believe that a web server without an API serves it."""
    page.route(STATIC_FOLDER, lambda route: route.fulfill(json=route.fetch().json() | {"server": False}))


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.partition("?")[0] or "home")
def test_each_page_is_accessible_fits_and_looks_the_same_again(address: str, open_explorer: Open, url: str) -> None:
    for width, theme in ((1440, "light"), (900, "dark"), (360, "light")):
        window = open_explorer(url, width=width, theme=theme)
        page = window.go(f"#/{address}")
        page.locator(".figure").first.wait_for()
        picture = window.picture()
        assert window.overlaps() == []
        assert window.axe() == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".limits li").count() > 0
        window.go(f"#/{address}")
        assert window.picture() == picture


def test_the_bar_at_the_top_covers_nothing_that_the_keyboard_reaches(open_explorer: Open, url: str) -> None:
    page = open_explorer(url, width=900, height=500).go("#/data?table=gold.license_edges")
    below_bar = """() => {
      const { top, bottom, height } = document.activeElement.getBoundingClientRect();
      return !document.activeElement.closest("main") || height > 200 || (top >= document.querySelector("header").getBoundingClientRect().bottom && bottom <= innerHeight);
    }"""
    page.locator("#chosen-table").focus()
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 24:
        page.keyboard.press(key)
        assert page.evaluate(below_bar), page.evaluate("document.activeElement.textContent")


@pytest.mark.parametrize("address", ["documentation", "trends", "vendors"])
def test_each_chart_says_what_it_shows_and_has_its_table_and_its_source(address: str, window: Opened) -> None:
    page = window.go(f"#/{address}")
    page.locator(".picture-of-data svg").first.wait_for()
    for chart in page.locator(".figure:has(.plot)").all():
        assert len(chart.get_by_role("img").first.get_attribute("aria-label") or "") > 40
        chart.get_by_text("Table:").click()
        chart.locator("tbody tr").first.wait_for()
        assert "Source: gold." in chart.locator(".source").inner_text()


def test_a_cell_opens_its_edges_by_keyboard_and_the_address_shows_them_again(window: Opened) -> None:
    page = window.go("#/licenses")
    page.get_by_role("button", name="gemma to mit: 2 edges, of these 0 fit, 2 in conflict, 0 unknown").focus()
    page.keyboard.press("Enter")
    edges = page.locator("section:has(#cell-list) tbody tr")
    assert page.evaluate("document.activeElement.id") == "cell-list"
    assert [row.split("\t")[0] for row in edges.all_inner_texts()] == ["a/y", "a/x"]
    window.go(page.url.removeprefix(window.url))
    assert edges.count() == 2
    page.get_by_role("button", name="List all edges").click()
    page.get_by_text("All 2.").wait_for()
    page.go_back()
    page.get_by_role("button", name="List all edges").wait_for()
    page.go_forward()
    page.get_by_text("All 2.").wait_for()


def test_a_cell_of_vendors_opens_its_models(window: Opened) -> None:
    page = window.go("#/vendors")
    page.get_by_role("button", name="From g by a: 2 models").click()
    models = page.locator("section:has(#cell-list) tbody tr")
    assert [row.split("\t")[:2] for row in models.all_inner_texts()] == [["a/x", "g/base"], ["a/y", "g/base"]]
    page.get_by_role("button", name="List all models").click()
    page.get_by_text("All 2.").wait_for()
    page.get_by_label("Count guessed edges").uncheck()
    page.get_by_text("All 1.").wait_for()
    assert [row.split("\t")[0] for row in models.all_inner_texts()] == ["a/x"]


def test_a_cell_says_how_many_of_its_edges_are_listed_and_verdicts_are_worded(window: Opened) -> None:
    page = window.go("#/licenses?parent=mit&child=mit&relation=adapter")
    listed = page.locator("section:has(#cell-list)")
    assert listed.get_by_text("1 edge. No legal advice.").count() == 1
    assert listed.locator("tbody td").nth(2).inner_text() == "fits"


def test_a_scatter_names_the_rows_without_a_day_that_it_does_not_draw(window: Opened) -> None:
    page = window.go("#/vendors")
    series = page.locator(".figure:has(#figure-series)")
    assert series.get_by_text("Not drawn, without a day or a value: base3; the table has them.").count() == 1
    assert [text for text in series.locator("svg text").all_text_contents() if text.startswith("base")] == ["base2", "base1"]


def test_guessed_edges_can_be_left_out_and_the_switch_keeps_the_focus(window: Opened) -> None:
    page = window.go("#/licenses")
    page.get_by_label("Count guessed edges").uncheck()
    page.get_by_role("button", name="gemma to mit: 1 edge, of these 0 fit, 1 in conflict, 0 unknown").wait_for()
    assert page.url.endswith("#/licenses?guesses=0")
    assert page.evaluate("document.activeElement.type") == "checkbox"


def test_back_undoes_a_choice_and_returns_to_the_place_that_was_left(window: Opened) -> None:
    page = window.go("#/licenses")
    page.get_by_label("Count guessed edges").uncheck()
    page.evaluate("scrollTo(0, 400)")
    page.get_by_role("link", name="Home").click()
    page.locator(".door").first.wait_for()
    page.go_back()
    window.wait_until("scrollY === 400 && location.hash === '#/licenses?guesses=0'")
    page.go_back()
    page.locator("input[type=checkbox]:checked").wait_for()
    assert page.url.endswith("#/licenses")


def test_names_from_the_hub_are_text(window: Opened) -> None:
    page = window.go("#/licenses?parent=mit&child=mit")
    assert page.locator("section:has(#cell-list)").get_by_role("link", name=f"x/{HOSTILE}").count() == 1
    assert page.locator("img[src='x']").count() == 0


def test_a_list_of_models_gets_commercial_use_root_path_verdict_and_a_bill_of_materials(window: Opened) -> None:
    window.expect_fault("404")  # the browser reports the model that is not found
    page = window.go("#/licenses")
    page.get_by_role("textbox", name="Models, one a line").fill("a/x\nno/such")
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("which is the strictest answer of all").wait_for()
    found, missing = (row.split("\t") for row in page.locator("section:has(textarea) tbody tr").all_inner_texts())
    assert found[:7] == ["a/x", "limited", "g/base: gemma", "conflict", "mit", "g/base → a/x", "gemma → mit"]
    assert missing[:2] == ["no/such", "not found"]
    page.get_by_text("Bills of materials").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download BOM of a/x").click()
    assert json.loads(Path(download.value.path()).read_text("utf-8"))["bomFormat"] == "CycloneDX"


def test_descendants_of_a_dataset_are_listed_through_the_lineage(window: Opened) -> None:
    page = window.go("#/datasets?dataset=r/squad")
    page.get_by_text("4 models. With paths and evidence: hublake tainted --datasets r/squad").wait_for()
    rows = [row.split("\t")[:2] for row in page.locator("section:has(#dataset-names) tbody tr").all_inner_texts()]
    assert rows == [["g/base", "yes"], ["a/x", "no"], ["a/y", "no"], ["a/z", "no"]]


def test_a_dataset_is_found_by_a_part_of_its_name_in_any_letter_case(window: Opened) -> None:
    page = window.go("#/datasets?dataset=SQUA")
    page.get_by_role("region", name="Datasets with SQUA in their name").get_by_role("link", name="r/squad").click()
    page.get_by_text("4 models. With paths").wait_for()
    assert page.url.endswith("#/datasets?dataset=r%2Fsquad")
    window.go("#/datasets?dataset=R/Squad")
    page.get_by_text("4 models. With paths").wait_for()


@pytest.mark.parametrize("has_server", [True, False])
def test_an_author_has_the_list_of_its_models(window: Opened, *, has_server: bool) -> None:
    if not has_server:
        without_server(window.page)
    page = window.go("#/author/a")
    assert sorted(page.locator("tbody th").all_inner_texts()) == ["a/x", "a/y", "a/z"]
    assert page.get_by_role("link", name="a/x").get_attribute("href") == "#/model/a/x"


def test_a_query_shows_its_rows_and_a_refused_one_its_reason(window: Opened) -> None:
    window.expect_fault("400")
    page = window.go("#/data")
    query = page.get_by_role("textbox", name="Query")
    query.fill("SELECT relation, count(*) AS edges FROM silver.lineage_edges GROUP BY ALL ORDER BY ALL")
    query.press("Control+Enter")
    page.get_by_text("2 rows.").wait_for()
    assert page.locator("section:has(textarea) tbody tr").all_inner_texts() == ["adapter\t2", "finetune\t2"]
    query.fill("CREATE TABLE mine AS SELECT 1")
    page.get_by_role("button", name="Run", exact=True).click()
    assert page.get_by_role("alert").inner_text()


def test_a_table_has_its_columns_and_snippets(window: Opened) -> None:
    page = window.go("#/data")
    page.get_by_role("searchbox", name="Contains").fill("verdict clause")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="gold.license_edges").click()
    assert page.evaluate("document.activeElement.id") == "chosen-table"
    page.get_by_role("combobox", name="Read it with").select_option("Polars")
    assert 'pl.scan_delta("warehouse/gold/license_edges")' in page.locator("pre").inner_text()
    assert page.url.endswith("words=verdict+clause&table=gold.license_edges&with=Polars")


def test_a_download_has_what_is_shown(window: Opened) -> None:
    page = window.go("#/licenses?guesses=0")
    page.get_by_label("Download", exact=True).select_option("license_matrix")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert {(row["parent_license"], row["child_license"]): row["edges"] for row in rows} == {
        ("gemma", "mit"): "1", ("gemma", "(none)"): "1", ("mit", "mit"): "1",
    }  # fmt: skip


def test_a_saved_chart_stands_alone(window: Opened) -> None:
    page = window.go("#/documentation")
    page.locator(".picture-of-data svg").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as SVG").first.click()
    svg = Path(download.value.path()).read_text("utf-8")
    assert svg.startswith("<svg")
    assert "limitations" in svg
    assert "var(" not in svg


def test_a_static_folder_says_what_needs_the_server(window: Opened) -> None:
    without_server(window.page)
    for address, sentence in (
        ("data", "Queries need the local server"),
        ("licenses?parent=gemma&child=mit", "The complete list needs the local server"),
        ("datasets?dataset=r/squad", "with descendants, needs the local server"),
    ):
        assert window.go(f"#/{address}").get_by_text(sentence).count() == 1


def test_tables_that_are_not_built_are_named_on_every_page(open_explorer: Open, bare_url: str) -> None:
    window = open_explorer(bare_url)
    for address in PAGES[1:]:
        page = window.go(f"#/{address.partition('?')[0]}")
        assert "is not in this warehouse. Create it: hublake build" in page.locator("main").inner_text()
    assert "not built" in window.go("#/").locator("main").inner_text()
