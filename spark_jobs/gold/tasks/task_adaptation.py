"""What are the derivatives of each base for, by month and relation?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.tasks import TASK_ADAPTATION
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.tasks import MODEL_TASKS
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation
from hublake.spark_jobs.steps.tasks_by_model import created_month, is_change, tasks_by_model

MIN_DESCENDANTS = 10
OTHER = "(other)"


def transform(models: DataFrame, lineage_edges: DataFrame, model_tasks: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """Roots are the bases. A descendant counts once for each of its roots and each of its relations to a parent."""
    descendants = model_lineage.select("model_id", F.explode("root_ids").alias("root_id")).where("root_id <> model_id")
    large = descendants.groupBy("root_id").agg(F.count("*").alias("descendants")).where(F.col("descendants") >= MIN_DESCENDANTS)
    relations = lineage_edges.where(is_derivation()).select(F.col("child_id").alias("model_id"), "relation").distinct()
    known = tasks_by_model(model_tasks).select("model_id", "task")
    listed = models.select("model_id", "author", F.coalesce("downloads_30d", F.lit(0)).alias("downloads"), created_month().alias("month"))
    based = join_by_hash(descendants, large, at_ends(known, descendants, ["root_id"]).toDF("root_id", "base_task"), name="root_id")
    # All in one call, which shuffles once; the filter keeps listed models with a relation.
    facts = join_by_hash(based, listed, relations, known).where("downloads IS NOT NULL AND relation IS NOT NULL")
    facts = facts.fillna("", ["task", "base_task"])
    named = facts.withColumns(
        {
            "base_id": F.when(F.col("descendants").isNotNull(), F.col("root_id")).otherwise(OTHER),
            "is_change": is_change(F.col("base_task"), F.col("task")),
        }
    )
    return named.groupBy("base_id", "task", "month", "relation", "is_change").agg(
        F.count("*").alias("models"),
        F.count_distinct(name_hash("author")).alias("authors"),
        F.sum("downloads").alias("downloads_30d"),
    )


JOB = Job(reads=(MODELS, LINEAGE_EDGES, MODEL_TASKS, MODEL_LINEAGE), writes=TASK_ADAPTATION, transform=transform)
