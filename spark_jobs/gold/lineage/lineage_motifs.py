"""Which small patterns of derivation are there, and whose?"""

from graphframes import GraphFrame
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import LINEAGE_MOTIFS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import derivations, is_derivation


def transform(lineage_edges: DataFrame) -> DataFrame:
    """One row per occurrence. Motifs of four models are looked for by GraphFrames, among models of several parents and these alone."""
    found = (_merge_diamonds(derivations(lineage_edges).distinct()), _self_quantized(lineage_edges), _mutual_vendors(lineage_edges))
    diamonds, quantized, vendors = found
    rows = diamonds.unionByName(quantized).unionByName(vendors).distinct()
    return rows.withColumn("motif_id", F.array_join("model_ids", " "))


def _merge_diamonds(pairs: DataFrame) -> DataFrame:
    """A model of two parents that derive from one model: what a merge brings together had parted before."""
    of_several = pairs.groupBy("child").agg(F.collect_set("parent").alias("parents")).where("size(parents) > 1")
    low = of_several.select("child", F.explode("parents").alias("parent"))
    high = pairs.join(low.select(F.col("parent").alias("child")).distinct(), "child", how="left_semi")
    edges = low.union(high).distinct().withColumnsRenamed({"child": "src", "parent": "dst"})
    names = edges.select(F.col("src").alias("id")).union(edges.select("dst")).distinct()
    found: DataFrame = GraphFrame(names, edges).find("(d)-[]->(b); (d)-[]->(c); (b)-[]->(a); (c)-[]->(a)")
    kept: DataFrame = found.where("b.id < c.id and d.id <> a.id and b.id <> a.id and c.id <> a.id")
    return kept.select(F.lit("merge_diamond").alias("motif"), F.array("d.id", "b.id", "c.id", "a.id").alias("model_ids"))


def _self_quantized(lineage_edges: DataFrame) -> DataFrame:
    """An author who quantises a model of his own."""
    own = lineage_edges.where(is_derivation() & (F.col("relation") == "quantized") & _author("child_id").eqNullSafe(_author("parent_id")))
    return own.select(F.lit("self_quantized").alias("motif"), F.array("child_id", "parent_id").alias("model_ids"))


def _mutual_vendors(lineage_edges: DataFrame) -> DataFrame:
    """Two authors who build on each other: for each pair the first edge in either direction, by name."""
    across = lineage_edges.where(is_derivation() & (_author("child_id") != _author("parent_id"))).select(
        _author("child_id").alias("one"), _author("parent_id").alias("other"), F.struct("child_id", "parent_id").alias("edge")
    )
    firsts = across.groupBy("one", "other").agg(F.min("edge").alias("edge"))
    back = firsts.selectExpr("other AS one", "one AS other", "edge AS back")
    both = firsts.join(back, ["one", "other"]).where("one < other")
    ids = F.array("edge.child_id", "edge.parent_id", "back.child_id", "back.parent_id")
    return both.select(F.lit("mutual_vendors").alias("motif"), ids.alias("model_ids"))


def _author(column: str) -> Column:
    """The part before the slash; null for canonical names."""
    return F.when(F.contains(F.col(column), F.lit("/")), F.substring_index(column, "/", 1))


JOB = Job(reads=(LINEAGE_EDGES,), writes=LINEAGE_MOTIFS, transform=transform)
