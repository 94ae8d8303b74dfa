"""Which tasks do derivatives have, by the tasks of their parents?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.tasks import TASK_TRANSITIONS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.tasks import MODEL_TASKS
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation, is_guess
from hublake.spark_jobs.steps.tasks_by_model import is_change, tasks_by_model


def transform(models: DataFrame, lineage_edges: DataFrame, model_tasks: DataFrame) -> DataFrame:
    """Edges between listed models; the strongest task of each end."""
    edges = lineage_edges.where(is_derivation()).select("child_id", "parent_id", "relation", is_guess().alias("is_guessed"))
    known = at_ends(tasks_by_model(model_tasks), edges)
    parents = known.toDF("parent_id", "parent_task", "is_parent_strong")
    children = known.toDF("child_id", "child_task", "is_child_strong")
    downloads = at_ends(models, edges, ["child_id"]).select(F.col("model_id").alias("child_id"), "downloads_30d")
    both = join_by_hash(join_by_hash(edges, parents, name="parent_id"), children, downloads, name="child_id")
    filled = both.fillna("", ["parent_task", "child_task"]).fillna(False, ["is_parent_strong", "is_child_strong"])
    grouped = filled.groupBy("relation", "parent_task", "child_task").agg(
        F.count("*").alias("edges"),
        F.count_if("is_guessed").alias("edges_guessed"),
        F.count_if(F.col("is_parent_strong") & F.col("is_child_strong")).alias("strong_edges"),
        F.coalesce(F.sum("downloads_30d"), F.lit(0)).alias("downloads_30d"),
    )
    of_parent = Window.partitionBy("relation", "parent_task")
    shares = {
        "is_change": is_change(F.col("parent_task"), F.col("child_task")),
        "edges_share_of_parent": F.col("edges") / F.sum("edges").over(of_parent),
        "strong_share": F.col("strong_edges") / F.col("edges"),
    }
    return grouped.withColumns(shares)


JOB = Job(reads=(MODELS, LINEAGE_EDGES, MODEL_TASKS), writes=TASK_TRANSITIONS, transform=transform)
