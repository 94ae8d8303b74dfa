"""Which authors derive models from whose models?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.vendors import VENDOR_FLOW
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import is_derivation, is_guess


def transform(models: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """One row per child author, parent author and relation, over edges between listed models."""
    authors = models.select(
        "model_id", F.coalesce("author", F.lit("")).alias("author"), F.coalesce("downloads_30d", F.lit(0)).alias("downloads_30d")
    )
    children = authors.withColumnsRenamed({"model_id": "child_id", "author": "child_author"})
    parents = authors.drop("downloads_30d").withColumnsRenamed({"model_id": "parent_id", "author": "parent_author"})
    edges = lineage_edges.where(is_derivation()).select("child_id", "parent_id", "relation", is_guess().alias("is_guess"))
    by_child = (
        edges.join(children, "child_id")
        .join(parents, "parent_id")
        .groupBy("child_author", "parent_author", "relation", "child_id", "downloads_30d")
        .agg(F.collect_set("parent_id").alias("parents_of_child"), F.min("is_guess").alias("is_guessed"))
    )
    return by_child.groupBy("child_author", "parent_author", "relation").agg(
        F.count("*").alias("models"),
        F.count_if("is_guessed").alias("models_guessed"),
        F.size(F.array_distinct(F.flatten(F.collect_list("parents_of_child")))).cast("long").alias("parents"),
        F.sum("downloads_30d").alias("downloads_30d"),
    )


JOB = Job(reads=(MODELS, LINEAGE_EDGES), writes=VENDOR_FLOW, transform=transform)
