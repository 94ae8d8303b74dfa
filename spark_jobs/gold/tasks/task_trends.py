"""Which tasks do new models have, by month, and which base do most of them derive from?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.tasks import TASK_TRENDS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.tasks import MODEL_TASKS
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.other_roots import other_roots
from hublake.spark_jobs.steps.tasks_by_model import created_month, tasks_by_model


def transform(models: DataFrame, model_tasks: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """Listed models only: those removed since are missing from their month. The empty month comes first and counts in every later sum.

    Cost: one join of all models with their tasks and roots, and one aggregation by root, from which the monthly sums follow.
    """
    tasks = tasks_by_model(model_tasks).select("model_id", "task")
    listed = join_by_hash(models.select("model_id", created_month().alias("month")), tasks, other_roots(model_lineage))
    each = listed.fillna("", ["task"]).select("task", "month", F.posexplode_outer("roots").alias("place", "root_id"))
    is_first = F.coalesce(F.col("place"), F.lit(0)) == 0
    by_root = each.groupBy("task", "month", "root_id").agg(F.count("*").alias("members"), F.count_if(is_first).alias("models"))
    size = F.when(F.col("root_id").isNotNull(), F.struct("members", "root_id"))
    counted = by_root.groupBy("task", "month").agg(F.sum("models").alias("new_models"), F.max_by("root_id", size).alias("top_base_id"))
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
    return totals.withColumn("known_share", share)


JOB = Job(reads=(MODELS, MODEL_TASKS, MODEL_LINEAGE), writes=TASK_TRENDS, transform=transform)
