"""silver.lineage_edges: which models derive from which, and by which evidence."""

from functools import cache
from typing import Any

import pytest
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.job import QUARANTINE_REASON
from hublake.spark_jobs.silver.lineage_edges import transform
from tests.drawn import drawn

# One hub for all rules: each owner is the example of one rule.
HUB = """
hub_id | model_id               | tags                                                          | hub_parents | hub_relation | created_at           | is_created_at_floor | card_data
01 | acme/base                  |                                                               |             |              | 2023-01-01T00:00:00Z | no  |
02 | acme/tuned                 | base_model:acme/base, base_model:finetune:acme/base           | acme/base   | finetune     | 2023-02-01T00:00:00Z | no  |
03 | acme/early                 | base_model:quantized:acme/base                                |             |              | 2022-12-01T00:00:00Z | no  |
04 | acme/oldest                | base_model:acme/base                                          |             |              | 2022-03-02T23:29:04Z | yes |
05 | acme/himself               | base_model:acme/himself                                       |             |              |                      | no  |
06 | acme/typed-twice           | base_model:quantized:acme/base                                |             |              |                      | no  |
07 | acme/thanks                | acme/base, acme/nobody, ACME/Tuned                            |             |              |                      | no  |
08 | acme/merged-and-thanks     | acme/base, base_model:merge:acme/base                         |             |              |                      | no  |
10 | case/child                 | base_model:ACME/Base                                          |             |              |                      | no  |
11 | case/twin                  |                                                               |             |              |                      | no  |
12 | case/Twin                  |                                                               |             |              |                      | no  |
13 | case/child-of-a-twin       | base_model:case/TWIN                                          |             |              |                      | no  |
20 | openai-community/gpt2      |                                                               |             |              |                      | no  |
21 | moved/child                | base_model:gpt2                                               |             |              |                      | no  |
22 | moved/unlisted             | base_model:t5-small                                           |             |              |                      | no  |
30 | new/name                   |                                                               |             |              |                      | no  |
31 | taught/one                 | base_model:finetune:new/name                                  |             |              |                      | no  | {"base_model": "old/name"}
32 | taught/two                 | base_model:finetune:new/name                                  |             |              |                      | no  | {"base_model": ["old/name"]}
33 | taught/dissenter           | base_model:finetune:acme/base                                 |             |              |                      | no  | {"base_model": "old/name"}
34 | taught/pupil               |                                                               |             |              |                      | no  | {"base_model": "old/name"}
40 | ring/a                     | base_model:finetune:ring/b                                    |             |              |                      | no  |
41 | ring/b                     | base_model:finetune:ring/c                                    |             |              |                      | no  |
42 | ring/c                     | base_model:finetune:ring/a, base_model:finetune:acme/base     |             |              |                      | no  |
50 | lost/path                  | base_model:adapter:/srv/base                                 |             |              |                      | no  |
51 | lost/child                 | base_model:lost/parent                                        |             |              |                      | no  |
60 | name/large-base            | lora                                                          |             |              | 2023-01-01T00:00:00Z | no  |
61 | other/Large_Base-GGUF      | acme/nobody                                                   |             |              | 2023-02-01T00:00:00Z | no  |
62 | name/large-base-chat       |                                                               |             |              | 2022-12-20T00:00:00Z | no  |
63 | other/large-base-chat      |                                                               |             |              | 2023-02-01T00:00:00Z | no  |
64 | early/large-base-awq       |                                                               |             |              | 2022-12-01T00:00:00Z | no  |
66 | early/t5-small-finetuned-a |                                                               |             |              | 2022-12-01T00:00:00Z | no  |
65 | says/large-base-gptq       | base_model:lost/parent                                        |             |              | 2023-02-01T00:00:00Z | no  |
67 | copy/large-base            | gguf                                                          |             |              | 2023-01-01T00:00:00Z | no  |
70 | heir/child                 | base_model:was/called-so                                      |             |              |                      | no  |
71 | is/called-otherwise        |                                                               |             |              |                      | no  |
72 | own/child                  | base_model:out_folder, base_model:acme/Ba_se                  |             |              |                      | no  |
73 | own/out_folder             |                                                               |             |              |                      | no  |
"""
CARDS = """
hub_id | model_id        | base_models | base_model_relation | encoding | content | yaml_status
06     | acme/typed-twice| acme/base   | adapter             | utf-8    | text    | valid
07     | acme/thanks     |             |                     | utf-8    | text    | none
"""


LISTED = """
crawl_id | repo_type | page | position | hub_id | repo_id
before   | model     | 0    | 0        | 71     | was/called-so
now      | model     | 0    | 0        | 71     | is/called-otherwise
now      | dataset   | 0    | 0        | 01     | lost/parent
before   | model     | 0    | 1        | 99     | lost/parent
"""


@cache
def _transformed(spark: SparkSession) -> DataFrame:
    models = drawn(spark, MODELS, HUB).withColumn("author", F.substring_index("model_id", "/", 1))
    return transform(models, drawn(spark, MODEL_CARDS, CARDS), drawn(spark, LISTINGS, LISTED)).localCheckpoint()


