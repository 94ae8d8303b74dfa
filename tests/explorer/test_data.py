"""The explorer's data folder."""

import base64
import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from hublake.explorer.commands import explore
from hublake.explorer.data import shards, store
from hublake.explorer.data.files import json_bytes
from hublake.explorer.data.model_index import INDEX
from hublake.explorer.data.shards import fnv1a
from hublake.explorer.explore import current_data, write_family, write_folder
from hublake.explorer.single_file import family_page
from hublake.lake.errors import HublakeError, MissingTable, WrongUse
from hublake.lake.settings import load
from hublake.serving.reader import PublishedTables, open_published
from tests.nasty_names import NASTY_NAMES
from tests.serving.small_warehouse import write_tables, write_warehouse

DAY = date(2026, 1, 2)
MODELS = """
    hub_id | model_id | downloads_30d | created_at          | is_created_at_floor | has_card | author | pipeline_tag
    h1     | a/base   | 100           | 2024-05-06T07:08:09 | no                  | yes      | a      | text-generation
    h2     | b/tuned  | 7             | 2022-03-02T23:29:04 | yes                 | no       | b      |
    h3     | c/merge  |               | 2025-01-01T00:00:00 | no                  | yes      | c      |
    h4     | d/other  | 0             | 2024-06-01T00:00:00 | no                  | yes      | d      |
    h5     | e/alone  | 9             | 2024-06-01T00:00:00 | no                  | yes      | e      |
"""
EDGES = """
    child_id | parent_id | relation | evidence        | parent_status | is_self_loop
    b/tuned  | a/base    | finetune | hub_base_models | present       | no
    c/merge  | b/tuned   | merge    | in_name         | present       | no
    c/merge  | d/other   | merge    | typed_tag       | present       | no
    c/merge  | x/gone    | merge    | typed_tag       | missing       | no
    a/base   | a/base    | finetune | plain_tag       | present       | yes
"""
IMPACT = """
    model_id | impact_score | descendants
    a/base   | 90           | 2
    d/other  | 50           | 1
    b/tuned  | 60           | 1
    c/merge  | 5            | 0
    e/alone  | 1            | 0
"""
LICENSES = """
    model_id | license   | resolved_license | comparable_license | confidence | source
    a/base   | mit       | mit              | mit                | 1          | tag
    b/tuned  | own-terms |                  | own-terms          | 1          | tag
"""
CARDS = """
    model_id | has_card | depth
    a/base   | yes      | 2
    b/tuned  | no       |
    c/merge  | yes      |
"""
CATALOGUE = """
    license | family
    mit     | permissive
"""
TABLES = {
    "silver.models": MODELS,
    "silver.lineage_edges": EDGES,
    "gold.model_impact": IMPACT,
    "silver.model_licenses": LICENSES,
    "silver.license_catalogue": CATALOGUE,
    "gold.card_documentation": CARDS,
}


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def published(folder: Path, tables: dict[str, str] = TABLES) -> PublishedTables:
    if not folder.exists():
        write_tables(folder, tables, snapshot_date=DAY)
    return open_published(load(flags={"warehouse": str(folder)}, environ={}))


def array(folder: Path, name: str, kind: str = "u1") -> NDArray[Any]:
    return np.frombuffer(gzip.decompress((folder / "map" / f"{name}.gz").read_bytes()), np.dtype(kind).newbyteorder("<"))


def names(folder: Path) -> list[str]:
    return gzip.decompress((folder / "map" / "names.txt.gz").read_bytes()).decode().split("\n")[:-1]


def shown(folder: Path, name: str) -> list[str]:
    vocabulary = json.loads((folder / "manifest.json").read_text())["vocabularies"][name.removeprefix("attr_").removesuffix(".u8")]
    return [vocabulary[value] for value in array(folder, name).tolist()]


def test_the_map_has_connected_models_best_impact_first_with_their_attributes(tmp_path: Path) -> None:
    folder = current_data(published(tmp_path / "w"))
    assert names(folder) == ["a/base", "b/tuned", "d/other", "c/merge"]
    assert array(folder, "edges.u32", "u4").tolist() == [1, 0, 3, 2, 3, 1]  # the main parent first
    assert shown(folder, "attr_relation.u8") == ["base", "finetune", "base", "merge"]
    assert shown(folder, "attr_license_class.u8") == ["permissive", "unknown", "undeclared", "undeclared"]
    assert shown(folder, "attr_task.u8") == ["text-generation", "unknown", "unknown", "unknown"]
    assert shown(folder, "attr_documentation.u8") == ["depth_2", "no_card_with_text", "unknown", "unknown"]
    assert array(folder, "attr_downloads.u8").tolist() == [7, 4, 1, 0]
    assert array(folder, "month.u16", "u2").tolist() == [26, 0, 27, 34]
    assert len(array(folder, "positions.u16", "u2")) == len(array(folder, "timeline.u16", "u2")) == 8


