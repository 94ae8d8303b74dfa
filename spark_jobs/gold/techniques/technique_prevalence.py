"""How many new models are made by each technique, by month and relation to their parents?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.techniques import TECHNIQUE_PREVALENCE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.techniques import MODEL_TECHNIQUES
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.strata import with_relation_strata
from hublake.spark_jobs.steps.tasks_by_model import created_month

TOP_BASES = 5
GROUP = ("technique", "month", "stratum")


def transform(models: DataFrame, model_techniques: DataFrame, lineage_edges: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """A model counts for each of its techniques and each of its relations; listed models only."""
    listed = models.select("model_id", created_month().alias("month"), F.coalesce("downloads_30d", F.lit(0)).alias("downloads"))
    stratified = with_relation_strata(listed.withColumn("strata", F.array(F.lit("all"))), lineage_edges)
    own = model_techniques.where("NOT is_inherited").groupBy(name_hash()).agg(F.collect_set("technique").alias("techniques"))
    described = lazy_checkpoint(join_by_hash(stratified, own)).withColumn("stratum", F.explode("strata"))
    sizes = described.groupBy("month", "stratum").agg(F.count("*").alias("all_models"), F.count("techniques").alias("known_models"))
    facts = described.withColumn("technique", F.explode("techniques"))
    counted = facts.groupBy(*GROUP).agg(F.count("*").alias("models"), F.sum("downloads").alias("downloads_30d"))
    roots = model_lineage.select("model_id", F.explode("root_ids").alias("root_id")).where("root_id <> model_id")
    by_root = (
        join_by_hash(facts.select("model_id", *GROUP), roots, how="inner").groupBy(*GROUP, "root_id").agg(F.count("*").alias("members"))
    )
    rank = F.row_number().over(Window.partitionBy(*GROUP).orderBy(F.desc("members"), "root_id"))
    ranked = by_root.withColumn("rank", rank).where(F.col("rank") <= TOP_BASES).groupBy(*GROUP)
    tops = ranked.agg(
        F.transform(F.array_sort(F.collect_list(F.struct("rank", "root_id"))), lambda of: of["root_id"]).alias("top_base_ids")
    )
    totals = counted.join(sizes, ["month", "stratum"], how="inner").join(tops, list(GROUP), how="left")
    return totals.withColumns(
        {
            "top_base_ids": F.coalesce("top_base_ids", F.array().cast("array<string>")),
            "known_share": F.col("models") / F.col("known_models"),
            "coverage_share": F.col("known_models") / F.col("all_models"),
        }
    )


JOB = Job(reads=(MODELS, MODEL_TECHNIQUES, LINEAGE_EDGES, MODEL_LINEAGE), writes=TECHNIQUE_PREVALENCE, transform=transform)
