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
    verdicts = page.locator(".figure:has(#figure-its_licence_against_each_parent_s)")
    assert verdicts.locator("thead th").all_inner_texts()[:2] == ["Parent", "Licence"]
    widths = [place.evaluate("node => node.clientWidth") for place in (verdicts, page.locator(".figures").first)]
    assert widths[0] == widths[1]
    assert window.axe() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def edge(child: str, parent: str, status: str = "present", evidence: str = "card", **more: Any) -> dict[str, Any]:
    return {"child_id": child, "parent_id": parent, "parent_status": status, "evidence": evidence, **more}


def licensed(parent: str, *licenses: str, is_guessed: bool = False) -> dict[str, Any]:
    return {"parent_id": parent, "parent_licenses": list(licenses), "is_guessed": is_guessed}


MIT = {"path": ["a/root", "a/tuned", "a/m"], "licenses": ["mit", "mit", "mit"]}
PATH = [edge("a/m", "a/tuned"), edge("a/tuned", "a/root")]
YES = ["yes", "by its licences and those of all known ancestors"]
USES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "all known": ({"ancestry": PATH, "license_chain": MIT, "license_edges": [licensed("a/tuned", "mit")]}, YES),
    "no parent": ({"ancestry": []}, YES),
    "an unlisted parent": ({"ancestry": [edge("a/m", "gone/x", "missing")]}, ["unknown", "gone/x: not listed"]),
    "two unlisted parents": (
        {"ancestry": [edge("a/m", "gone/x", "missing"), edge("a/m", "gone/y", "missing")]},
        ["unknown", "gone/x: not listed; gone/y: not listed"],
    ),
    "an unlisted ancestor beyond a guess": (
        {
            "ancestry": [edge("a/m", "b/x", evidence="in_name"), edge("b/x", "gone/x", "missing")],
            "license_edges": [licensed("b/x", "mit", is_guessed=True)],
        },
        ["unknown", "gone/x: not listed (guessed)"],
    ),
    "an ancestor off the path of a merge": (
        {
            "ancestry": [*PATH, edge("a/m", "b/x"), edge("b/x", "b/root")],
            "license_chain": MIT,
            "license_edges": [licensed("a/tuned", "mit"), licensed("b/x", "mit")],
        },
        ["unknown", "b/root: its licence is not in these facts"],
    ),
    "no path in a static folder": (
        {"ancestry": PATH, "license_edges": [licensed("a/tuned", "mit")]},
        ["unknown", "a/root: its licence is not in these facts"],
    ),
    "a parent without facts in a static folder": (
        {"ancestry": [edge("a/m", "b/x", isRead=False)], "license_edges": [licensed("b/x", "mit")]},
        ["unknown", "b/x: its parents are not in these data"],
    ),
    "a guessed parent decides": (
        {"ancestry": [edge("a/m", "b/x", evidence="in_name")], "license_edges": [licensed("b/x", "cc-by-nc-4.0", is_guessed=True)]},
        ["no", "b/x: cc-by-nc-4.0 (guessed)"],
    ),
    "a parent that is both declared and guessed": (
        {
            "ancestry": [edge("a/m", "b/x"), edge("a/m", "b/x", evidence="in_name")],
            "license_edges": [licensed("b/x", "cc-by-nc-4.0", is_guessed=True), licensed("b/x", "cc-by-nc-4.0")],
        },
        ["no", "b/x: cc-by-nc-4.0"],
    ),
    "a licence named as a method of objects": (
        {"ancestry": [edge("a/m", "b/x")], "license_edges": [licensed("b/x", "constructor")]},
        ["unknown", "b/x: constructor"],
    ),
    "a licence named as a prototype": (
        {"ancestry": [edge("a/m", "b/x")], "license_edges": [licensed("b/x", "__proto__")]},
        ["unknown", "b/x: __proto__"],
    ),
}


def test_commercial_use_is_unknown_where_an_ancestor_is_not_known_and_says_what_was_guessed(open_explorer: Open, map_url: str) -> None:
    page = open_explorer(map_url).go("#/map")
    own = {"model_id": "a/m", "tables": {"silver.model_licenses": [{"comparable_license": "mit"}]}}
    manifest = {"commercial_use": {"mit": "yes", "cc-by-nc-4.0": "no"}, "guessed_evidence": ["bare_tag", "in_name"]}
    answers = page.evaluate(
        """async ([all, manifest]) => {
          const { commercialUse } = await import("./js/pages/model.js");
          return all.map((facts) => commercialUse(facts, manifest));
        }""",
        [[own | facts for facts, _ in USES.values()], manifest],
    )
    assert dict(zip(USES, answers, strict=True)) == {name: answer for name, (_, answer) in USES.items()}


