from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import orjson
import pytest

from hublake.rules.timeline.life_table import life_table
from hublake.rules.timeline.survival import kaplan_meier
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.synthetic import oddities
from hublake.sample_hub.synthetic.draft import FLOOR, ModelDraft, repo_of
from hublake.sample_hub.synthetic.generate import END, generate_hub, stream_models
from hublake.sample_hub.synthetic.parents import MAX_DEPTH, MEAN_DAYS_TO_DERIVATIVE
from hublake.sample_hub.synthetic.sentences import PLACEHOLDER, TEMPLATE_ADVICE
from tests.sample_hub.http_client import HttpClient

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def listed(hub: PracticeHub) -> dict[str, dict[str, Any]]:
    """Every complete item, by `_id`."""
    return {hub_id: orjson.loads(hub.store.item(hub_id)) for hub_id in hub.store.hub_ids()}


@pytest.fixture(scope="module")
def served(hub: PracticeHub, truth_models: Rows) -> dict[str, tuple[int, bytes]]:
    """(status, body) of every card for an anonymous client, by `_id`."""
    with HttpClient(hub.url) as client:
        responses = {row["hub_id"]: client.get_following_redirects(f"/{row['model_id']}/resolve/main/README.md") for row in truth_models}
    return {hub_id: (response.status, response.body) for hub_id, response in responses.items()}


def generate(folder: Path, seed: int, models: int = 300) -> tuple[list[bytes], dict[str, bytes]]:
    """(items and cards in order, files of the ground truth by name)."""
    store = generate_hub(folder / "hub.sqlite", models, seed, folder / "truth")
    rows = []
    for hub_id in store.hub_ids():
        card = store.file(hub_id, "README.md")
        rows.append(store.item(hub_id) + (card.body if card else b""))
    store.close()
    return rows, {path.name: path.read_bytes() for path in sorted((folder / "truth").iterdir())}


def test_a_seed_generates_the_same_hub_and_ground_truth_byte_for_byte(tmp_path: Path) -> None:
    assert generate(tmp_path / "a", 5) == generate(tmp_path / "b", 5)
    assert generate(tmp_path / "a", 5)[0] != generate(tmp_path / "c", 6)[0]


def test_models_are_streamed_as_they_are_stored(tmp_path: Path) -> None:
    store = generate_hub(tmp_path / "hub.sqlite", 300, 5)
    streamed = [repo_of(draft, END) for draft in stream_models(300, 5)]
    assert [(repo.hub_id, orjson.dumps(repo.item)) for repo in streamed] == [(hub_id, store.item(hub_id)) for hub_id in store.hub_ids()]
    store.close()


@pytest.mark.parametrize("models", [1, 2, 30])
def test_a_hub_may_be_tiny(tmp_path: Path, models: int) -> None:
    assert len(generate(tmp_path, 1, models)[0]) == models


def test_a_hub_of_a_thousand_models_has_every_oddity(truth_models: Rows) -> None:
    assert {row["oddity"] for row in truth_models} - {None} == set(oddities.ALL)


def test_the_ground_truth_contains_each_listed_model_once_and_in_order(
    hub: PracticeHub, truth_models: Rows, listed: dict[str, dict[str, Any]]
) -> None:
    assert [(row["hub_id"], row["model_id"]) for row in truth_models] == [(hub_id, item["id"]) for hub_id, item in listed.items()]
    assert len({row["model_id"] for row in truth_models}) == len(truth_models)


def test_creation_dates_ascend_with_the_ids_from_the_floor_date(listed: dict[str, dict[str, Any]]) -> None:
    created = [item["createdAt"] for item in listed.values()]
    assert created == sorted(created)
    assert created[0] == "2022-03-02T23:29:04.000Z"
    assert all(f"{int(hub_id[:8], 16)}" for hub_id in listed)


def test_every_card_has_the_status_and_size_of_the_ground_truth(truth_models: Rows, served: dict[str, tuple[int, bytes]]) -> None:
    for row in truth_models:
        status, body = served[row["hub_id"]]
        assert status == row["card_status"], row
        assert row["card_bytes"] == (len(body) if status == 200 else None), row
    assert set(Counter(row["card_status"] for row in truth_models)) == {200, 401, 403, 404}