def test_a_model_without_a_time_of_creation_has_no_month(tmp_path: Path) -> None:
    undated = MODELS.replace(
        "2024-06-01T00:00:00 | no                  | yes      | d", "                    | no                  | yes      | d"
    )
    folder = current_data(published(tmp_path / "w", TABLES | {"silver.models": undated}))
    assert array(folder, "month.u16", "u2").tolist() == [26, 0, 65535, 34]


def test_a_merge_belongs_to_the_family_of_the_parent_with_the_strongest_evidence(tmp_path: Path) -> None:
    families = json.loads((current_data(published(tmp_path / "w")) / "map" / "families.json").read_text())
    assert sorted((family["name"], family["members"]) for family in families) == [("a/base", 2), ("d/other", 2)]


def test_counts_and_parts_of_the_manifest_are_those_of_the_files(tmp_path: Path) -> None:
    folder = current_data(published(tmp_path / "w"))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["models"], manifest["connected"], manifest["edges"], manifest["families"]) == (5, 4, 3, 2)
    assert manifest["counts"]["relation"] == [2, 1, 0, 0, 1]
    assert manifest["parts"] == {
        str(path.relative_to(folder)): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json" and INDEX not in path.relative_to(folder).parts
    }


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "two"):
        folder = current_data(published(tmp_path / name))
        contents.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert contents[0] == contents[1]


def test_data_are_used_again_until_a_table_changes_and_the_last_two_states_are_kept(tmp_path: Path) -> None:
    seen = []
    for version in range(3):
        folder = current_data(published(tmp_path / "w"))
        written = (folder / "manifest.json").stat().st_mtime_ns
        assert current_data(published(tmp_path / "w")) == folder
        assert (folder / "manifest.json").stat().st_mtime_ns == written
        seen.append(folder)
        row = f"hub_id | model_id\n h{version}9 | new/model{version}"
        write_more(tmp_path / "w", row)
    assert len(set(seen)) == 3
    assert [folder.exists() for folder in seen] == [False, True, True]


def write_more(folder: Path, text: str) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    from hublake.lake.delta.arrow import arrow_schema
    from hublake.lake.schema.silver.models import MODELS as TABLE
    from tests.drawn import drawn_rows

    rows = [row | {"snapshot_date": DAY} for row in drawn_rows(TABLE, text)]
    write_deltalake(TABLE.path(str(folder)), pa.Table.from_pylist(rows, schema=arrow_schema(TABLE)), mode="append")


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), store.replaced_folder(tmp_path / "data") as scratch:
        (scratch / "half").write_text("x")
        raise RuntimeError
    assert list(tmp_path.glob("*data*")) == list(tmp_path.glob(".data*")) == []


def test_a_warehouse_with_two_tables_alone_is_shown_and_without_edges_it_is_reported(tmp_path: Path) -> None:
    few = {name: TABLES[name] for name in ("silver.models", "silver.lineage_edges")}
    folder = current_data(published(tmp_path / "few", few))
    assert sorted(names(folder)) == ["a/base", "b/tuned", "c/merge", "d/other"]
    assert set(shown(folder, "attr_license_class.u8")) == {"undeclared"}
    with pytest.raises(MissingTable, match=r"silver\.lineage_edges is not in the warehouse"):
        current_data(published(tmp_path / "none", {"silver.models": MODELS}))


def test_a_snapshot_without_edges_has_an_empty_map(tmp_path: Path) -> None:
    folder = current_data(published(tmp_path / "w", TABLES | {"silver.lineage_edges": "child_id | parent_id"}))
    assert (names(folder), json.loads((folder / "map" / "families.json").read_text())) == ([], [])


