"""How much do others build on each author's models?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.impact import CONTRIBUTOR_IMPACT, MODEL_IMPACT
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import derivation_pairs


def transform(models: DataFrame, lineage_edges: DataFrame, model_impact: DataFrame) -> DataFrame:
    """One row per author; canonical models have no author."""
    downloads = models.where("author is not null").select("model_id", "author", F.coalesce("downloads_30d", F.lit(0)).alias("downloads"))
    authors = models.select("model_id", "author")
    pairs = (
        derivation_pairs(lineage_edges)
        .join(authors.withColumnsRenamed({"model_id": "child", "author": "child_author"}), "child")
        .join(authors.withColumnsRenamed({"model_id": "parent", "author": "parent_author"}), "parent")
        .withColumn("is_own", F.col("child_author").eqNullSafe(F.col("parent_author")))
    )
    built_on = pairs.where("not is_own and parent_author is not null")
    by_dependant = built_on.groupBy(F.col("parent_author").alias("author"), "child").agg(F.min("is_guessed").alias("is_guessed"))
    dependants = by_dependant.groupBy("author").agg(F.count("*").alias("dependants"), F.count_if("is_guessed").alias("dependants_guessed"))
    by_child = pairs.groupBy(F.col("child").alias("model_id")).agg(
        F.max("is_own").alias("has_own_parent"), F.min("is_own").alias("has_only_own_parents")
    )
    joined = downloads.join(by_child, "model_id", how="left").join(
        model_impact.select("model_id", "downloads_attributed"), "model_id", how="left"
    )
    is_top_of_own = ~F.coalesce("has_own_parent", F.lit(False))
    summed = joined.groupBy("author").agg(
        F.count("*").alias("models"),
        F.sum("downloads").alias("downloads_own"),
        F.coalesce(F.sum(F.when(is_top_of_own, F.col("downloads_attributed"))), F.lit(0.0)).alias("downloads_attributed"),
        F.avg(F.coalesce("has_only_own_parents", F.lit(True)).cast("double")).alias("originality_share"),
    )
    return (
        summed.join(dependants, "author", how="left")
        .join(_h_index(built_on), "author", how="left")
        .fillna(0, ["dependants", "dependants_guessed", "lineage_h_index"])
    )


def _h_index(built_on: DataFrame) -> DataFrame:
    """(author, lineage_h_index): the largest h such that h models of the author have at least h children by other authors each."""
    counted = built_on.groupBy(F.col("parent_author").alias("author"), "parent").agg(F.count_distinct("child").alias("children"))
    rank = F.row_number().over(Window.partitionBy("author").orderBy(F.desc("children"), "parent"))
    return counted.withColumn("rank", rank).where("children >= rank").groupBy("author").agg(F.count("*").alias("lineage_h_index"))


JOB = Job(reads=(MODELS, LINEAGE_EDGES, MODEL_IMPACT), writes=CONTRIBUTOR_IMPACT, transform=transform)