@pytest.fixture
def edges(spark: SparkSession) -> DataFrame:
    return _transformed(spark)


def of(edges: DataFrame, child: str, *columns: str) -> list[Any]:
    rows = edges.where(edges.child_id == child).select(*columns).collect()
    return sorted(row[0] if len(columns) == 1 else tuple(row) for row in rows)


def test_the_columns_are_those_of_the_table_and_the_quarantine_reason(edges: DataFrame) -> None:
    assert edges.columns == [name for name in LINEAGE_EDGES.column_names if name != "snapshot_date"] + [QUARANTINE_REASON]


def test_one_row_per_child_parent_and_relation(edges: DataFrame) -> None:
    assert edges.count() == edges.select("child_id", "parent_id", "relation").distinct().count()


def test_all_evidence_of_one_relation_becomes_one_edge_with_the_strongest(edges: DataFrame) -> None:
    assert of(edges, "acme/tuned", "parent_id", "relation", "evidence", "parent_status") == [
        ("acme/base", "finetune", "hub_base_models", "present")
    ]


def test_different_relations_of_hub_and_card_are_both_kept(edges: DataFrame) -> None:
    assert of(edges, "acme/typed-twice", "relation", "evidence") == [("adapter", "card_relation"), ("quantized", "typed_tag")]


def test_a_bare_tag_is_an_edge_only_to_a_listed_model(edges: DataFrame) -> None:
    assert of(edges, "acme/thanks", "parent_id", "evidence") == [("acme/base", "bare_tag")]


def test_a_declared_relation_replaces_an_inferred_one(edges: DataFrame) -> None:
    assert of(edges, "acme/merged-and-thanks", "relation", "evidence") == [("merge", "typed_tag")]


def test_a_self_loop_is_flagged_but_is_no_cycle(edges: DataFrame) -> None:
    assert of(edges, "acme/himself", "parent_id", "is_self_loop", "is_cycle") == [("acme/himself", True, False)]


def test_edges_on_a_cycle_are_flagged_and_edges_leaving_it_are_not(edges: DataFrame) -> None:
    on_cycles = {(row.child_id, row.parent_id) for row in edges.where("is_cycle").collect()}
    assert on_cycles == {("ring/a", "ring/b"), ("ring/b", "ring/c"), ("ring/c", "ring/a")}


def test_a_child_older_than_its_parent_is_flagged_unless_a_date_is_the_floor(edges: DataFrame) -> None:
    assert of(edges, "acme/early", "is_child_older") == [True]
    assert of(edges, "acme/tuned", "is_child_older") == [False]
    assert of(edges, "acme/oldest", "is_child_older") == [False]


def test_a_name_in_another_case_is_resolved_if_it_is_unambiguous(edges: DataFrame) -> None:
    resolved = of(edges, "case/child", "parent_id", "parent_status", "declared_parent")
    assert resolved == [("acme/base", "renamed", "ACME/Base")]
    assert of(edges, "case/child-of-a-twin", "parent_id", "parent_status") == [("case/TWIN", "missing")]


def test_canonical_models_are_resolved_to_their_organisation_if_it_lists_them(edges: DataFrame) -> None:
    assert of(edges, "moved/child", "parent_id", "parent_status") == [("openai-community/gpt2", "renamed")]
    assert of(edges, "moved/unlisted", "parent_id", "parent_status") == [("t5-small", "missing")]


def test_a_name_is_resolved_as_the_hub_did_for_most_other_children(edges: DataFrame) -> None:
    assert of(edges, "taught/pupil", "parent_id", "parent_status", "declared_parent") == [("new/name", "renamed", "old/name")]


def test_an_alias_of_a_typed_base_adds_no_edge(edges: DataFrame) -> None:
    assert of(edges, "taught/one", "parent_id", "evidence") == [("new/name", "typed_tag")]


def test_a_former_name_is_resolved_by_an_earlier_listing_of_the_repository(edges: DataFrame) -> None:
    resolved = of(edges, "heir/child", "parent_id", "parent_status", "resolved_by")
    assert resolved == [("is/called-otherwise", "renamed", "history")]


def test_only_renamed_parents_record_how_they_were_resolved(edges: DataFrame) -> None:
    assert of(edges, "own/child", "declared_parent", "parent_id", "resolved_by") == [
        ("acme/Ba_se", "acme/base", "spelling"),
        ("out_folder", "own/out_folder", "own"),
    ]
    assert edges.where("(parent_status = 'renamed') <> (resolved_by is not null)").count() == 0


def test_an_unknown_parent_is_kept_as_declared_with_status_missing(edges: DataFrame) -> None:
    assert of(edges, "lost/child", "parent_id", "parent_status") == [("lost/parent", "missing")]


def test_a_path_is_quarantined_with_its_reason(edges: DataFrame) -> None:
    rows: list[Row] = edges.where(f"{QUARANTINE_REASON} is not null").collect()
    assert [(row.child_id, row[QUARANTINE_REASON]) for row in rows] == [("lost/path", "parent_not_a_name: a path: /srv/base")]


