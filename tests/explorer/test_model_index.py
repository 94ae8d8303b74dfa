"""The index gives the same facts as a scan of the tables."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from hublake.explorer.data.model_index import INDEX, write_index
from hublake.explorer.model_index import MOST_PLACES, ModelIndex
from hublake.explorer.reach import reach
from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.errors import DamagedTable, UnknownModel
from hublake.lake.schema import find_table
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.settings import load
from hublake.serving.bom.documents import bom_documents
from hublake.serving.kin import similar_names
from hublake.serving.model_facts import ModelFacts
from hublake.serving.models import SelectedModels
from hublake.serving.reader import PublishedTables, open_published
from tests.drawn import drawn_rows
from tests.explorer.small_hub import DAY, write_small_hub
from tests.nasty_names import NASTY_NAMES
from tests.serving.small_warehouse import write_tables, write_warehouse


def indexed(warehouse: Path, folder: Path, day: date = DAY) -> tuple[PublishedTables, ModelIndex]:
    as_of = None if day == DAY else day.isoformat()
    published = open_published(load(flags={"warehouse": str(warehouse)}, environ={}), as_of)
    write_index(published, day, folder / INDEX)
    return published, ModelIndex(published, folder / INDEX)


@pytest.fixture(scope="module")
def small_hub(tmp_path_factory: pytest.TempPathFactory) -> tuple[PublishedTables, ModelIndex]:
    folder = tmp_path_factory.mktemp("indexed")
    return indexed(write_small_hub(folder / "w"), folder)


def test_each_model_has_the_facts_that_a_scan_finds(small_hub: tuple[PublishedTables, ModelIndex]) -> None:
    published, index = small_hub
    names = [name for (name,) in published.rows("SELECT model_id FROM silver.models")]
    assert len(names) == 6
    for name in names:
        assert index.facts(name) == ModelFacts(published, name).read()


def test_an_unknown_model_is_reported_with_similar_names(small_hub: tuple[PublishedTables, ModelIndex]) -> None:
    for read in (small_hub[1].facts, lambda name: small_hub[1].bom(name, "cyclonedx", "1.6")):
        with pytest.raises(UnknownModel, match="Did you mean 'g/base'"):
            read("g/bas")


def test_each_bill_of_materials_is_that_of_a_scan(small_hub: tuple[PublishedTables, ModelIndex]) -> None:
    published, index = small_hub
    for (name,) in published.rows("SELECT model_id FROM silver.models"):
        selected = SelectedModels(published, {}, model_id=name)
        (scanned,) = bom_documents(published, selected.day, "spdx", "3.0.1")
        assert index.bom(name, "spdx", "3.0.1") == scanned


@pytest.mark.parametrize(
    ("wrong", "similar"),
    [
        ("mistralai/Mistral-7B-v0.11", ["mistralai/Mistral-7B-v0.1"]),
        ("mistralai/Mitsral-7B-v0.1", ["mistralai/Mistral-7B-v0.1"]),
        ("Mistralai/mistral-7b-v0.1", ["mistralai/Mistral-7B-v0.1"]),
        ("mistrall/Mistral-7B-v0.1", ["mistralai/Mistral-7B-v0.1"]),
        ("someone-else/opus-mt", ["Helsinki-NLP/opus-mt"]),
        ("bert-base-uncased", ["google-bert/bert-base-uncased"]),
        ("bert-base-uncasd", ["google-bert/bert-base-uncased"]),
        ("gpt-2", ["gpt2"]),
        ("模型/naïve", []),
        ("zz", []),
    ],
)
def test_similar_names_are_those_of_a_scan(similar_hub: tuple[PublishedTables, ModelIndex], wrong: str, similar: list[str]) -> None:
    published, index = similar_hub
    assert index.similar(wrong, 3) == similar == similar_names(published, wrong, DAY, 3)


@pytest.fixture(scope="module")
def similar_hub(tmp_path_factory: pytest.TempPathFactory) -> tuple[PublishedTables, ModelIndex]:
    names = ["mistralai/Mistral-7B-v0.1", "Helsinki-NLP/opus-mt", "google-bert/bert-base-uncased", "gpt2", "a/other"]
    rows = "\n".join(f"h{number} | {name} | {number}" for number, name in enumerate(names))
    folder = tmp_path_factory.mktemp("similar")
    models = f"hub_id | model_id | downloads_30d\n{rows}"
    write_tables(folder / "w", {"silver.models": models, "silver.lineage_edges": "child_id"}, snapshot_date=DAY)
    return indexed(folder / "w", folder)


def append(warehouse: Path, drawn: dict[str, str], day: str) -> None:
    """Add rows to tables, in files of their own."""
    for name, text in drawn.items():
        table = find_table(name)
        rows = [row | {"snapshot_date": date.fromisoformat(day)} for row in drawn_rows(table, text)]
        data = pa.Table.from_pylist(rows, schema=arrow_schema(table))
        write_deltalake(table.path(str(warehouse)), data, partition_by=list(table.partitioned_by), mode="append")


def test_rows_of_several_files_and_snapshots_are_found_and_a_model_without_a_row_needs_no_query(tmp_path: Path) -> None:
    def tables(number: int) -> dict[str, str]:
        return {
            "silver.models": f"hub_id | model_id | downloads_30d\nh{number} | a/{number} | {number}",
            "silver.lineage_edges": f"child_id | parent_id | relation | evidence | confidence\na/{number} | a/root | finetune | typed_tag | 1",
        }

    warehouse = tmp_path / "w"
    # A file for each row, and an older snapshot.
    for number in (3, 1, 0, 2):
        append(warehouse, tables(number), "2026-01-02")
    append(warehouse, tables(9), "2025-12-31")
    published, index = indexed(warehouse, tmp_path)
    for number in range(4):
        relation = index.relation(LINEAGE_EDGES, "child_id", [f"a/{number}"])
        assert relation is not None and relation.count("read_parquet") == 1
        assert published.rows(f"SELECT child_id FROM {relation}") == [(f"a/{number}",)]
    assert index.relation(LINEAGE_EDGES, "child_id", ["a/9", "a/root"]) is None
    both = index.relation(MODELS, "model_id", ["a/0", "a/3", "a/9"])
    assert sorted(published.rows(f"SELECT model_id FROM {both}")) == [("a/0",), ("a/3",)]
    assert [row["model_id"] for row in index.derivatives("a/root")["most_downloaded"]] == ["a/3", "a/2", "a/1", "a/0"]
    _, earlier = indexed(warehouse, tmp_path / "earlier", date(2025, 12, 31))
    assert earlier.facts("a/9")["ancestry"][0]["parent_id"] == "a/root"
    with pytest.raises(UnknownModel):
        earlier.facts("a/0")


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w")
    for file in (warehouse / "gold" / "model_lineage").rglob("*.parquet"):
        file.write_bytes(b"PAR1" + bytes(100))
    with pytest.raises(DamagedTable, match=r"gold\.model_lineage"):
        indexed(warehouse, tmp_path)


def test_a_value_with_very_many_rows_is_scanned(tmp_path: Path) -> None:
    rows = "\n".join(f"h{number} | big/{number} | big" for number in range(MOST_PLACES + 1))
    write_tables(
        tmp_path / "w", {"silver.models": f"hub_id | model_id | author\n{rows}", "silver.lineage_edges": "child_id"}, snapshot_date=DAY
    )
    _, index = indexed(tmp_path / "w", tmp_path)
    assert index.relation(MODELS, "author", ["big"]) == "silver.models"


def test_names_are_found_by_all_words_in_any_case_most_downloaded_first(tmp_path: Path) -> None:
    names = ["b/Llama-GGUF", "a/llama", "c/gguf-of-LLAMA", "d/naïve-模型", "e/other"]
    rows = "\n".join(f"h{number} | {name} | {number}" for number, name in enumerate(names))
    write_tables(
        tmp_path / "w",
        {"silver.models": f"hub_id | model_id | downloads_30d\n{rows}", "silver.lineage_edges": "child_id"},
        snapshot_date=DAY,
    )
    _, index = indexed(tmp_path / "w", tmp_path)
    assert index.find("llama gguf", 12) == ["c/gguf-of-LLAMA", "b/Llama-GGUF"]
    assert index.find("LLAMA", 2) == ["c/gguf-of-LLAMA", "a/llama"]
    assert index.find("模型 naïve", 12) == ["d/naïve-模型"]
    assert index.find("llama other", 12) == []
    assert index.find(" ", 12) == []


def test_models_that_descend_from_a_dataset_are_followed_through_the_lineage(small_hub: tuple[PublishedTables, ModelIndex]) -> None:
    _, index = small_hub
    models = [["g/base", True, 1000], ["a/x", False, 500], ["a/y", False, 50], ["a/z", False, 5]]
    assert reach(index, "r/squad") == {"dataset": "r/squad", "reached": 4, "models": models, "datasets": []}
    assert reach(index, "R/SQUAD")["models"] == models
    assert reach(index, "squa") == {"dataset": "squa", "reached": 0, "models": [], "datasets": [("r/squad", 1)]}
    assert reach(index, "'; DROP") == {"dataset": "'; DROP", "reached": 0, "models": [], "datasets": []}


def test_descendants_in_a_cycle_end_and_unlisted_parents_lead_nowhere(tmp_path: Path) -> None:
    models = "hub_id | model_id | downloads_30d\n" + "\n".join(f"h{name} | a/{name} | {number}" for number, name in enumerate("abcd"))
    edges = """
        child_id | parent_id | parent_status | is_self_loop
        a/b      | a/a       | present       | no
        a/a      | a/b       | present       | no
        a/c      | a/b       | present       | no
        a/d      | x/gone    | missing       | no
        a/d      | a/d       | present       | yes
    """
    write_tables(tmp_path / "w", {"silver.models": models, "silver.lineage_edges": edges}, snapshot_date=DAY)
    _, index = indexed(tmp_path / "w", tmp_path)
    assert [index.name(rank) for rank in index.descendants(index.ranks(["a/a", "x/gone"])).tolist()] == ["a/c", "a/b", "a/a"]
    assert [index.downloads(rank) for rank in index.ranks(["a/d"]).tolist()] == [3]


def test_hostile_names_are_only_looked_up(small_hub: tuple[PublishedTables, ModelIndex]) -> None:
    for name in NASTY_NAMES:
        assert small_hub[1].relation(MODELS, "model_id", [name]) is None
        assert name not in small_hub[1].find(name, 12)
