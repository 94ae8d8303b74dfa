"""How much do others build on the models of each institution?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.origins import INSTITUTION_IMPACT
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ORGANISATIONS
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import derivation_pairs
from hublake.spark_jobs.steps.publishers import downloads_by_origin, publisher_of, with_origins, with_publisher


def transform(models: DataFrame, organisations: DataFrame, lineage_edges: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """One row per institution that publishes a model. Another publisher is one of another institution, or of none that is known."""
    known = organisations.where("institution IS NOT NULL").select(
        F.col("namespace").alias("publisher"), F.col("institution").alias("owner")
    )
    downloads = F.coalesce("downloads_30d", F.lit(0)).alias("downloads")
    owned = with_publisher(models).join(F.broadcast(known), "publisher", how="left").select("model_id", "owner", downloads)
    grouped = with_origins(owned, known, model_lineage).groupBy("owner", "origin", "roots", "is_first")
    packed = lazy_checkpoint(grouped.agg(F.count("*").alias("models"), F.sum("downloads").alias("downloads")))
    counted = (
        packed.where("owner IS NOT NULL AND is_first")
        .groupBy(F.col("owner").alias("institution"))
        .agg(F.sum("models").alias("models"), F.sum("downloads").alias("downloads_by_publisher"))
    )
    by_origin = downloads_by_origin(packed.where("origin IS NOT NULL"), F.col("origin").alias("institution"))
    built_on = lazy_checkpoint(_built_on(lineage_edges, known))
    by_dependant = built_on.groupBy("institution", "child").agg(F.min("is_guessed").alias("is_guessed"))
    dependants = by_dependant.groupBy("institution").agg(
        F.count("*").alias("dependants"), F.count_if("is_guessed").alias("dependants_guessed")
    )
    joined = _described(organisations).join(counted, "institution", how="inner")
    for frame in (by_origin, dependants, _h_index(built_on)):
        joined = joined.join(frame, "institution", how="left")
    return joined.fillna(0, ["downloads_by_origin", "dependants", "dependants_guessed", "lineage_h_index"])


def _described(organisations: DataFrame) -> DataFrame:
    """(institution, namespaces, kind, country); of several kinds or countries the one of most namespaces, then the first by name."""
    rows = organisations.where("institution IS NOT NULL")
    names = rows.groupBy("institution").agg(F.array_sort(F.collect_list("namespace")).alias("namespaces"))
    for name in ("kind", "country"):
        counted = rows.where(F.col(name).isNotNull()).groupBy("institution", name).count()
        first = F.min_by(name, F.struct(-F.col("count"), F.col(name))).alias(name)
        names = names.join(counted.groupBy("institution").agg(first), "institution", how="left")
    return names


def _built_on(lineage_edges: DataFrame, known: DataFrame) -> DataFrame:
    """(institution, parent, child, is_guessed): the edges to an institution's models from models that are not its own."""
    pairs = derivation_pairs(lineage_edges)
    for end in ("parent", "child"):
        owners = known.select(F.col("publisher").alias(f"{end}_publisher"), F.col("owner").alias(f"{end}_institution"))
        named = pairs.withColumn(f"{end}_publisher", publisher_of(end))
        pairs = named.join(F.broadcast(owners), f"{end}_publisher", how="inner" if end == "parent" else "left")
    others = pairs.where(~F.col("child_institution").eqNullSafe(F.col("parent_institution")))
    return others.select(F.col("parent_institution").alias("institution"), "parent", "child", "is_guessed")


def _h_index(built_on: DataFrame) -> DataFrame:
    """(institution, lineage_h_index): the largest h such that h of its models have at least h children by other publishers each."""
    counted = built_on.groupBy("institution", "parent").agg(F.count_distinct("child").alias("children"))
    rank = F.row_number().over(Window.partitionBy("institution").orderBy(F.desc("children"), "parent"))
    ranked = counted.withColumn("rank", rank).where("children >= rank")
    return ranked.groupBy("institution").agg(F.count("*").alias("lineage_h_index"))


JOB = Job(reads=(MODELS, ORGANISATIONS, LINEAGE_EDGES, MODEL_LINEAGE), writes=INSTITUTION_IMPACT, transform=transform)