def test_the_parent_of_a_model_that_declares_none_is_inferred_from_its_name(edges: DataFrame) -> None:
    found = edges.where("evidence = 'in_name'").select("child_id", "parent_id", "relation", "parent_status").collect()
    assert sorted(tuple(row) for row in found) == [
        ("early/t5-small-finetuned-a", "t5-small", "finetune", "missing"),
        ("name/large-base-chat", "name/large-base", "finetune", "present"),
        ("other/Large_Base-GGUF", "name/large-base", "quantized", "present"),
    ]
    # early/large-base-awq is older than all models of that name, and its account is not known to copy names. copy/large-base is converted.


def test_a_tie_of_votes_resolves_nothing(spark: SparkSession) -> None:
    models = drawn(
        spark,
        MODELS,
        """
        hub_id | model_id | tags                  | card_data
        1      | new/a    |                       |
        2      | new/b    |                       |
        3      | t/one    | base_model:merge:new/a | {"base_model": "old/x"}
        4      | t/two    | base_model:merge:new/b | {"base_model": "old/x"}
        5      | t/pupil  | base_model:old/x       |
        """,
    )
    edges = transform(models, drawn(spark, MODEL_CARDS, "hub_id"), drawn(spark, LISTINGS, "hub_id"))
    assert of(edges, "t/pupil", "parent_id", "parent_status") == [("old/x", "missing")]


def test_a_fetched_card_takes_precedence_over_the_listing(spark: SparkSession) -> None:
    models = drawn(spark, MODELS, 'hub_id | model_id | card_data \n 1 | a/child | {"base_model": "a/listed"}')
    cards = drawn(spark, MODEL_CARDS, "hub_id | base_models \n 1 | a/in-the-card")
    assert of(transform(models, cards, drawn(spark, LISTINGS, "hub_id")), "a/child", "parent_id") == ["a/in-the-card"]


STATING_HUB = """
hub_id | model_id          | tags                           | hub_parents | hub_relation
1      | acme/base         |                                |             |
2      | me/stated         |                                |             |
3      | me/adapted        |                                |             |
4      | me/declared       | base_model:acme/base           |             |
5      | me/resolved       |                                | acme/base   | finetune
6      | me/base-7b-gguf   |                                |             |
7      | acme/base-7b      |                                |             |
8      | todo-labs/kettle  |                                |             |
9      | me/of-kettle      |                                | todo-labs/kettle | merge
10     | me/by-hand        |                                |             |
11     | me/forgot         |                                |             |
"""
STATING_CARDS = """
hub_id | model_id         | base_models      | stated_parents | stated_relations
2      | me/stated        |                  | acme/base      | finetune
3      | me/adapted       |                  | acme/base      | finetune
4      | me/declared      |                  | gone/other     | quantized
5      | me/resolved      |                  | gone/other     | quantized
6      | me/base-7b-gguf  |                  | gone/other-7b  | finetune
10     | me/by-hand       | todo-labs/kettle |                |
11     | me/forgot        | TODO             | acme/base      | finetune
"""


@cache
def _of_stating(spark: SparkSession) -> DataFrame:
    models = drawn(spark, MODELS, STATING_HUB).withColumn("author", F.substring_index("model_id", "/", 1))
    adapter = F.array(F.lit("adapter_config.json"))
    models = models.withColumn("file_names", F.when(F.col("model_id") == "me/adapted", adapter).otherwise(F.col("file_names")))
    return transform(models, drawn(spark, MODEL_CARDS, STATING_CARDS), drawn(spark, LISTINGS, "hub_id")).localCheckpoint()


@pytest.mark.parametrize(
    "child, parent, relation, evidence, status",
    [
        ("me/stated", "acme/base", "finetune", "card_text", "present"),
        ("me/adapted", "acme/base", "adapter", "card_text", "present"),  # its files are those of an adapter
        ("me/declared", "acme/base", "finetune", "plain_tag", "present"),  # a declared parent silences the text
        ("me/resolved", "acme/base", "finetune", "hub_base_models", "present"),
        ("me/base-7b-gguf", "gone/other-7b", "finetune", "card_text", "missing"),  # and the text silences the name
        ("me/of-kettle", "todo-labs/kettle", "merge", "hub_base_models", "present"),  # the Hub resolved it
        ("me/by-hand", "todo-labs/kettle", "finetune", "card_field", "present"),  # and it is listed
    ],
)
def test_a_cards_statement_counts_if_nothing_is_declared(
    spark: SparkSession, child: str, parent: str, relation: str, evidence: str, status: str
) -> None:
    assert of(_of_stating(spark), child, "parent_id", "relation", "evidence", "parent_status") == [(parent, relation, evidence, status)]


def test_a_placeholder_is_quarantined_and_the_text_still_counts(spark: SparkSession) -> None:
    found = of(_of_stating(spark), "me/forgot", "parent_id", "evidence", QUARANTINE_REASON)
    assert found == [("TODO", "card_field", "parent_not_a_name: a placeholder: TODO"), ("acme/base", "card_text", None)]
