"""One edge of several readings, without a JVM. What each kind of evidence does is in test_lineage_edges."""

from typing import Any

import pyarrow as pa
import pytest
from pyspark.sql.pandas.types import to_arrow_schema

from hublake.spark_jobs.job import QUARANTINE_REASON
from hublake.spark_jobs.silver.lineage_edges import DECLARED, EDGES
from hublake.spark_jobs.steps.lineage_edges import edges

MODELS = pa.schema(
    {
        "model_id": pa.string(),
        "hub_id": pa.string(),
        "author": pa.string(),
        "created_at": pa.int64(),
        "is_created_at_floor": pa.bool_(),
        "downloads_30d": pa.int64(),
    }
)
NO_FORMER_NAMES = pa.table({"hub_id": pa.array([], pa.string()), "parent": pa.array([], pa.string())})


def made(*readings: dict[str, Any], listed: str = "a/child a/base b/base") -> list[dict[str, Any]]:
    models = [{"model_id": name, "hub_id": name, "author": name.partition("/")[0], "is_created_at_floor": False} for name in listed.split()]
    found = edges(
        pa.Table.from_pylist([*readings], to_arrow_schema(DECLARED, timezone="UTC")), pa.Table.from_pylist(models, MODELS), NO_FORMER_NAMES
    )
    assert set(found.column_names) == set(EDGES.names)
    return sorted(found.to_pylist(), key=lambda edge: (edge["parent_id"], edge["relation"]))


def read(parent: str, relation: str = "finetune", evidence: str = "plain_tag", **more: Any) -> dict[str, Any]:
    reading = {"child_id": "a/child", "parent": parent, "declared_parent": parent, "relation": relation, "evidence": evidence}
    return {**reading, "is_relation_declared": False, "confidence": 0.9, "problem": None, **more}


def test_where_nothing_is_said_there_is_no_edge() -> None:
    assert made() == []


@pytest.mark.parametrize("order", [1, -1])
def test_the_strongest_evidence_stays_whatever_came_first(order: int) -> None:
    said = [
        read("a/base", evidence="card_field"),
        read("a/base", evidence="plain_tag"),
        read("a/base", evidence="bare_tag", confidence=0.5),
    ]
    assert [(edge["evidence"], edge["confidence"]) for edge in made(*said[::order])] == [("plain_tag", 0.9)]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_names_for_one_model_its_own_stays_and_else_the_first_in_the_alphabet(order: int) -> None:
    said = [read("A/Base"), read("a/BASE"), read("a/base")]
    assert [edge["declared_parent"] for edge in made(*said[::order])] == ["a/base"]
    assert [edge["declared_parent"] for edge in made(*said[:2][::order])] == ["A/Base"]


def test_what_is_declared_of_one_parent_says_nothing_of_another() -> None:
    said = [read("a/base"), read("b/base", "merge", "typed_tag", is_relation_declared=True), read("b/base")]
    assert [(edge["parent_id"], edge["relation"]) for edge in made(*said)] == [("a/base", "finetune"), ("b/base", "merge")]


def test_a_parent_that_is_no_name_is_an_edge_with_a_reason_and_of_no_cycle() -> None:
    (edge,) = made(read("/srv/x", problem="a path"))
    assert edge[QUARANTINE_REASON] == "parent_not_a_name: a path: /srv/x"
    assert not edge["is_cycle"]


def test_a_ring_of_two_is_on_a_cycle_in_each_relation() -> None:
    back = read("a/child", child_id="a/base")
    found = made(read("a/base"), read("a/base", "merge", "typed_tag"), back)
    assert [(edge["child_id"], edge["relation"], edge["is_cycle"]) for edge in found] == [
        ("a/child", "finetune", True),
        ("a/child", "merge", True),
        ("a/base", "finetune", True),
    ]
