"""Families, authors, vendor flows, communities, motifs and the sensitivity of the impact score."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema.gold.impact import CONTRIBUTOR_IMPACT, IMPACT_SENSITIVITY, MODEL_IMPACT
from hublake.lake.schema.gold.lineage import COMMUNITIES, FAMILIES, LINEAGE_MOTIFS, MODEL_LINEAGE
from hublake.lake.schema.gold.vendors import VENDOR_FLOW
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.gold.impact import contributor_impact, impact_sensitivity
from hublake.spark_jobs.gold.impact.model_impact import Params
from hublake.spark_jobs.gold.lineage import communities, families, lineage_motifs
from hublake.spark_jobs.gold.vendors import vendor_flow
from tests.drawn import drawn

EDGES = """
child_id   | parent_id | relation  | parent_status
one/tuned  | one/base  | finetune  | present
one/tuned  | one/base  | merge     | present
one/gguf   | one/base  | quantized | present
two/left   | one/base  | finetune  | present
two/merge  | two/left  | merge     | present
two/merge  | one/tuned | merge     | renamed
one/late   | two/merge | finetune  | present
one/lost   | gone/away | finetune  | missing
"""
HUB = """
hub_id | model_id  | author | downloads_30d
1 | one/base  | one | 100
2 | one/tuned | one | 10
3 | one/gguf  | one | 5
4 | two/left  | two | 20
5 | two/merge | two | 1
6 | one/late  | one |
7 | one/lost  | one | 64
8 | gpt2      |     | 800
"""


@pytest.fixture
def edges(spark: SparkSession) -> DataFrame:
    return drawn(spark, LINEAGE_EDGES, EDGES)


@pytest.fixture
def models(spark: SparkSession) -> DataFrame:
    return drawn(spark, MODELS, HUB)


def columns(frame: DataFrame) -> set[str]:
    return {*frame.columns, "snapshot_date"}


def test_a_family_consists_of_a_root_and_its_descendants(spark: SparkSession, models: DataFrame, edges: DataFrame) -> None:
    ids = ("one/base", "one/tuned", "one/gguf", "two/left", "two/merge", "one/late")
    rows = [f"{name} | one/base | {n} | no" for n, name in enumerate(ids)] + ["one/lost | one/lost | 0 | yes", "gpt2 | gpt2 | 0 | yes"]
    lineage = drawn(spark, MODEL_LINEAGE, "\n".join(["model_id | root_ids | generation | is_leaf", *rows]))
    languages = drawn(spark, MODEL_LANGUAGES, "model_id | language \n one/base | en \n two/left | en \n two/left | fr")
    found = families.transform(models, edges, lineage, languages)
    assert columns(found) == set(FAMILIES.column_names)
    (row,) = found.collect()
    assert (row.root_id, row.members, row.depth, row.authors, row.languages) == ("one/base", 6, 5, 2, ["en", "fr"])
    assert (row.members_finetune, row.members_quantized, row.members_merge, row.members_adapter) == (3, 1, 2, 0)
    assert (row.downloads, row.downloads_share) == (136, 0.136)


def test_an_author_is_measured_by_what_others_build_on(spark: SparkSession, models: DataFrame, edges: DataFrame) -> None:
    impact = drawn(
        spark, MODEL_IMPACT, "model_id | downloads_attributed \n one/base | 136 \n one/tuned | 11 \n two/left | 21 \n one/lost | 64"
    )
    found = contributor_impact.transform(models, edges, impact)
    assert columns(found) == set(CONTRIBUTOR_IMPACT.column_names)
    by_author = {row.author: row for row in found.collect()}
    one, two = by_author["one"], by_author["two"]
    assert (one.models, one.dependants, one.lineage_h_index, one.downloads_own, one.downloads_attributed) == (5, 2, 1, 179, 200)
    assert (two.models, two.dependants, two.lineage_h_index, two.originality_share) == (2, 1, 1, 0)
    assert one.originality_share == 0.8, "only one/late derives from another author"


def test_vendor_flow_counts_models_between_authors(models: DataFrame, edges: DataFrame) -> None:
    found = vendor_flow.transform(models, edges)
    assert columns(found) == set(VENDOR_FLOW.column_names)
    flows = {(row.child_author, row.parent_author, row.relation): (row.models, row.parents, row.downloads_30d) for row in found.collect()}
    assert flows["one", "one", "finetune"] == (1, 1, 10)
    assert flows["two", "one", "merge"] == (1, 1, 1)
    assert flows["one", "two", "finetune"] == (1, 1, 0)
    assert len(flows) == 7


def test_each_motif_is_found_once(edges: DataFrame) -> None:
    found = lineage_motifs.transform(edges)
    assert columns(found) == set(LINEAGE_MOTIFS.column_names)
    assert sorted((row.motif, row.model_ids) for row in found.collect()) == [
        ("merge_diamond", ["two/merge", "one/tuned", "two/left", "one/base"]),
        ("mutual_vendors", ["one/late", "two/merge", "two/left", "one/base"]),
        ("self_quantized", ["one/gguf", "one/base"]),
    ]


def test_families_without_a_common_edge_are_separate_communities(spark: SparkSession, edges: DataFrame) -> None:
    separate = drawn(
        spark, LINEAGE_EDGES, "child_id | parent_id | parent_status \n x/child | x/base | present \n x/other | x/base | present"
    )
    found = communities.transform(edges.unionByName(separate), params=communities.Params())
    assert columns(found) == set(COMMUNITIES.column_names)
    rows = {row.model_id: row for row in found.collect()}
    assert set(rows) == {"one/base", "one/tuned", "one/gguf", "two/left", "two/merge", "one/late", "x/child", "x/base", "x/other"}
    assert {rows[name].community_id for name in ("x/child", "x/base", "x/other")} == {"x/base"}
    assert rows["x/base"].members == 3
    assert all(row.community_id <= row.model_id for row in rows.values())


def test_communities_do_not_depend_on_partitioning(spark: SparkSession) -> None:
    """On a chain, most models receive two labels with one vote each."""
    chain = "\n".join(f"m/{number:02} | m/{number - 1:02} | present" for number in range(1, 16))
    edges = drawn(spark, LINEAGE_EDGES, f"child_id | parent_id | parent_status\n{chain}")
    one_partition = sorted(communities.transform(edges, params=communities.Params()).collect())
    spark.conf.set("spark.sql.shuffle.partitions", "4")
    try:
        four_partitions = sorted(communities.transform(edges, params=communities.Params()).collect())
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", "1")
    assert one_partition == four_partitions


def test_dropping_the_decisive_part_reverses_the_ranking(spark: SparkSession) -> None:
    impact = drawn(
        spark,
        MODEL_IMPACT,
        """
        model_id | dependants | pagerank_part | dependants_part | descendants_part | downloads_part | impact_score
        a/a      | 1          | 1.0           | 0.1             | 0.1              | 0.1            | 32
        b/b      | 1          | 0.2           | 0.2             | 0.2              | 0.2            | 20
        c/c      | 0          | 1.0           | 1.0             | 1.0              | 1.0            | 100
        """,
    )
    found = impact_sensitivity.transform(impact, params=Params())
    assert columns(found) == set(IMPACT_SENSITIVITY.column_names)
    rows = {row.dropped_part: row for row in found.collect()}
    assert (rows["pagerank"].models, rows["pagerank"].rank_correlation) == (2, pytest.approx(-1))
    assert rows["downloads"].rank_correlation == pytest.approx(1)
    assert rows["downloads"].top_100_share == 1
