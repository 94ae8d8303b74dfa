"""Which tasks do new models have, by month, and which base do most of them derive from?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.tasks import TASK_TRENDS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.tasks import MODEL_TASKS
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.tasks_by_model import created_month, tasks_by_model


def transform(models: DataFrame, model_tasks: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """Listed models only: those removed since are missing from their month. The empty month comes first and counts in every later sum."""
    tasks = tasks_by_model(model_tasks).select("model_id", "task")
    listed = join_by_hash(models.select("model_id", created_month().alias("month")), tasks).fillna("", ["task"])
    roots = model_lineage.select("model_id", F.explode("root_ids").alias("root_id")).where("root_id <> model_id")
    by_root = join_by_hash(listed, roots, how="inner").groupBy("task", "month", "root_id").agg(F.count("*").alias("members"))
    largest = by_root.groupBy("task", "month").agg(F.max_by("root_id", F.struct("members", "root_id")).alias("top_base_id"))
    counted = listed.groupBy("task", "month").agg(F.count("*").alias("new_models"))
    of_month = Window.partitionBy("month")
    so_far = Window.partitionBy("task").orderBy("month").rowsBetween(Window.unboundedPreceding, Window.currentRow)
    totals = counted.withColumns(
        {
            "all_models": F.sum("new_models").over(of_month),
            "known_models": F.coalesce(F.sum(F.when(F.col("task") != "", F.col("new_models"))).over(of_month), F.lit(0)),
            "cumulative": F.sum("new_models").over(so_far),
        }
    )
    share = F.when(F.col("task") != "", F.col("new_models") / F.col("known_models"))
    return totals.join(largest, ["task", "month"], how="left").withColumn("known_share", share)


JOB = Job(reads=(MODELS, MODEL_TASKS, MODEL_LINEAGE), writes=TASK_TRENDS, transform=transform)
