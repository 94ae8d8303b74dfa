"""The map in a browser: what a person does with it, by mouse and by keyboard."""

import csv
import gzip
import json
import struct
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from benchmarks.synthetic_map import HOSTILE
from tests.explorer.browser.conftest import MODELS, Open, Opened

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOADED = ".stage[data-loaded='1']"


@pytest.fixture(scope="module")
def names(map_folder: Path) -> list[str]:
    return gzip.decompress((map_folder / "map" / "names.txt.gz").read_bytes()).decode().splitlines()


@pytest.fixture(scope="module")
def families(map_folder: Path) -> list[dict[str, Any]]:
    return list(json.loads((map_folder / "map" / "families.json").read_text("utf-8")))


def array(folder: Path, name: str) -> np.ndarray[Any, Any]:
    kind = {"u8": "u1", "u16": "<u2", "u32": "<u4"}[name.split(".")[1]]
    return np.frombuffer(gzip.decompress((folder / "map" / f"{name}.gz").read_bytes()), np.dtype(kind))


@pytest.fixture
def window(open_explorer: Open, map_url: str) -> Opened:
    return open_explorer(map_url)


def open_map(window: Opened, query: str = "") -> "Page":
    page = window.go(f"#/map{query}")
    page.locator(LOADED).wait_for()
    page.wait_for_timeout(300)  # a frame after the names
    return page