def test_names_that_are_cut_to_the_same_letters_have_bars_of_their_own(open_explorer: Open, map_url: str) -> None:
    page = open_explorer(map_url, width=360).go("#/nothing")
    page.evaluate(
        """async () => {
          const { declared } = await import("./js/charts.js");
          const columns = [{ name: "data", type: "text" }, { name: "models", type: "number" }];
          const rows = [["an-owner/a-first-very-long-name-of-data", 3], ["an-owner/a-second-very-long-name-of-data", 2]];
          const table = { columns, rows, title: "T", source: "s", chart: { kind: "bars", value: "models", label: "data", names: true } };
          const { signal } = new AbortController();
          document.getElementById("page").replaceChildren(declared(table, { params: new URLSearchParams(), signal, manifest: {} }, "t"));
        }"""
    )
    page.locator(".plot-svg").wait_for()
    labels = page.locator(".plot-svg [aria-label='y-axis tick label'] text").all_text_contents()
    assert labels[0] == labels[1]
    assert "…" in labels[0]
    assert page.locator(".plot-svg [aria-label='text'] text").all_text_contents() == ["3", "2"]


def test_a_group_named_as_a_method_of_objects_keeps_its_name(open_explorer: Open, map_url: str) -> None:
    found = (
        open_explorer(map_url)
        .go("#/map")
        .evaluate(
            """async () => {
          const { byGroup } = await import("./js/pages/frame.js");
          const columns = [{ name: "stratum", type: "text", label: "stratum" }, ...["share", "low", "high"].map((name) => ({ name, type: "share", label: name }))];
          const rows = ["constructor", "quartile-1"].map((name) => [`popularity:${name}`, 0.5, 0.4, 0.6]);
          const context = { params: new URLSearchParams("by=popularity"), setParams: () => {}, manifest: { server: true, table_versions: {} }, signal: new AbortController().signal };
          const chart = { value: "share", low: "low", high: "high" };
          const place = byGroup({ title: "t", columns, rows, source: "s", note: "" }, context, "groups", { kinds: [], chart, title: () => "t" });
          const details = place.querySelector("details");
          details.open = true;
          details.dispatchEvent(new Event("toggle"));
          return [...place.querySelectorAll("tbody tr")].map((row) => row.children[0].textContent);
        }"""
        )
    )
    assert found == ["constructor", "quartile-1, least popular"]


def test_a_static_folder_follows_parents_and_marks_those_without_facts(open_explorer: Open, map_url: str) -> None:
    page = open_explorer(map_url).go("#/map")
    edges = page.evaluate(
        """async ([folder, direct]) => {
          const { ancestry } = await import("./js/pages/model.js");
          return ancestry({ ancestry: direct }, "a/m", { model: async (name) => folder[name] ?? null }, { server: false });
        }""",
        [{"a/x": {"ancestry": [edge("a/x", "b/y")]}}, [edge("a/m", "a/x")]],
    )
    assert [(one["parent_id"], one["steps"], one["isRead"]) for one in edges] == [("a/x", 0, True), ("b/y", 1, False)]


def test_the_edges_of_a_model_are_downloaded_and_followed_by_keyboard(open_explorer: Open, map_url: str) -> None:
    window = open_explorer(map_url)
    window.expect_fault("404")  # the test's server knows no other model
    page = window.go(ADDRESS)
    page.get_by_label("Download", exact=True).select_option("lineage")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert [(row["parent_id"], row["status"]) for row in rows][:2] == [("good/parent", "present"), ("gone/parent", "missing")]
    assert page.get_by_role("link", name="gone/parent").count() == 0  # it has no page
    page.get_by_role("link", name="good/parent").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").inner_text() == "No model is called 'good/parent'"


def test_the_family_of_a_model_may_have_more_members_than_a_call_takes_arguments(open_explorer: Open, map_url: str) -> None:
    # A root with 300,000 children, one of which has a child.
    script = """async (count) => {
      const { descend } = await import("./js/pages/family.js");
      const others = Array.from({ length: count }, (ignored, at) => ({ node: at + 1 }));
      const below = { 0: others, 1: [{ node: count + 1 }] };
      const graph = { children: (node) => below[node] ?? [], parents: (node) => [{ node: node === count + 1 ? 1 : 0 }] };
      const { members, depth } = descend(graph, 0);
      return [members.length, depth];
    }"""
    assert open_explorer(map_url).go("#/map").evaluate(script, 300_000) == [300_002, 2]


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