def test_a_static_folder_has_the_facts_of_each_model_in_the_shard_of_its_name(tmp_path: Path) -> None:
    out = tmp_path / "site"
    write_folder(published(tmp_path / "w"), out)
    manifest = json.loads((out / "data" / "manifest.json").read_text())
    assert (out / "index.html").is_file()
    assert (manifest["server"], manifest["shards"]) == (False, 1)
    facts = json.loads(gzip.decompress((out / "data" / "models" / "000.json.gz").read_bytes()))
    assert sorted(facts) == ["a/base", "b/tuned", "c/merge", "d/other", "e/alone"]
    merge = facts["c/merge"]
    assert [(edge["parent_id"], edge["parent_status"]) for edge in merge["ancestry"]] == [
        ("b/tuned", "present"),
        ("d/other", "present"),
        ("x/gone", "missing"),
    ]
    assert merge["impact"]["rank"] == 4
    assert facts["a/base"]["children"] == {
        "models": 1,
        "by_relation": [{"relation": "finetune", "models": 1, "guessed": 0}],
        "most_downloaded": [
            {"model_id": "b/tuned", "relation": "finetune", "downloads_30d": 7, "evidence": "hub_base_models", "confidence": None}
        ],
    }
    assert [row["license"] for row in facts["b/tuned"]["tables"]["silver.model_licenses"]] == ["own-terms"]
    write_folder(published(tmp_path / "w"), out)  # its own folder is replaced


def test_a_static_folder_names_each_parent_of_a_merge(tmp_path: Path) -> None:
    merged = "\n".join(f"c/merge | x/{number:02} | merge | card | missing | no" for number in range(25))
    edges = f"child_id | parent_id | relation | evidence | parent_status | is_self_loop\n{merged}"
    write_folder(published(tmp_path / "w", TABLES | {"silver.lineage_edges": edges}), tmp_path / "site")
    facts = json.loads(gzip.decompress((tmp_path / "site" / "data" / "models" / "000.json.gz").read_bytes()))
    assert [edge["parent_id"] for edge in facts["c/merge"]["ancestry"]] == [f"x/{number:02}" for number in range(25)]


def test_details_written_in_several_batches_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MODELS_PER_SHARD", 1)
    write_folder(published(tmp_path / "w"), tmp_path / "one")
    monkeypatch.setattr(shards, "BATCH", 1)
    write_folder(published(tmp_path / "w"), tmp_path / "several")
    contents = [{path.name: path.read_bytes() for path in (tmp_path / name / "data" / "models").iterdir()} for name in ("one", "several")]
    assert len(contents[0]) == 8
    assert contents[0] == contents[1]


def test_a_folder_with_other_files_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(WrongUse, match="contains files that are not of an explorer"):
        write_folder(open_published(load(flags={"warehouse": str(write_warehouse(tmp_path / "w"))}, environ={})), tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_names_of_any_kind_are_one_line_each_and_safe_in_a_script(tmp_path: Path) -> None:
    lines = [{"hub_id": f"h{number}", "model_id": name} for number, name in enumerate(NASTY_NAMES)]
    assert len(set(fnv1a([line["model_id"] for line in lines]).tolist())) > len(lines) * 0.9
    text = json_bytes({"names": list(NASTY_NAMES)})
    assert b"<" not in text
    assert json.loads(text)["names"] == list(NASTY_NAMES)


def test_one_family_is_one_file_with_ancestors_and_descendants_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "family.html"
    write_family(published(tmp_path / "w"), "b/tuned", file)
    page = file.read_text()
    content = json.loads(page.partition('id="files" data-start="#/family/b/tuned">')[2].partition("</script>")[0])
    assert gzip.decompress(base64.b64decode(content["data/map/names.txt.gz"])).decode().split() == ["a/base", "b/tuned", "c/merge"]
    manifest = json.loads(gzip.decompress(base64.b64decode(content["data/manifest.json"])))
    assert (manifest["connected"], manifest["edges"], manifest["server"]) == (3, 2, False)
    assert "unsafe" not in page.partition("script-src")[2].partition(";")[0]
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page)


def test_a_model_without_relatives_or_of_no_snapshot_has_no_family(tmp_path: Path) -> None:
    with pytest.raises(HublakeError, match=r"no model is known that e/alone derives from or that derives from it"):
        family_page(published(tmp_path / "w"), "e/alone")
    with pytest.raises(WrongUse, match="no model of 2026-01-02 is called 'no/such'"):
        family_page(published(tmp_path / "w"), "no/such")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--single-file", "a/base"], "--single-file ID and --output FILE belong together."),
        (["--single-file", "a/base", "--output", "f.html", "--out", "site"], "choose one of them."),
        (["--out", "s3://bucket/site"], "is an address"),
    ],
)
def test_options_that_contradict_each_other_are_wrong_use(options: list[str], message: str) -> None:
    result = CliRunner().invoke(explore, options)
    assert result.exit_code == 2
    assert message in result.output
