"""Licences from models to their derivatives: edges, transitions, propagation, chains."""

import pytest
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from hublake.lake.schema.gold.licenses import LICENSE_CHAINS, LICENSE_EDGES
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.spark_jobs.gold.licenses import license_chains, license_edges, license_propagation, license_transitions
from tests.drawn import drawn

LISTED = """
    hub_id | model_id              | downloads_30d | created_at          | is_created_at_floor
    1      | meta-llama/Llama-3.1  | 9             | 2024-01-01T00:00:00 | no
    2      | a/llama-3.1-tuned     | 5             | 2024-01-02T12:00:00 | no
    3      | a/quant               | 2             | 2024-01-03T00:00:00 | no
    4      | b/cited               |               |                     | no
    5      | b/mit                 | 1             | 2022-03-02T00:00:00 | yes
    6      | b/merge               | 3             | 2024-02-01T00:00:00 | no
    7      | b/silent              | 4             | 2024-02-01T00:00:00 | no
    8      | b/guessed             | 7             | 2024-02-01T00:00:00 | no
"""
# The first crawl was on 2024-01-10: it saw what the models of February derive from. b/mit was cc-by-nc-4.0 until the 20th.
HISTORY = """
    hub_id | model_id  | valid_from | valid_to   | is_removed | licenses
    3      | a/quant   | 2024-01-10 |            | no         | apache-2.0
    6      | b/merge   | 2024-02-01 |            | no         | mit
    5      | b/mit     | 2024-01-10 | 2024-01-20 | no         | cc-by-nc-4.0
    5      | b/mit     | 2024-01-20 |            | no         | apache-2.0, mit
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
    return license_edges.transform(*frames, drawn(spark, MODEL_CARDS, CARDS), drawn(spark, MODEL_HISTORY, HISTORY)).cache()


def edges_after(spark: SparkSession, created: str, history: str) -> dict[str, Row]:
    """The edges from children created on a day to b/mit, by name of the child."""
    listed = f"""
        hub_id | model_id | created_at         | is_created_at_floor
        5      | b/mit    | 2024-01-01T00:00:00 | no
        9      | c/child  | {created}T13:00:00  | no
        10     | c/old    | 2022-03-02T00:00:00 | yes
    """
    declared = "model_id | license | comparable_license \n b/mit | mit | mit \n c/child | mit | mit \n c/old | mit | mit"
    edges = """
        child_id | parent_id | relation | evidence  | parent_status
        c/child  | b/mit     | finetune | typed_tag | present
        c/old    | b/mit     | finetune | typed_tag | present
    """
    frames = (drawn(spark, LINEAGE_EDGES, edges), drawn(spark, MODEL_LICENSES, declared), drawn(spark, MODELS, listed))
    rows = license_edges.transform(*frames, drawn(spark, MODEL_CARDS, "hub_id \n"), drawn(spark, MODEL_HISTORY, history)).collect()
    return {row.child_id: row for row in rows}


@pytest.mark.parametrize(
    ("created", "parent_licenses", "is_current", "verdict"),
    [
        ("2024-01-09", ["mit"], None, "ok"),  # before the first crawl
        ("2024-01-10", ["cc-by-nc-4.0"], False, "conflict"),
        ("2024-01-19", ["cc-by-nc-4.0"], False, "conflict"),
        ("2024-01-20", [], False, "unknown"),
        ("2024-01-30", ["mit"], True, "ok"),
        ("2024-02-09", ["mit"], True, "ok"),  # the parent was removed and came back with the same licence
    ],
)
def test_a_child_is_judged_by_the_licence_that_its_parent_had_when_it_was_created(
    spark: SparkSession, created: str, parent_licenses: list[str], is_current: bool | None, verdict: str
) -> None:
    history = """
        hub_id | model_id  | valid_from | valid_to   | is_removed | licenses
        5      | b/before  | 2024-01-10 | 2024-01-20 | no         | CC-BY-NC-4.0
        5      | b/mit     | 2024-01-20 | 2024-01-30 | no         |
        5      | b/mit     | 2024-01-30 | 2024-02-05 | no         | mit
        5      | b/mit     | 2024-02-05 | 2024-02-08 | yes        | mit
        5      | b/mit     | 2024-02-08 |            | no         | mit
    """
    found = edges_after(spark, created, history)
    child = found["c/child"]
    assert (child.parent_licenses, child.is_parent_license_current, child.verdict) == (parent_licenses, is_current, verdict)
    assert (found["c/old"].parent_licenses, found["c/old"].is_parent_license_current) == (["mit"], None)


def test_each_edge_has_its_transition_and_verdict(edges: DataFrame) -> None:
    rows = edges.collect()
    assert {
        (r.child_id, r.parent_id): (r.transition, r.verdict, r.clause, r.is_name_clause_met, r.is_notice_mentioned, r.days_between)
        for r in rows
    } == EXPECTED
    assert [r.child_id for r in rows if r.is_guessed] == ["b/guessed"]
    known = {(r.child_id, r.parent_id) for r in rows if r.is_parent_license_current}
    assert known == {("b/merge", "b/mit"), ("b/merge", "a/quant"), ("b/silent", "b/merge"), ("b/guessed", "b/mit")}
    assert {r.is_parent_license_current for r in rows if (r.child_id, r.parent_id) not in known} == {None}
    assert edges.columns == [name for name in LICENSE_EDGES.column_names if name != "snapshot_date"]


def test_transitions_add_up_to_edges_and_shares_to_one(edges: DataFrame) -> None:
    rows = license_transitions.transform(edges).collect()
    assert sum(r.edges for r in rows) == len(EXPECTED)
    assert sorted((r.relation, r.parent_license, r.child_license, r.edges, r.edges_share_of_parent, r.downloads_30d) for r in rows) == [
        ("adapter", "mit", "", 1, 1.0, 4),
        ("finetune", "apache-2.0, mit", "mit", 1, 1.0, 7),
        ("finetune", "llama3.1", "cc-by-nc-4.0", 1, 0.5, 0),
        ("finetune", "llama3.1", "llama3.1", 1, 0.5, 5),
        ("merge", "apache-2.0", "mit", 1, 1.0, 3),
        ("merge", "apache-2.0, mit", "mit", 1, 1.0, 3),
        ("quantized", "llama3.1", "apache-2.0", 1, 1.0, 2),
    ]


def test_figures_of_others_are_beside_the_pairs_of_licences_that_they_count(edges: DataFrame) -> None:
    pair = edges.where("child_id = 'b/guessed'").withColumns(
        {"parent_licenses": F.array(F.lit("mit")), "child_licenses": F.array(F.lit("apache-2.0"))}
    )
    assert {row.published_edges for row in license_transitions.transform(edges).collect()} == {None}
    (mit,) = license_transitions.transform(pair).collect()
    assert (mit.published_edges, mit.published_date, "LISCAN" in mit.published_source) == (2302, None, True)


def test_propagation_counts_declared_edges_by_relation_and_generation(spark: SparkSession, edges: DataFrame) -> None:
    chains = drawn(spark, LICENSE_CHAINS, "model_id | generation \n a/llama-3.1-tuned | 1 \n b/cited | 1 \n b/silent | 4")
    rows = license_propagation.transform(edges.where("relation <> 'merge'"), chains).collect()
    assert sorted((r.relation, r.generation, r.edges, r.parent_declares, r.both_declare, r.same, r.same_share) for r in rows) == [
        ("adapter", 4, 1, 1, 0, 0, None),
        ("any", 0, 1, 1, 1, 0, 0.0),  # a/quant: no path, as on a cycle
        ("any", 1, 2, 2, 2, 1, 0.5),
        ("any", 4, 1, 1, 0, 0, None),
        ("finetune", 1, 2, 2, 2, 1, 0.5),
        ("quantized", 0, 1, 1, 1, 0, 0.0),
    ]


def test_a_chain_has_the_licences_from_its_root_and_what_happens_there(spark: SparkSession, edges: DataFrame) -> None:
    rows = {r.model_id: r for r in license_chains.transform(edges, drawn(spark, MODEL_LICENSES, DECLARED)).collect()}
    chain = rows["b/silent"]
    assert chain.path == ["meta-llama/Llama-3.1", "a/llama-3.1-tuned", "a/quant", "b/merge", "b/silent"]
    assert chain.generation == 4
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
