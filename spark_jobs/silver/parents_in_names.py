"""Parents of models that declare none, told by their names."""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, LongType, StringType, StructType

from lake.names import author_of
from spark_jobs.boundary import Record, map_records
from spark_jobs.rules.name_lineage import BREAKS, parent_in_name

CONFIDENCE = 0.8  # a guess: 93 % of 106 labelled ones were right (benchmarks/lineage_truth.py), but of models that others had noticed
TOLD = StructType()
for _name in ("child_id", "child_author", "key", "relation"):
    TOLD.add(_name, StringType())
TOLD.add("child_created_at", LongType()).add("is_own", BooleanType())


def parents_in_names(models: DataFrame, edges: DataFrame) -> DataFrame:
    """(child_id, parent_id, relation) of models that no row of `edges` has as a child; at most one each.

    Of several listed models of the name the most downloaded is meant, and none that was made after the child by another author.
    Cost: names of models that declare nothing go through Python; what they tell, a twentieth of them, goes to every executor.
    """
    declaring = edges.select(F.col("child_id").alias("model_id")).distinct()
    author = F.when(F.contains(F.col("model_id"), F.lit("/")), F.substring_index("model_id", "/", 1)).alias("author")
    created_at = F.unix_micros("created_at").alias("created_at")
    known = models.select("model_id", author, created_at, F.coalesce("downloads_30d", F.lit(0)).alias("downloads"))
    silent = known.join(F.broadcast(declaring), "model_id", how="left_anti")
    children = map_records(silent.select("model_id", "created_at"), _told, TOLD)
    parents = known.withColumn("key", name_key("model_id"))
    is_same_author = F.coalesce(F.col("author") == F.col("child_author"), F.lit(False))
    is_later = F.coalesce(F.col("created_at") > F.col("child_created_at"), F.lit(False))
    fits = (F.col("model_id") != F.col("child_id")) & (is_same_author | ~(F.col("is_own") | is_later))
    best = F.min_by("model_id", F.struct(-F.col("downloads"), "model_id")).alias("parent_id")
    return (
        parents.join(F.broadcast(children), "key")
        .where(fits)
        .groupBy("child_id", "relation")
        .agg(best)
        .select("child_id", "parent_id", "relation")
    )


def name_key(model_id: str) -> Column:
    """rules.name_lineage.name_key of a column, without Python."""
    words = F.split(F.translate(F.lower(F.substring_index(model_id, "/", -1)), BREAKS, "-" * len(BREAKS)), "-")
    return F.array_join(F.sort_array(F.array_remove(words, "")), "-")


def _told(row: Record) -> Iterator[Record]:
    told = parent_in_name(row["model_id"])
    if told is not None:
        yield {
            "child_id": row["model_id"],
            "child_author": author_of(row["model_id"]),
            "child_created_at": row["created_at"],
            **told._asdict(),
        }
