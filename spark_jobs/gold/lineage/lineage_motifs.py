"""Which small patterns of derivation occur, and among which models?"""

from graphframes import GraphFrame
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import LINEAGE_MOTIFS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import derivation_edges, is_derivation

# Of a model with more parents no diamonds are searched: they grow with the square of its parents, which any card may list.
MAX_PARENTS = 50


def transform(lineage_edges: DataFrame) -> DataFrame:
    """One row per occurrence.

    GraphFrames searches motifs of four models only among models with several parents, and their parents
    and grandparents.
    """
    found = (_merge_diamonds(derivation_edges(lineage_edges).distinct()), _self_quantized(lineage_edges), _mutual_vendors(lineage_edges))
    diamonds, quantized, vendors = found
    rows = diamonds.unionByName(quantized).unionByName(vendors).distinct()
    return rows.withColumn("motif_id", F.array_join("model_ids", " "))


def _merge_diamonds(pairs: DataFrame) -> DataFrame:
    """A model with two parents that derive from the same model: the merge reunites two branches."""
    parents = pairs.groupBy("child").agg(F.collect_set("parent").alias("parents")).where(F.size("parents") <= MAX_PARENTS)
    listed = parents.select("child", F.explode("parents").alias("parent"))
    lower = listed.join(parents.where("size(parents) > 1"), "child", how="left_semi")
    upper = listed.join(lower.select(F.col("parent").alias("child")).distinct(), "child", how="left_semi")
    edges = lower.union(upper).distinct().withColumnsRenamed({"child": "src", "parent": "dst"})
    names = edges.select(F.col("src").alias("id")).union(edges.select("dst")).distinct()
    found: DataFrame = GraphFrame(names, edges).find("(d)-[]->(b); (d)-[]->(c); (b)-[]->(a); (c)-[]->(a)")
    kept: DataFrame = found.where("b.id < c.id and d.id <> a.id and b.id <> a.id and c.id <> a.id")
    return kept.select(F.lit("merge_diamond").alias("motif"), F.array("d.id", "b.id", "c.id", "a.id").alias("model_ids"))


def _self_quantized(lineage_edges: DataFrame) -> DataFrame:
    """A model that its own author quantised."""
    own = lineage_edges.where(is_derivation() & (F.col("relation") == "quantized") & _author("child_id").eqNullSafe(_author("parent_id")))
    return own.select(F.lit("self_quantized").alias("motif"), F.array("child_id", "parent_id").alias("model_ids"))


def _mutual_vendors(lineage_edges: DataFrame) -> DataFrame:
    """Two authors who derive models from each other: per pair, the alphabetically first edge of each direction."""
    across = lineage_edges.where(is_derivation() & (_author("child_id") != _author("parent_id"))).select(
        _author("child_id").alias("child_author"),
        _author("parent_id").alias("parent_author"),
        F.struct("child_id", "parent_id").alias("edge"),
    )
    first_edges = across.groupBy("child_author", "parent_author").agg(F.min("edge").alias("edge"))
    reverse = first_edges.selectExpr("parent_author AS child_author", "child_author AS parent_author", "edge AS reverse_edge")
    mutual = first_edges.join(reverse, ["child_author", "parent_author"]).where("child_author < parent_author")
    ids = F.array("edge.child_id", "edge.parent_id", "reverse_edge.child_id", "reverse_edge.parent_id")
    return mutual.select(F.lit("mutual_vendors").alias("motif"), ids.alias("model_ids"))


def _author(column: str) -> Column:
    """The part before the slash; null for canonical names."""
    return F.when(F.contains(F.col(column), F.lit("/")), F.substring_index(column, "/", 1))


JOB = Job(reads=(LINEAGE_EDGES,), writes=LINEAGE_MOTIFS, transform=transform)
