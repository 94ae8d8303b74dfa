"""Licences from models to their derivatives: edges, transitions, propagation, chains."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema.gold.licenses import LICENSE_EDGES
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.gold.licenses import license_chains, license_edges, license_propagation, license_transitions
from tests.drawn import drawn

LISTED = """
    model_id              | downloads_30d | created_at          | is_created_at_floor
    meta-llama/Llama-3.1  | 9             | 2024-01-01T00:00:00 | no
    a/llama-3.1-tuned     | 5             | 2024-01-02T12:00:00 | no
    a/quant               | 2             | 2024-01-03T00:00:00 | no
    b/cited               |               |                     | no
    b/mit                 | 1             | 2022-03-02T00:00:00 | yes
    b/merge               | 3             | 2024-02-01T00:00:00 | no
    b/silent              | 4             | 2024-02-01T00:00:00 | no
    b/guessed             | 7             | 2024-02-01T00:00:00 | no
"""
DECLARED = """
    model_id              | license      | comparable_license
    meta-llama/Llama-3.1  | llama3.1     | llama3.1
    a/llama-3.1-tuned     | other        | llama3.1
    a/quant               | apache-2.0   | apache-2.0
    b/cited               | cc-by-nc-4.0 | cc-by-nc-4.0
    b/mit                 | mit          | mit
    b/mit                 | apache-2.0   | apache-2.0
    b/merge               | mit          | mit
    b/silent              | unknown      | unknown
    b/guessed             | mit          | mit
"""
EDGES = """
    child_id          | parent_id            | relation  | evidence  | parent_status | is_self_loop
    a/llama-3.1-tuned | meta-llama/Llama-3.1 | finetune  | typed_tag | present       | no
    a/quant           | a/llama-3.1-tuned    | quantized | typed_tag | present       | no
    b/cited           | meta-llama/Llama-3.1 | finetune  | typed_tag | present       | no
    b/merge           | b/mit                | merge     | typed_tag | renamed       | no
    b/merge           | a/quant              | merge     | typed_tag | present       | no
    b/silent          | b/merge              | adapter   | typed_tag | present       | no
    b/guessed         | b/mit                | finetune  | in_name   | present       | no
    b/mit             | gone/x               | finetune  | typed_tag | missing       | no
    b/mit             | b/mit                | finetune  | typed_tag | present       | yes
"""
CARDS = """
    hub_id | model_id | text
    h1     | b/cited  | Built with Llama. Under the LLAMA 3.1 Community License.
    h2     | a/quant  | Nothing of that kind
"""
EXPECTED = {
    ("a/llama-3.1-tuned", "meta-llama/Llama-3.1"): ("same", "ok", "same", True, None, 1.5),
    ("a/quant", "a/llama-3.1-tuned"): ("widened", "conflict", "agreement", False, False, 0.5),
    ("b/cited", "meta-llama/Llama-3.1"): ("changed", "unknown", "agreement", False, True, None),
    ("b/merge", "b/mit"): ("changed", "ok", "notice", None, None, None),
    ("b/merge", "a/quant"): ("changed", "ok", "notice", None, None, 29.0),
    ("b/silent", "b/merge"): ("dropped", "unknown", "undeclared", None, None, 0.0),
    ("b/guessed", "b/mit"): ("changed", "ok", "notice", None, None, None),
}


@pytest.fixture(scope="module")
def edges(spark: SparkSession) -> DataFrame:
    frames = (drawn(spark, LINEAGE_EDGES, EDGES), drawn(spark, MODEL_LICENSES, DECLARED), drawn(spark, MODELS, LISTED))
    return license_edges.transform(*frames, drawn(spark, MODEL_CARDS, CARDS)).cache()


def test_each_edge_has_its_transition_and_verdict(edges: DataFrame) -> None:
    rows = edges.collect()
    assert {
        (r.child_id, r.parent_id): (r.transition, r.verdict, r.clause, r.is_name_clause_met, r.is_notice_mentioned, r.days_between)
        for r in rows
    } == EXPECTED
    assert [r.child_id for r in rows if r.is_guessed] == ["b/guessed"]
    assert edges.columns == [name for name in LICENSE_EDGES.column_names if name != "snapshot_date"]


def test_transitions_add_up_to_edges_and_shares_to_one(edges: DataFrame) -> None:
    rows = license_transitions.transform(edges).collect()
    assert sum(r.edges for r in rows) == len(EXPECTED)
    assert sorted((r.relation, r.parent_license, r.child_license, r.edges, r.edges_share_of_parent, r.downloads_30d) for r in rows) == [
        ("adapter", "mit", "unknown", 1, 1.0, 4),
        ("finetune", "apache-2.0, mit", "mit", 1, 1.0, 7),
        ("finetune", "llama3.1", "cc-by-nc-4.0", 1, 0.5, 0),
        ("finetune", "llama3.1", "llama3.1", 1, 0.5, 5),
        ("merge", "apache-2.0", "mit", 1, 1.0, 3),
        ("merge", "apache-2.0, mit", "mit", 1, 1.0, 3),
        ("quantized", "llama3.1", "apache-2.0", 1, 1.0, 2),
    ]


def test_propagation_counts_declared_edges_by_relation_and_generation(spark: SparkSession, edges: DataFrame) -> None:
    lineage = drawn(spark, MODEL_LINEAGE, "model_id | generation \n a/llama-3.1-tuned | 1 \n b/cited | 1 \n b/silent | 4 \n b/guessed | 1")
    rows = license_propagation.transform(edges, lineage).collect()
    assert sorted((r.relation, r.generation, r.edges, r.parent_declares, r.both_declare, r.same, r.same_share) for r in rows) == [
        ("adapter", 4, 1, 1, 0, 0, None),
        ("any", 1, 2, 2, 2, 1, 0.5),
        ("any", 4, 1, 1, 0, 0, None),
        ("finetune", 1, 2, 2, 2, 1, 0.5),
    ]


def test_a_chain_has_the_licences_from_its_root_and_what_happens_there(spark: SparkSession, edges: DataFrame) -> None:
    rows = {r.model_id: r for r in license_chains.transform(edges, drawn(spark, MODEL_LICENSES, DECLARED)).collect()}
    chain = rows["b/silent"]
    assert chain.path == ["meta-llama/Llama-3.1", "a/llama-3.1-tuned", "a/quant", "b/merge", "b/silent"]
    assert chain.licenses == ["llama3.1", "llama3.1", "apache-2.0", "mit", "unknown"]
    assert chain.labels == [
        "conflict",
        "ends_with_unknown_license",
        "license_change",
        "license_dropped",
        "naming_clause_not_met",
        "unknown_license",
    ]
    assert chain.stalnaker_labels == ["license_change", "missing_llama_license", "undeclared_llama_dependency"]
    assert (chain.first_conflict_generation, chain.worst_verdict) == (2, "conflict")
    assert (rows["b/cited"].first_conflict_generation, rows["b/cited"].worst_verdict, rows["b/cited"].stalnaker_labels) == (
        None,
        "unknown",
        [],
    )
    assert "b/guessed" not in rows
