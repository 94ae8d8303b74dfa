"""One edge from several claims, without a JVM. test_lineage_edges covers each kind of evidence."""

from typing import Any

import pyarrow as pa
import pytest
from pyspark.sql.pandas.types import to_arrow_schema

from hublake.spark_jobs.job import QUARANTINE_REASON
from hublake.spark_jobs.silver.lineage_edges import DECLARED, EDGES
from hublake.spark_jobs.steps.parent_claims import edges_from_claims

MODELS = pa.schema(
    {
        "model_id": pa.string(),
        "hub_id": pa.string(),
        "author": pa.string(),
        "created_at": pa.int64(),
        "is_created_at_floor": pa.bool_(),
        "downloads_30d": pa.int64(),
        "is_adapter": pa.bool_(),
        "is_whole": pa.bool_(),
        "architecture": pa.string(),
        "is_converted": pa.bool_(),
    }
)
NO_FORMER_NAMES = pa.table({"hub_id": pa.array([], pa.string()), "parent": pa.array([], pa.string())})


def edges(*claims: dict[str, Any], listed: str = "a/child a/base b/base") -> list[dict[str, Any]]:
    models = [{"model_id": name, "hub_id": name, "author": name.partition("/")[0], "is_created_at_floor": False} for name in listed.split()]
    found = edges_from_claims(
        pa.Table.from_pylist([*claims], to_arrow_schema(DECLARED, timezone="UTC")), pa.Table.from_pylist(models, MODELS), NO_FORMER_NAMES
    )
    assert set(found.column_names) == set(EDGES.names)
    return sorted(found.to_pylist(), key=lambda edge: (edge["parent_id"], edge["relation"]))


def claim(parent: str, relation: str = "finetune", evidence: str = "plain_tag", **more: Any) -> dict[str, Any]:
    columns = {"child_id": "a/child", "parent": parent, "declared_parent": parent, "relation": relation, "evidence": evidence}
    return {**columns, "is_relation_declared": False, "confidence": 0.9, "problem": None, **more}


def test_without_claims_there_is_no_edge() -> None:
    assert edges() == []


@pytest.mark.parametrize("order", [1, -1])
def test_the_strongest_evidence_wins_in_any_order(order: int) -> None:
    claims = [
        claim("a/base", evidence="card_field"),
        claim("a/base", evidence="plain_tag"),
        claim("a/base", evidence="bare_tag", confidence=0.5),
    ]
    assert [(edge["evidence"], edge["confidence"]) for edge in edges(*claims[::order])] == [("plain_tag", 0.9)]


@pytest.mark.parametrize("order", [1, -1])
def test_the_exact_name_wins_and_otherwise_the_alphabetically_first(order: int) -> None:
    claims = [claim("A/Base"), claim("a/BASE"), claim("a/base")]
    assert [edge["declared_parent"] for edge in edges(*claims[::order])] == ["a/base"]
    assert [edge["declared_parent"] for edge in edges(*claims[:2][::order])] == ["A/Base"]


def test_a_declared_relation_to_one_parent_does_not_affect_another() -> None:
    claims = [claim("a/base"), claim("b/base", "merge", "typed_tag", is_relation_declared=True), claim("b/base")]
    assert [(edge["parent_id"], edge["relation"]) for edge in edges(*claims)] == [("a/base", "finetune"), ("b/base", "merge")]


def test_a_parent_that_is_no_name_is_quarantined_and_on_no_cycle() -> None:
    (edge,) = edges(claim("/srv/x", problem="a path"))
    assert edge[QUARANTINE_REASON] == "parent_not_a_name: a path: /srv/x"
    assert not edge["is_cycle"]


def test_a_cycle_of_two_is_flagged_in_each_relation() -> None:
    reverse = claim("a/child", child_id="a/base")
    found = edges(claim("a/base"), claim("a/base", "merge", "typed_tag"), reverse)
    assert [(edge["child_id"], edge["relation"], edge["is_cycle"]) for edge in found] == [
        ("a/child", "finetune", True),
        ("a/child", "merge", True),
        ("a/base", "finetune", True),
    ]
