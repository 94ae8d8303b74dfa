"""By which method was each merged model merged, and from which models?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.techniques import MERGE_RECIPES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.techniques import MODEL_TECHNIQUES
from hublake.spark_jobs.job import Job


def transform(model_techniques: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """Of several methods, the one of the highest confidence; of equals, the first in alphabetical order."""
    merges = model_techniques.where("technique = 'merge' AND NOT is_inherited")
    named = F.when(F.col("detail").isNotNull(), F.struct((-F.col("confidence")).alias("order"), "detail"))
    recipes = merges.groupBy("model_id").agg(F.min(named)["detail"].alias("method"), F.max(F.col("source") == "file").alias("has_config"))
    of_merges = lineage_edges.where("relation = 'merge' AND NOT is_self_loop").groupBy(F.col("child_id").alias("model_id"))
    parents = of_merges.agg(F.array_sort(F.collect_set("parent_id")).alias("parent_ids"))
    joined = recipes.join(parents, "model_id", how="left")
    return joined.withColumn("parent_ids", F.coalesce("parent_ids", F.array().cast("array<string>")))


JOB = Job(reads=(MODEL_TECHNIQUES, LINEAGE_EDGES), writes=MERGE_RECIPES, transform=transform)
