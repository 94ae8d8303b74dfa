"""How many models are there for each language, and which bases do they derive from?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.languages import LANGUAGE_ADAPTATION, MODEL_LANGUAGE
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import is_derivation

ROOTS = 5


def transform(models: DataFrame, lineage_edges: DataFrame, model_language: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """One row per declared language. The last 12 months end with the newest model of the snapshot."""
    created = F.when(~F.col("is_created_at_floor"), F.col("created_at")).alias("created")
    listed = models.select("model_id", F.coalesce("downloads_30d", F.lit(0)).alias("downloads"), created)
    newest = models.agg(F.max("created_at").alias("newest"))
    declaring = model_language.where("size(declared) > 0").select(
        "model_id", F.explode("declared").alias("language"), (~F.col("is_multilingual")).alias("is_single")
    )
    # All in one call, which shuffles once; the filter keeps listed models.
    facts = join_by_hash(declaring, listed, _with_multilingual_parent(lineage_edges, model_language)).where("downloads IS NOT NULL")
    is_new = F.col("created") > F.col("newest") - F.expr("INTERVAL 365 DAYS")
    counted = facts.crossJoin(F.broadcast(newest)).groupBy("language")
    totals = counted.agg(
        F.count("*").alias("models"),
        F.count_if("is_single").alias("monolingual_models"),
        F.count_if(F.col("is_single") & F.col("has_multilingual_parent")).alias("monolingual_from_multilingual"),
        F.sum("downloads").alias("downloads_30d"),
        F.min("created").alias("first_model_at"),
        F.count_if(is_new).alias("new_12m"),
    )
    with_roots = totals.join(_roots(declaring, model_lineage), "language", how="left")
    return with_roots.withColumn("root_ids", F.coalesce("root_ids", F.array().cast("array<string>")))


def _with_multilingual_parent(lineage_edges: DataFrame, model_language: DataFrame) -> DataFrame:
    parents = model_language.where("is_multilingual").select(name_hash())
    children = join_by_hash(lineage_edges.where(is_derivation()).select("child_id", "parent_id"), parents, how="inner", name="parent_id")
    return children.select(name_hash("child_id"), F.lit(True).alias("has_multilingual_parent")).distinct()


def _roots(declaring: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """(language, root_ids): the roots with most descendants of the language; a model is no descendant of itself."""
    derived = model_lineage.select("model_id", F.explode("root_ids").alias("root_id")).where("root_id <> model_id")
    counted = join_by_hash(declaring, derived, how="inner").groupBy("language", "root_id").agg(F.count("*").alias("members"))
    order = Window.partitionBy("language").orderBy(F.desc("members"), "root_id")
    top = counted.withColumn("place", F.row_number().over(order)).where(F.col("place") <= ROOTS)
    listed = top.groupBy("language").agg(F.sort_array(F.collect_list(F.struct("place", "root_id"))).alias("ranked"))
    return listed.select("language", F.col("ranked.root_id").alias("root_ids"))


JOB = Job(reads=(MODELS, LINEAGE_EDGES, MODEL_LANGUAGE, MODEL_LINEAGE), writes=LANGUAGE_ADAPTATION, transform=transform)