def test_cards_contain_the_sections_of_the_ground_truth(truth_models: Rows, served: dict[str, tuple[int, bytes]]) -> None:
    states = {(row["card_kind"], state) for row in truth_models for state in row["sections"].values()}
    assert {("written", "own_words"), ("template", "placeholder"), ("template", "boilerplate"), ("copied", "inherited")} <= states
    for row in truth_models:
        text = served[row["hub_id"]][1].decode(errors="replace")
        if row["card_kind"].startswith("template") and row["card_status"] == 200:
            assert PLACEHOLDER in text and TEMPLATE_ADVICE in text
        if row["card_kind"] == "written" and row["card_status"] == 200 and row["oddity"] != "card_utf16":
            assert PLACEHOLDER not in text
    assert {row["bias_depth"] for row in truth_models} == {0, 1, 2, 3, 4}


def test_a_copied_card_contains_the_sections_of_its_parent(
    truth_models: Rows, truth_edges: Rows, served: dict[str, tuple[int, bytes]]
) -> None:
    ordinary_model = {row["hub_id"] for row in truth_models if row["card_status"] == 200 and not row["oddity"]}
    copies = [row["hub_id"] for row in truth_models if row["card_kind"] == "copied" and row["card_status"] == 200 and row["sections"]]
    checked = 0
    for hub_id in copies:
        parents = [edge["parent_hub_id"] for edge in truth_edges if edge["child_hub_id"] == hub_id]
        if ordinary_model.issuperset(parents):
            text = served[hub_id][1].decode().partition("taken from its card.\n\n")[2]
            assert text and any(text in served[parent][1].decode() for parent in parents)
            checked += 1
    assert checked


def test_edges_point_at_listed_models_or_have_no_parent(truth_edges: Rows, listed: dict[str, dict[str, Any]]) -> None:
    for edge in truth_edges:
        assert (edge["parent"] is None) == (edge["parent_hub_id"] is None) == (edge["status"] == "missing"), edge
        if edge["parent_hub_id"]:
            assert listed[edge["parent_hub_id"]]["id"] == edge["parent"]
    assert {edge["relation"] for edge in truth_edges} == {"finetune", "adapter", "quantized", "merge"}
    assert {edge["status"] for edge in truth_edges} == {"present", "renamed", "missing", "self"}


def test_tags_and_cards_declare_each_edge_as_in_the_ground_truth(truth_edges: Rows, listed: dict[str, dict[str, Any]]) -> None:
    for edge in truth_edges:
        item = listed[edge["child_hub_id"]]
        tag = f"base_model:{edge['relation']}:{edge['parent'] or edge['declared_parent']}"
        assert (tag in item["tags"]) == edge["is_in_tags"], edge
        bases = (item.get("cardData") or {}).get("base_model", [])
        in_card = edge["declared_parent"] in (bases if isinstance(bases, list) else [bases])
        in_config = (item.get("config") or {}).get("peft", {}).get("base_model_name_or_path") == edge["declared_parent"]
        assert (in_card or in_config) or not edge["is_in_card"], edge
        if edge["how"] == "undeclared":
            assert not [known for known in item["tags"] if known.startswith("base_model:")]


def test_a_resolved_base_has_two_tags_and_is_in_base_models(truth_edges: Rows, listed: dict[str, dict[str, Any]]) -> None:
    for edge in truth_edges:
        item = listed[edge["child_hub_id"]]
        if edge["is_in_tags"] and edge["parent"] and edge["is_in_card"] and "base_model" in item.get("cardData", {}):
            assert f"base_model:{edge['parent']}" in item["tags"]
            assert {"_id": edge["parent_hub_id"], "id": edge["parent"]} in item["baseModels"]["models"]


def test_only_a_merge_keeps_several_bases(listed: dict[str, dict[str, Any]]) -> None:
    several = [item for item in listed.values() if len(item.get("baseModels", {}).get("models", ())) > 1]
    assert {item["baseModels"]["relation"] for item in several} == {"merge"}
    for item in several:
        names = [model["id"] for model in item["baseModels"]["models"]]
        assert names == sorted(names)


def test_a_card_keeps_the_old_name_of_a_renamed_base_and_the_tag_has_the_new_one(truth_models: Rows, truth_edges: Rows) -> None:
    names = {row["model_id"]: row["old_names"] for row in truth_models}
    renamed = [edge for edge in truth_edges if edge["how"] == "renamed"]
    assert {edge["is_in_tags"] for edge in renamed} == {True, False}
    assert all(edge["declared_parent"] in names[edge["parent"]] for edge in renamed)


