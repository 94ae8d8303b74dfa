"""Vendors: institutions over all their accounts, and accounts of which no institution is known."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.spark_jobs.dataframes.hash_joins import join_by_hash, name_hash
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation


def author_of(model_id: str) -> Column:
    """The account in the name of a model; null for canonical names."""
    return F.when(F.contains(model_id, F.lit("/")), F.substring_index(model_id, "/", 1))


def with_vendor(frame: DataFrame, organisations: DataFrame, model_id: str, vendor: str) -> DataFrame:
    """The frame with a column `vendor` for the models named in the column `model_id`; null for canonical names.

    Cost: a broadcast of the accounts with a known institution.
    """
    institutions = organisations.where("institution IS NOT NULL").select(
        F.col("namespace").alias(f"{vendor}_account"), F.col("institution").alias(f"{vendor}_institution")
    )
    author = author_of(model_id)
    joined = frame.join(F.broadcast(institutions), author == F.col(f"{vendor}_account"), how="left")
    return joined.withColumn(vendor, F.coalesce(f"{vendor}_institution", author)).drop(f"{vendor}_account", f"{vendor}_institution")


def own_models(model_series: DataFrame) -> DataFrame:
    """The rows of gold.model_series of models in a series of their own vendor."""
    return model_series.where("vendor IS NOT NULL AND series IS NOT NULL")


def other_derivatives(model_series: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(vendor, series, parent_id, parent_created_at, child_id, relation, child_created_at): edges to a series from other vendors."""
    edges = lineage_edges.where(is_derivation()).select("child_id", "parent_id", "relation")
    parents = at_ends(own_models(model_series), edges, ["parent_id"]).select(
        name_hash(), "vendor", "series", F.col("created_at").alias("parent_created_at")
    )
    children = at_ends(model_series, edges, ["child_id"]).select(
        name_hash(), F.col("vendor").alias("child_vendor"), F.col("created_at").alias("child_created_at")
    )
    of_parents = join_by_hash(edges, parents, how="inner", name="parent_id")
    joined = join_by_hash(of_parents, children, how="inner", name="child_id")
    return joined.where(~F.col("vendor").eqNullSafe(F.col("child_vendor"))).drop("child_vendor")


def newest_at(model_series: DataFrame) -> DataFrame:
    """One row: `newest_at`, when the newest model of the snapshot was created, taken as the time of the listing."""
    return model_series.agg(F.max("created_at").alias("newest_at"))
