"""gold.communities: groups of densely connected models."""

from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema.gold.lineage import COMMUNITIES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.gold.lineage import communities
from tests.drawn import drawn


def test_families_without_a_common_edge_are_separate_communities(spark: SparkSession, two_author_edges: DataFrame) -> None:
    separate = drawn(
        spark, LINEAGE_EDGES, "child_id | parent_id | parent_status \n x/child | x/base | present \n x/other | x/base | present"
    )
    found = communities.transform(two_author_edges.unionByName(separate), params=communities.Params())
    assert {*found.columns, "snapshot_date"} == set(COMMUNITIES.column_names)
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
