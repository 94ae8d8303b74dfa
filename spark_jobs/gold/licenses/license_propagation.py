"""How likely does a derivative declare a licence, and its parent's, by relation and generation?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.licenses import LICENSE_CHAINS, LICENSE_EDGES, LICENSE_PROPAGATION
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.intervals import wilson
from hublake.spark_jobs.steps.licenses_by_model import is_declared


def transform(license_edges: DataFrame, license_chains: DataFrame) -> DataFrame:
    """Declared edges only, which also make the generations; a model counts once per edge. Intervals are Wilson's."""
    generations = license_chains.select(F.col("model_id").alias("child_id"), "generation")
    relations = F.explode(F.array("relation", F.lit("any"))).alias("relation")
    edges = license_edges.where(~F.col("is_guessed")).select("child_id", relations, "parent_licenses", "child_licenses", "transition")
    counted = (
        edges.join(generations, "child_id", how="left")
        .withColumn("generation", F.coalesce("generation", F.lit(0)))
        .groupBy("relation", "generation")
        .agg(
            F.count("*").alias("edges"),
            F.count_if(is_declared("parent_licenses")).alias("parent_declares"),
            F.count_if(is_declared("parent_licenses") & is_declared("child_licenses")).alias("both_declare"),
            F.count_if(F.col("transition") == "same").alias("same"),
        )
    )
    shares: dict[str, Column] = {}
    for name, hits, trials in (("declared_share", "both_declare", "parent_declares"), ("same_share", "same", "both_declare")):
        low, high = wilson(F.col(hits), F.col(trials))
        shares |= {name: F.when(F.col(trials) > 0, F.col(hits) / F.col(trials)), f"{name}_low": low, f"{name}_high": high}
    return counted.withColumns(shares)


JOB = Job(reads=(LICENSE_EDGES, LICENSE_CHAINS), writes=LICENSE_PROPAGATION, transform=transform)
