"""Pictures and pages of `hublake export`."""

import re
import sys
import xml.etree.ElementTree as ET
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from hublake.lake.errors import SetUpMissing, WrongUse
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.terminal import printable
from hublake.serving.commands import export
from hublake.serving.export.graphs.kinds import COLOUR_OF
from hublake.serving.export.pictures import lineage
from hublake.serving.export.pictures.page import POLICY
from hublake.serving.export.pictures.tree import LINE, wrapped
from hublake.serving.layouts import LAYOUTS
from hublake.serving.layouts.raster import rgb
from tests.nasty_names import NASTY_NAMES
from tests.serving.small_warehouse import write_tables
from tests.serving.test_graph_formats import write_rows

DAY = date(2026, 1, 2)
DRAWN = {
    "silver.models": """
        hub_id | model_id  | downloads_30d | created_at
        1      | a/base    | 900           | 2022-03-02T23:29:04
        2      | b/tuned   | 70            | 2024-01-02T03:04:05
        3      | b/lora    | 7             | 2024-05-02T03:04:05
        4      | c/merged  | 3             | 2025-01-02T03:04:05
        5      | d/other   | 2             | 2025-01-03T03:04:05
        6      | d/4bit    | 1             | 2025-02-02T03:04:05
        7      | e/alone   |               |                    """,
    "silver.lineage_edges": """
        child_id | parent_id | relation  | parent_status | is_self_loop | evidence   | confidence
        b/tuned  | a/base    | finetune  | present       | no           | card_field | 0.5
        b/lora   | b/tuned   | adapter   | present       | no           | card_field | 0.5
        c/merged | b/tuned   | merge     | present       | no           | typed_tag  | 1
        c/merged | d/other   | merge     | present       | no           | typed_tag  | 1
        d/4bit   | d/other   | quantized | present       | no           | in_name    | 0.25""",
    "silver.model_datasets": "model_id | dataset_id | role | source \n b/tuned | squad | train | card_field",
    "gold.model_impact": "model_id | impact_score | descendants \n a/base | 90.5 | 3 \n b/tuned | 60 | 2 \n d/other | 30 | 2",
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tables(tmp_path_factory.mktemp("pictures"), DRAWN, snapshot_date=DAY))


def write(warehouse: str, out: Path, *arguments: str) -> str:
    return CliRunner().invoke(export, [*arguments, "--out", str(out), "--warehouse", warehouse], catch_exceptions=False).output


