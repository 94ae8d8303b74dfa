"""Parents of models that declare none, told by their names."""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, StringType, StructType

from spark_jobs.boundary import Record, map_records
from spark_jobs.rules.name_lineage import BREAK, MAY_TELL, parent_in_name

CONFIDENCE = 0.8  # a guess: 93 % of 106 labelled ones were right (benchmarks/lineage_truth.py), but of models that others had noticed
TOLD = StructType()
for _name in ("child_id", "key", "relation"):
    TOLD.add(_name, StringType())
TOLD.add("is_own", BooleanType())


def parents_in_names(models: DataFrame, edges: DataFrame) -> DataFrame:
    """(child_id, parent_id, relation) of models that no row of `edges` has as a child; at most one each.

    Of several listed models of the name the most downloaded is meant, and none that was made after the child by another author.
    """
    declaring = edges.select(F.col("child_id").alias("model_id")).distinct()
    author = F.when(F.contains(F.col("model_id"), F.lit("/")), F.substring_index("model_id", "/", 1)).alias("author")
    known = models.select("model_id", author, "created_at", F.coalesce("downloads_30d", F.lit(0)).alias("downloads"))
    silent = known.where(F.col("model_id").rlike(MAY_TELL)).join(declaring, "model_id", how="left_anti")
    told = map_records(silent.select("model_id"), _told, TOLD)
    children = told.join(silent.selectExpr("model_id AS child_id", "author AS child_author", "created_at AS child_created_at"), "child_id")
    parents = known.withColumn("key", name_key("model_id"))
    is_same_author = F.coalesce(F.col("author") == F.col("child_author"), F.lit(False))
    is_later = F.coalesce(F.col("created_at") > F.col("child_created_at"), F.lit(False))
    fits = (F.col("model_id") != F.col("child_id")) & (is_same_author | ~(F.col("is_own") | is_later))
    best = F.min_by("model_id", F.struct(-F.col("downloads"), "model_id")).alias("parent_id")
    return children.join(parents, "key").where(fits).groupBy("child_id", "relation").agg(best).select("child_id", "parent_id", "relation")


def name_key(model_id: str) -> Column:
    """rules.name_lineage.name_key of a column, without Python."""
    words = F.split(F.lower(F.substring_index(model_id, "/", -1)), BREAK)
    return F.array_join(F.sort_array(F.filter(words, lambda word: word != "")), "-")


def _told(row: Record) -> Iterator[Record]:
    told = parent_in_name(row["model_id"])
    if told is not None:
        yield {"child_id": row["model_id"], **told._asdict()}
