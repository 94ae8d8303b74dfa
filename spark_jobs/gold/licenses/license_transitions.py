"""Which licences do derivatives have, by their parents' licence?"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.curated import curated
from hublake.lake.schema.gold.licenses import LICENSE_EDGES, LICENSE_TRANSITIONS_TABLE
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.licenses_by_model import is_declared, license_text
from hublake.spark_jobs.steps.published_figures import published_columns


def transform(license_edges: DataFrame) -> DataFrame:
    """Count edges by the licences at both ends; the verdict is the strictest, as a citation in the card may soften that of one edge."""
    named = license_edges.withColumns({f"{end}_license": _declared_text(f"{end}_licenses") for end in ("parent", "child")})
    grouped = named.groupBy("relation", "parent_license", "child_license").agg(
        F.first("transition").alias("transition"),
        F.count("*").alias("edges"),
        F.count_if("is_guessed").alias("edges_guessed"),
        F.coalesce(F.sum("child_downloads_30d"), F.lit(0)).alias("downloads_30d"),
        F.min("verdict").alias("verdict"),  # conflict, ok, unknown: in alphabetical order
        F.first("clause").alias("clause"),
    )
    of_parent = Window.partitionBy("relation", "parent_license")
    published = published_columns(curated("published_license_transitions"), ["parent_license", "child_license"], ("edges", "long"))
    return grouped.withColumns({"edges_share_of_parent": F.col("edges") / F.sum("edges").over(of_parent)} | published)


def _declared_text(licenses: str) -> Column:
    """The licences as one text; empty if nothing but `unknown` is declared."""
    return F.when(is_declared(licenses), license_text(licenses)).otherwise("")


JOB = Job(reads=(LICENSE_EDGES,), writes=LICENSE_TRANSITIONS_TABLE, transform=transform)
