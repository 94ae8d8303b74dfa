"""How much do others build on the models of each author?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.impact import CONTRIBUTOR_IMPACT, MODEL_IMPACT
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import derivations


def transform(models: DataFrame, lineage_edges: DataFrame, model_impact: DataFrame) -> DataFrame:
    """One row per author; canonical names have none."""
    facts = models.where("author is not null").select("model_id", "author", F.coalesce("downloads_30d", F.lit(0)).alias("downloads"))
    authors = models.select("model_id", "author")
    pairs = (
        derivations(lineage_edges)
        .distinct()
        .join(authors.withColumnsRenamed({"model_id": "child", "author": "child_author"}), "child")
        .join(authors.withColumnsRenamed({"model_id": "parent", "author": "parent_author"}), "parent")
        .withColumn("is_own", F.col("child_author").eqNullSafe(F.col("parent_author")))
    )
    built_on = pairs.where("not is_own and parent_author is not null")
    reach = built_on.groupBy(F.col("parent_author").alias("author")).agg(F.count_distinct("child").alias("dependants"))
    below = pairs.groupBy(F.col("child").alias("model_id")).agg(F.max("is_own").alias("is_below_own"), F.min("is_own").alias("is_all_own"))
    whole = facts.join(below, "model_id", how="left").join(model_impact.select("model_id", "downloads_attributed"), "model_id", how="left")
    is_top = ~F.coalesce("is_below_own", F.lit(False))
    summed = whole.groupBy("author").agg(
        F.count("*").alias("models"),
        F.sum("downloads").alias("downloads_own"),
        F.coalesce(F.sum(F.when(is_top, F.col("downloads_attributed"))), F.lit(0.0)).alias("downloads_attributed"),
        F.avg(F.coalesce("is_all_own", F.lit(True)).cast("double")).alias("originality_share"),
    )
    return (
        summed.join(reach, "author", how="left").join(_h_index(built_on), "author", how="left").fillna(0, ["dependants", "lineage_h_index"])
    )


def _h_index(built_on: DataFrame) -> DataFrame:
    """(author, lineage_h_index): models in order of dependants; h is how many have as many as their place, or more."""
    counted = built_on.groupBy(F.col("parent_author").alias("author"), "parent").agg(F.count_distinct("child").alias("children"))
    place = F.row_number().over(Window.partitionBy("author").orderBy(F.desc("children"), "parent"))
    return counted.withColumn("place", place).where("children >= place").groupBy("author").agg(F.count("*").alias("lineage_h_index"))


JOB = Job(reads=(MODELS, LINEAGE_EDGES, MODEL_IMPACT), writes=CONTRIBUTOR_IMPACT, transform=transform)