def texts(svg: Path) -> str:
    """The text of a drawing, a line for each element."""
    return "\n".join("".join(element.itertext()) for element in ET.parse(svg).iter(f"{SVG}text"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_draws_a_family_with_names_and_a_legend(warehouse: str, tmp_path: Path, layout: str) -> None:
    write(warehouse, tmp_path, "--format", "svg", "--layout", layout, "--root", "a/base")
    written = texts(tmp_path / ("tree.svg" if layout == "tree" else "lineage.svg"))
    assert {"fine-tune 1", "adapter 1", "merge 1", "base 1"} <= set(written.split("\n"))
    assert "base" in written
    assert "snapshot 2026-01-02" in written


def test_a_png_shows_each_kind_in_its_colour_and_is_the_same_again(warehouse: str, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write(warehouse, tmp_path / folder, "--format", "png")
    one, two = (tmp_path / folder / "lineage.png" for folder in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    seen = {colour for _, colour in Image.open(one).convert("RGB").getcolors(1 << 20) or ()}
    assert {rgb(COLOUR_OF[kind]) for kind in COLOUR_OF if kind != "alone"} <= seen


def test_a_picture_of_all_models_says_how_many_have_no_relatives(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "--format", "svg")
    written = texts(tmp_path / "lineage.svg")
    assert "6 models, 5 edges, 1 of them guessed; 1 models without relatives are not shown" in written


def test_too_many_models_for_circles_are_drawn_as_pixels(warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage, "DRAWN_MODELS", 2)
    monkeypatch.setattr(lineage, "PIXELS", 200)
    for layout in ("families", "timeline"):
        write(warehouse, tmp_path, "--format", "png", "--layout", layout)
        assert np.asarray(Image.open(tmp_path / "lineage.png").convert("RGB")).min() < 100


def test_the_tree_has_ancestors_derivatives_and_the_number_of_those_not_drawn(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "--format", "svg", "--layout", "tree", "--root", "c/merged")
    written = texts(tmp_path / "tree.svg")
    assert "3 ancestors and 0 derivatives are drawn; 0 derive directly from it" in written
    assert written.count("2 derivatives") == 2  # b/lora and d/4bit count, and are no relatives of c/merged
    assert "lora" not in written


def test_a_ranking_names_the_models_of_highest_impact_first(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "--format", "svg", "--picture", "ranking", "--min-downloads", "50")
    written = texts(tmp_path / "ranking.svg")
    assert written.index("a/base") < written.index("b/tuned")
    assert "90.5   900 downloads" in written
    assert "of 2 models" in written


def test_growth_counts_models_without_a_time_from_the_start(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "--format", "svg", "--picture", "growth")
    written = texts(tmp_path / "growth.svg")
    assert "2 from before March 2022 or without a time count from the start" in written
    assert "no relatives 1" in written


@pytest.mark.parametrize("picture", ["lineage", "growth"])
def test_a_single_model_is_a_picture_too(warehouse: str, tmp_path: Path, picture: str) -> None:
    write(warehouse, tmp_path, "--format", "svg", "--picture", picture, "--root", "d/4bit")
    assert "no relatives 1" in texts(tmp_path / f"{picture}.svg")


def test_a_timeline_without_any_time_has_no_months(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "--format", "svg", "--layout", "timeline", "--root", "e/alone")
    assert "unknown" in texts(tmp_path / "lineage.svg")
    assert "1970" not in texts(tmp_path / "lineage.svg")


class Page(HTMLParser):
    """What a page contains: the cells of its rows, its tags, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.rows, self.targets, self.ids = set[str](), list[list[str]](), set[str](), set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        self.targets |= {values[name] or "" for name in ("href", "src") if name in values}
        self.ids |= {f"#{values['id']}"} if "id" in values else set()
        assert not [name for name in values if name.startswith("on")]
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip("\n")


def test_a_page_lists_the_family_by_impact_and_each_circle_leads_to_a_row(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "--format", "html", "--root", "a/base")
    text = (tmp_path / "lineage.html").read_text("utf-8")
    page = Page(text)
    assert page.rows[1] == ["1", "a/base", "base", "", "90.5", "900", ""]
    assert page.rows[2] == ["2", "b/tuned", "fine-tune", "a/base", "60.0", "70", "2024-01-02"]
    assert page.targets <= page.ids
    assert text.count("<circle") == len(page.rows) - 1 == 4
    assert f'content="{POLICY}"' in text
    assert not page.tags & {"script", "link", "img", "iframe"}


def test_a_page_names_the_community_of_each_model_that_has_one(tmp_path: Path) -> None:
    communities = "model_id | community_id \n a/base | a/base \n b/tuned | a/base \n d/other | c/merged \n c/merged | c/merged"
    folder = write_tables(tmp_path / "w", {**DRAWN, "gold.communities": communities}, snapshot_date=DAY)
    write(str(folder), tmp_path, "--format", "html", "--layout", "spring")
    text = (tmp_path / "lineage.html").read_text("utf-8")
    rows = {row[1]: row[-1] for row in Page(text).rows}
    assert (rows["model"], rows["b/tuned"], rows["d/other"], rows["b/lora"]) == ("community", "a/base", "c/merged", "")
    assert "2 communities, named by their first model." in text


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A family whose names attack what shows them."""
    folder = tmp_path_factory.mktemp("hostile")
    names = list(NASTY_NAMES)
    write_rows(folder, MODELS, [{"hub_id": str(n), "model_id": text, "author": text, "downloads_30d": n} for n, text in enumerate(names)])
    edge = {"relation": "finetune", "evidence": "card_field", "parent_status": "present", "is_self_loop": False, "confidence": 1.0}
    write_rows(folder, LINEAGE_EDGES, [edge | {"child_id": text, "parent_id": names[0]} for text in names[1:]])
    write_rows(folder, MODEL_IMPACT, [{"model_id": text, "impact_score": 50.0 + n, "descendants": 0} for n, text in enumerate(names)])
    return str(folder)


@pytest.mark.parametrize("what", [["--layout", "families"], ["--layout", "tree", f"--root={NASTY_NAMES[0]}"], ["--picture", "ranking"]])
def test_hostile_names_are_text_in_drawings(hostile: str, tmp_path: Path, what: list[str]) -> None:
    write(hostile, tmp_path, "--format", "svg", *what)
    (path,) = tmp_path.iterdir()
    tree = ET.parse(path)
    tags = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert not tags & {"script", "a", "image", "foreignObject"}
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", path.read_text("utf-8"))
    if what[0] == "--picture":
        assert "@SUM(1,1)" in texts(path)


def test_a_name_in_the_tree_is_one_or_two_lines_of_visible_characters() -> None:
    for name in NASTY_NAMES:
        lines = wrapped(name)
        assert len(lines) <= 2
        assert all(line.isprintable() and len(line) <= LINE for line in lines)


def test_hostile_names_are_text_on_the_page(hostile: str, tmp_path: Path) -> None:
    write(hostile, tmp_path, "--format", "html")
    page = Page((tmp_path / "lineage.html").read_text("utf-8"))
    assert {row[1] for row in page.rows[1:]} == {printable(name) for name in NASTY_NAMES}
    assert not page.tags & {"script", "img", "h2", "b"}
    assert page.targets <= page.ids


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--format", "csv", "--layout", "families"], "--layout applies to"),
        (["--format", "gexf", "--layout", "tree"], "choose --format png or svg"),
        (["--format", "png", "--layout", "tree"], "use it with --root ID alone"),
        (["--format", "png", "--layout", "tree", "--root", "a/base", "--author", "a"], "use it with --root ID alone"),
        (["--format", "html", "--picture", "growth"], "--picture applies to --format png and svg"),
        (["--format", "png", "--picture", "growth", "--layout", "spring"], "a growth has none"),
        (["models", "--format", "png"], "leave out the names of tables"),
        (["--format", "png", "--layout", "tree", "--root", "squad"], "'squad' is a dataset of 2026-01-02, and no model"),
        (["--format", "png", "--picture", "ranking", "--root", "e/alone"], "none of the selected models has an impact above 0"),
        (["--format", "png", "--author", "nobody"], "no model is selected that could be drawn"),
    ],
)
def test_options_that_do_not_fit_are_wrong_use(warehouse: str, tmp_path: Path, arguments: list[str], problem: str) -> None:
    with pytest.raises(WrongUse, match=problem):
        write(warehouse, tmp_path, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_graph_that_is_too_large_for_a_layout_or_format_is_wrong_use(
    warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules["hublake.serving.layouts"].LIMITS, "spring", 3)
    with pytest.raises(WrongUse, match="--layout spring places at most 3 models, and 4 are selected"):
        write(warehouse, tmp_path, "--format", "png", "--layout", "spring", "--root", "a/base")
    monkeypatch.setattr(lineage, "SVG_MODELS", 3)
    with pytest.raises(WrongUse, match="--format svg draws at most 3 models, and 4 are selected"):
        write(warehouse, tmp_path, "--format", "svg", "--root", "a/base")


def test_without_matplotlib_a_picture_says_what_to_install(warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SetUpMissing, match=r"pip install 'hublake\[pictures\]'"):
        write(warehouse, tmp_path, "--format", "png")
    write(warehouse, tmp_path, "--format", "html")


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout != "tree"])
def test_graph_formats_have_the_coordinates_of_a_layout(warehouse: str, tmp_path: Path, layout: str) -> None:
    for name in ("gexf", "graphml", "cosmograph"):
        write(warehouse, tmp_path, "--format", name, "--layout", layout)
    gexf, graphml = nx.read_gexf(tmp_path / "lineage.gexf"), nx.read_graphml(tmp_path / "lineage.graphml")
    places = {node: (values["x"], values["y"]) for node, values in graphml.nodes(data=True)}
    assert len(set(places.values())) == 7
    for node, values in gexf.nodes(data=True):
        assert (values["viz"]["position"]["x"], values["viz"]["position"]["y"]) == places[node]
        red, green, blue = (values["viz"]["color"][part] for part in "rgb")
        assert (red, green, blue) == rgb(COLOUR_OF[values["kind"]])
    assert {"x", "y"} <= set((tmp_path / "metadata.csv").read_text("utf-8").splitlines()[0].replace('"', "").split(","))


def test_a_graph_without_a_layout_has_no_coordinates(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "--format", "gexf")
    assert "viz:" not in (tmp_path / "lineage.gexf").read_text("utf-8").partition("<nodes>")[2]