def press(page: "Page", *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def downloaded(page: "Page", table: str, button: str = "CSV") -> str:
    page.get_by_label("Download", exact=True).select_option(table)
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return Path(download.value.path()).read_text("utf-8")


def centre(page: "Page") -> tuple[float, float]:
    box = page.locator(".stage").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_same_address_gives_the_same_picture_which_is_not_blank(window: Opened) -> None:
    pictures = set()
    for _ in range(2):
        page = open_map(window, "?color=task&view=30000,30000,3")
        pictures.add(page.locator(".stage").screenshot())
    assert len(pictures) == 1
    page.evaluate("document.querySelector('.stage canvas').hidden = true")
    assert page.locator(".stage").screenshot() not in pictures


def test_nothing_but_positions_and_colours_is_requested_before_the_first_picture(window: Opened) -> None:
    held = "WebGL2RenderingContext.prototype.clientWaitSync"
    window.page.add_init_script(
        f"const wait = {held}; {held} = function (...of) {{ return window.isDrawn ? wait.apply(this, of) : this.TIMEOUT_EXPIRED; }}"
    )
    page = window.go("#/map")
    page.wait_for_timeout(300)
    read = "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.gz')).map((name) => name.split('/').at(-1))"
    assert sorted(page.evaluate(read)) == ["attr_relation.u8.gz", "positions.u16.gz"]
    page.evaluate("window.isDrawn = true")
    page.locator(LOADED).wait_for()
    assert {"edges.u32.gz", "names.txt.gz"} < set(page.evaluate(read))


def test_colours_highlight_and_filters_by_keyboard_are_in_the_address(window: Opened, map_folder: Path) -> None:
    page = open_map(window)
    page.get_by_label("Colour by").focus()
    page.keyboard.type("Licence")
    page.get_by_role("button", name="permissive").focus()
    press(page, "Enter")
    page.locator(".legend button[aria-pressed='true']").wait_for()
    assert page.locator(".legend button[aria-pressed='true']").inner_text().startswith("permissive")
    page.get_by_label("Downloads at least").focus()
    page.keyboard.type("15")
    page.get_by_label("Evidence at least").focus()
    page.keyboard.type("plain")
    page.locator(".status", has_text="pass the filters").wait_for()
    assert "color=license_class&highlight=permissive&downloads=5&evidence=plain_tag" in page.url

    edges, evidence = array(map_folder, "edges.u32").reshape(-1, 2), array(map_folder, "edge_evidence.u8")
    has_edge = np.zeros(MODELS, bool)
    has_edge[edges[(evidence >= 1) & (evidence <= 4)].ravel()] = True
    expected = int((has_edge & (array(map_folder, "attr_downloads.u8") >= 5)).sum())
    assert page.locator(".status").inner_text() == f"{expected:,} of {MODELS:,} connected models pass the filters."
    counts = [int(text.replace(",", "")) for text in page.locator(".legend .count").all_inner_texts()]
    assert sum(counts) == expected
    page.reload()
    page.locator(LOADED).wait_for()
    assert page.locator(".status").inner_text().startswith(f"{expected:,} of")


def test_search_by_keyboard_finds_the_best_first_and_selects(window: Opened, names: list[str]) -> None:
    page = open_map(window)
    best = [name for name in names if "gguf" in name.lower() and "user1" in name.lower()][:12]
    page.locator(".stage").focus()
    press(page, "/")
    page.keyboard.type("user1 gguf")
    page.get_by_text("with the highest impact").wait_for()
    assert page.locator("#search-results li").all_inner_texts() == best
    press(page, "ArrowDown", "ArrowDown", "Enter")
    page.locator(".selection").wait_for()
    assert page.locator(".selection h2").inner_text() == best[1]
    assert f"model={best[1].replace('/', '%2F')}" in page.url


def test_a_selected_model_shows_its_facts_and_relatives(window: Opened, map_folder: Path, families: list[dict[str, Any]]) -> None:
    root = families[0]["root"]
    page = open_map(window, f"?model={families[0]['name']}")
    edges = array(map_folder, "edges.u32").reshape(-1, 2)
    children = edges[edges[:, 1] == root, 0]
    facts = dict(zip(*[page.locator(f".facts {tag}").all_inner_texts() for tag in ("dt", "dd")], strict=True))
    assert facts["Direct derivatives"] == f"{len(children):,}"
    assert facts["Derives as"] == "base"
    rows = list(csv.DictReader(StringIO(downloaded(page, "relatives of the selection"))))
    assert len(rows) == len(children)
    page.locator(".lineage button").first.focus()
    press(page, "Enter")
    page.get_by_role("heading", name="Its parent").wait_for()
    assert page.locator(".selection table a, .selection tbody th").first.inner_text() == families[0]["name"]
    assert page.evaluate("document.activeElement.tagName") == "H2"  # the focus follows what was replaced
    page.get_by_label("Clear the selection").click()
    assert "model=" not in page.url


def test_a_pointer_hovers_selects_and_draws_a_lasso(window: Opened, families: list[dict[str, Any]]) -> None:
    page = open_map(window)
    page.get_by_role("button", name=families[1]["name"]).first.click()
    page.wait_for_timeout(400)
    page.get_by_label("Clear the selection").click()
    x, y = centre(page)
    page.mouse.move(x, y)
    page.locator(".tip").wait_for()
    under = page.locator(".tip strong").inner_text()
    page.mouse.click(x, y)
    page.locator(".selection").wait_for()
    assert page.locator(".selection h2").inner_text() == under

    page.keyboard.down("Shift")
    page.mouse.move(x - 60, y - 60)
    page.mouse.down()
    for to in ((x + 60, y - 60), (x + 60, y + 60), (x - 60, y + 60)):
        page.mouse.move(*to, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.get_by_role("heading", name="models taken").wait_for()
    rows = list(csv.DictReader(StringIO(downloaded(page, "models taken"))))
    assert f"{len(rows):,} models taken" in page.locator(".lasso h2").inner_text()
    spread = [max(abs(float(row[axis]) - families[1][axis]) for row in rows) for axis in ("x", "y")]
    assert 0 < len(rows) < families[1]["members"] * 1.2
    assert max(spread) < 2 * families[1]["radius"]


def test_the_keyboard_moves_zooms_selects_and_takes_the_view(window: Opened, names: list[str]) -> None:
    page = open_map(window)
    page.locator(".stage").focus()
    press(page, "v")
    page.get_by_role("heading", name=f"{MODELS:,} models taken").wait_for()
    assert len(json.loads(downloaded(page, "models taken", "JSON"))) == MODELS
    page.locator(".stage").focus()
    press(page, "+", "+", "ArrowRight", "ArrowUp", "-")
    page.wait_for_timeout(400)
    assert "view=" in page.url
    press(page, "0")
    page.wait_for_timeout(400)
    assert "view=" not in page.url
    press(page, "+", "+", "+", "+", "+", "Enter")
    page.locator(".selection").wait_for()
    assert page.locator(".selection h2").inner_text() in names
    page.locator(".stage").focus()
    press(page, "Escape")
    page.locator(".selection").wait_for(state="detached")


def test_the_table_of_families_is_sorted_and_followed_by_keyboard(window: Opened, families: list[dict[str, Any]]) -> None:
    page = open_map(window)
    page.get_by_role("button", name="Root of the family").focus()
    press(page, "Enter")
    first = min((family["name"] for family in families), key=str.lower)
    row = page.locator("aside tbody tr").first.get_by_role("button")
    assert row.inner_text() == first
    assert "sort.families=root%2Casc" in page.url
    row.focus()
    press(page, "Enter")
    page.locator(".selection").wait_for()
    assert page.locator(".selection h2").inner_text() == first
    page.wait_for_timeout(400)
    assert "view=" in page.url


def test_the_timeline_and_all_edges_draw_other_pictures(window: Opened) -> None:
    page = open_map(window)
    first = page.locator(".stage").screenshot()
    page.get_by_label("Edges").select_option("all")
    page.wait_for_timeout(500)
    second = page.locator(".stage").screenshot()
    page.get_by_label("Layout").select_option("timeline")
    page.wait_for_timeout(700)
    assert len({first, second, page.locator(".stage").screenshot()}) == 3
    page.go_back()
    page.get_by_label("Layout").and_(page.locator("select")).wait_for()
    window.wait_until("document.querySelector('.map-bar select').value === 'families'")
    assert "edges=all" in page.url


@pytest.mark.parametrize("layout", ["vendors", "countries"])
def test_families_are_grouped_and_followed_in_their_group(window: Opened, map_folder: Path, layout: str) -> None:
    page = open_map(window)
    whole = page.locator(".stage").screenshot()
    page.get_by_label("Layout").select_option(layout)
    page.wait_for_timeout(500)
    assert page.locator(".stage").screenshot() != whole
    assert f"layout={layout}" in page.url
    discs = json.loads((map_folder / "map" / f"{layout}.json").read_text("utf-8"))
    groups, families = [disc for disc in discs if "root" not in disc], [disc for disc in discs if "root" in disc]
    assert sum(group["members"] for group in groups) == MODELS
    page.get_by_role("button", name=families[1]["name"]).first.click()
    page.wait_for_timeout(400)
    x, y, _ = (float(part) for part in page.url.split("view=")[1].split("&")[0].split("%2C"))
    assert abs(x - families[1]["x"]) < 2 and abs(y - families[1]["y"]) < 2


def test_the_picture_is_saved_with_its_legend(window: Opened, tmp_path: Path) -> None:
    page = open_map(window)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    content = Path(download.value.path()).read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    box = page.locator(".stage").bounding_box()
    assert box is not None
    assert content.startswith(b"\x89PNG")
    assert (width, height > box["height"]) == (box["width"], True)


def test_names_from_the_hub_are_text_and_no_formula(window: Opened) -> None:
    page = open_map(window)
    for name in HOSTILE:
        page.keyboard.press("/")
        page.keyboard.press("Control+a")
        page.keyboard.type(name)
        page.locator("#search-results li").filter(has_text=name).first.wait_for()
        page.keyboard.press("Enter")
        page.locator(".selection h2", has_text=name).wait_for()
    assert page.locator("main img").count() == 0


def test_a_browser_without_webgl_gets_the_picture_and_the_tables(open_explorer: Open, map_url: str, families: list[dict[str, Any]]) -> None:
    window = open_explorer(map_url, webgl=False)
    page = open_map(window)
    assert page.get_by_role("img", name="connected models, packed by family").evaluate("image => image.complete && image.naturalWidth") > 0
    page.get_by_role("button", name=families[0]["name"]).click()
    page.locator(".selection").wait_for()
    assert window.axe() == []


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (900, "dark"), (360, "light"), (360, "dark")])
def test_the_map_is_accessible(open_explorer: Open, map_url: str, families: list[dict[str, Any]], width: int, theme: Any) -> None:
    window = open_explorer(map_url, width=width, theme=theme)
    page = open_map(window, f"?highlight=adapter&model={families[2]['name']}")
    page.locator(".selection").wait_for()
    page.get_by_text("What this does not say").click()
    assert window.axe() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
