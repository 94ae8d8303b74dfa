"""How large is the family of each root, and what does it consist of?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import RELATIONS
from hublake.lake.schema.gold.lineage import FAMILIES, MODEL_LINEAGE
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import is_derivation, is_guess


def transform(models: DataFrame, lineage_edges: DataFrame, model_lineage: DataFrame, model_languages: DataFrame) -> DataFrame:
    """One row per root with other members: edges on cycles do not count here, so a model that is only on a cycle has no family.

    Cost: two joins over the members of families; isolated models are excluded first.
    """
    members = model_lineage.where("size(root_ids) > 1 or root_ids[0] <> model_id or not is_leaf").select(
        "model_id", "generation", F.size("root_ids").alias("roots"), F.explode("root_ids").alias("root_id")
    )
    downloads = models.select("model_id", "author", F.coalesce("downloads_30d", F.lit(0)).alias("downloads"))
    total = downloads.agg(F.sum("downloads").alias("all_downloads"))
    relations = (
        lineage_edges.where(is_derivation())
        .groupBy(F.col("child_id").alias("model_id"))
        .agg(F.collect_set("relation").alias("kinds"), F.min(is_guess()).alias("is_guessed"))
    )
    known = members.join(downloads, "model_id", how="left").join(relations, "model_id", how="left")
    counted = known.groupBy("root_id").agg(
        F.count("*").alias("members"),
        *[F.count_if(F.array_contains("kinds", name)).alias(f"members_{name}") for name in RELATIONS],
        F.count_if("is_guessed").alias("members_guessed"),
        F.max("generation").alias("depth"),
        F.count_distinct("author").alias("authors"),
        F.sum(F.col("downloads") / F.col("roots")).alias("downloads"),
    )
    declared = model_languages.where("kind = 'declared'").select("model_id", "language")
    member_languages = members.join(declared, "model_id", how="inner")
    languages = member_languages.groupBy("root_id").agg(F.sort_array(F.collect_set("language")).alias("languages"))
    share = F.least(F.lit(1.0), F.coalesce(F.try_divide("downloads", "all_downloads"), F.lit(0.0)))
    families = counted.where("members > 1").join(languages, "root_id", how="left")
    result = families.crossJoin(F.broadcast(total)).withColumn("downloads_share", share)
    return result.drop("all_downloads").withColumn("languages", F.coalesce("languages", F.array().cast("array<string>")))


JOB = Job(reads=(MODELS, LINEAGE_EDGES, MODEL_LINEAGE, MODEL_LANGUAGES), writes=FAMILIES, transform=transform)