def test_depths_and_roots_follow_from_the_declared_edges(truth_models: Rows, truth_edges: Rows) -> None:
    parents: dict[str, list[str]] = {}
    for edge in truth_edges:
        if edge["parent"] and edge["how"] not in ("self", "undeclared"):
            parents.setdefault(edge["child"], []).append(edge["parent"])
    rows = {row["model_id"]: row for row in truth_models}
    for row in truth_models:
        above = [rows[parent] for parent in parents.get(row["model_id"], [])]
        if row["depth"] is None:
            assert above[0]["depth"] is None and parents[above[0]["model_id"]] == [row["model_id"]], "the model is in a cycle of two"
        else:
            assert row["depth"] == (1 + max(parent["depth"] for parent in above) if above else 0), row
            assert row["roots"] == (sorted({root for parent in above for root in parent["roots"]}) or [row["model_id"]]), row
    assert max(row["depth"] or 0 for row in truth_models) == MAX_DEPTH


def test_one_child_is_older_than_its_parent(truth_edges: Rows) -> None:
    assert [
        edge for edge in truth_edges if edge["parent_hub_id"] and edge["parent_hub_id"] > edge["child_hub_id"] and edge["how"] == "exact"
    ]


def test_a_few_models_have_nearly_all_downloads_and_half_have_none(listed: dict[str, dict[str, Any]]) -> None:
    downloads = sorted((item["downloads"] for item in listed.values() if "downloads" in item), reverse=True)
    assert sum(downloads[: len(downloads) // 50]) > 0.9 * sum(downloads)
    assert 0.35 < downloads.count(0) / len(downloads) < 0.55
    assert 0.85 < sum(item["likes"] == 0 for item in listed.values()) / len(listed) < 0.95


@pytest.mark.parametrize("seed", [1, 7, 11])
def test_most_downloads_are_of_models_that_others_derive_from(tmp_path: Path, seed: int) -> None:
    store = generate_hub(tmp_path / "hub.sqlite", 2_000, seed)
    items = [orjson.loads(store.item(hub_id)) for hub_id in store.hub_ids()]
    store.close()
    children = Counter(base["id"] for item in items for base in item.get("baseModels", {}).get("models", ()))
    downloads = {True: 0, False: 0}  # by whether a model has parents or children
    for item in items:
        downloads[item["id"] in children or "baseModels" in item] += item.get("downloads", 0)
    assert 0.7 < downloads[True] / sum(downloads.values()) < 0.99
    numbers = sorted(children.values(), reverse=True)
    assert numbers[len(numbers) // 2] <= 3 < 20 < numbers[0] < 0.15 * sum(numbers)


@pytest.mark.parametrize(
    ("oddity", "starts", "holds"),
    [
        ("card_utf16", b"\xff\xfe", b"\x00"),
        ("card_byte_order_mark", b"\xef\xbb\xbf---", b""),
        ("card_crlf", b"---\r\n", b"\r\n"),
        ("card_blank_line_first", b"\n\n---\n", b""),
        ("card_four_dashes", b"----\n", b""),
        ("card_front_matter_only", b"---\nlicense: mit\n---", b""),
        ("card_lfs_pointer_text", b"version https://git-lfs", b"oid sha256:"),
        ("card_replacement_character", b"---", "\ufffd".encode()),
        ("card_invisible_characters", b"---", "\u200b".encode()),
        ("card_not_utf8", b"---", b"\xff\n"),
        ("yaml_tabs", b"---\nlanguage:\n\t- en", b""),
        ("yaml_list", b"---\n- pytorch", b""),
        ("yaml_duplicate_keys", b"---\nlicense: mit", b"license: apache-2.0"),
        ("yaml_tab_behind_dash", b"---\nlanguage:\n-\ten\n", b""),
        ("yaml_template_left", b"---\nlicense: mit\nlanguage: {{ language }}\n", b""),
        ("language_no_scalar", b"---\nlanguage: no\n", b""),
        ("language_mapping", b"---\nlanguage:\n  hi:\n", b""),
    ],
)
def test_a_card_with_an_oddity_has_its_bytes(
    truth_models: Rows, served: dict[str, tuple[int, bytes]], oddity: str, starts: bytes, holds: bytes
) -> None:
    status, body = served[next(row["hub_id"] for row in truth_models if row["oddity"] == oddity)]
    assert status == 200
    assert body.startswith(starts) and holds in body


@pytest.mark.parametrize(
    ("oddity", "key", "value"),
    [
        ("parameters_absurd", "safetensors", {"parameters": {"F32": 19_980_000_000_000_000}, "total": 19_980_000_000_000_000}),
        ("parameters_zero", "safetensors", {"parameters": {"F32": 0}, "total": 0}),
        ("downloads_absent", "downloads", None),
        ("trending_fraction", "trendingScore", 0.2),
        ("files_none", "siblings", []),
        ("files_only_gitattributes", "siblings", [{"rfilename": ".gitattributes"}]),
        ("gated_since_listed", "gated", False),
        ("yaml_list", "cardData", None),
    ],
)
def test_an_item_with_an_oddity_has_its_value(
    truth_models: Rows, listed: dict[str, dict[str, Any]], oddity: str, key: str, value: Any
) -> None:
    assert listed[next(row["hub_id"] for row in truth_models if row["oddity"] == oddity)].get(key) == value


def test_oddities_of_long_lists_are_long(truth_models: Rows, listed: dict[str, dict[str, Any]]) -> None:
    by_oddity = {row["oddity"]: listed[row["hub_id"]] for row in truth_models}
    assert len(by_oddity["tags_two_thousand"]["tags"]) > 2000
    assert len(by_oddity["siblings_many"]["siblings"]) > 500
    assert by_oddity["edited_before_creation"]["lastModified"] < by_oddity["edited_before_creation"]["createdAt"]
    assert by_oddity["sha_shared_first"]["sha"] == by_oddity["sha_shared_second"]["sha"]


def test_bulky_oddities_have_their_full_size_in_a_large_hub() -> None:
    draft = ModelDraft(0, "0" * 24, "a/b", 0, Random(1), card_bytes=b"# b\n", is_in_large_hub=True)
    oddities.ODD_CARDS["card_huge"](draft)
    oddities.ODD_ITEMS["siblings_many"](draft)
    assert len(draft.card_bytes or b"") > 590_000
    assert len(draft.file_names) == 20_000


def test_a_large_hub_is_as_clean_as_the_real_one() -> None:
    assert sum(bool(oddities.oddity_of(number)) for number in range(10_000, 110_000)) / 100_000 < 0.02


def test_the_summary_counts_the_rows(truth_dir: Path, truth_models: Rows, truth_edges: Rows) -> None:
    summary = orjson.loads((truth_dir / "summary.json").read_bytes())
    assert summary["models"] == len(truth_models)
    assert summary["relations"] == Counter(edge["relation"] for edge in truth_edges)
    assert summary["edge_status"] == Counter(edge["status"] for edge in truth_edges)
    assert summary["card_status"] == Counter(str(row["card_status"]) for row in truth_models)


def days_to_first_child(drafts: list[ModelDraft]) -> tuple[list[float], list[float]]:
    """Of the bases with a real date: (days to the first derivative, days of observation of those without one)."""
    bases = {draft.hub_id: draft.created for draft in drafts if draft.days_to_derivative is not None and draft.created > FLOOR + 1}
    first: dict[str, int] = {}
    for draft in drafts:
        for parent in {edge.parent_hub_id for edge in draft.edges if edge.parent_hub_id in bases} - {draft.hub_id}:
            first.setdefault(str(parent), draft.created)
    came = [(first[base] - created) / 86_400 for base, created in bases.items() if base in first]
    return came, [(END - created) / 86_400 for base, created in bases.items() if base not in first]


def test_the_band_of_a_curve_covers_the_planted_hazard_in_93_of_100_hubs() -> None:
    """Over three days, since at a single one so few hubs scatter by several cases."""
    days, covered = (30.0, 90.0, 180.0), Counter[float]()
    for seed in range(100):
        came, censored = days_to_first_child(list(stream_models(600, seed)))
        curve = kaplan_meier(life_table(np.array(came), np.array(censored)))
        for day in days:
            place = np.searchsorted(curve.durations, day, side="right") - 1
            covered[day] += bool(curve.low[place] <= np.exp(-day / MEAN_DAYS_TO_DERIVATIVE) <= curve.high[place])
    assert sum(covered.values()) >= 0.93 * 100 * len(days), covered
