"""How far do the sources of parameter counts agree?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import COUNT_SOURCES
from hublake.lake.schema.gold.architectures import PARAMETER_AGREEMENT
from hublake.lake.schema.silver.architectures import MODEL_PARAMETERS
from hublake.spark_jobs.job import Job


def transform(model_parameters: DataFrame) -> DataFrame:
    """One row per pair of sources that some model has both of; counts of whole models only.

    Cost: one join of the counts with themselves, by model.
    """
    strongest_first = F.array(*map(F.lit, COUNT_SOURCES))
    counts = model_parameters.where("parameters IS NOT NULL AND confidence > 0").select(
        "model_id", "source", "parameters", F.array_position(strongest_first, F.col("source")).alias("rank")
    )
    stronger, weaker = (counts.select("model_id", *[F.col(name).alias(f"{name}_{side}") for name in counts.columns[1:]]) for side in "ab")
    pairs = stronger.join(weaker, "model_id", how="inner").where("rank_a < rank_b")
    difference = F.abs(F.col("parameters_a") - F.col("parameters_b")) / F.greatest("parameters_a", "parameters_b")
    return pairs.groupBy("source_a", "source_b").agg(
        F.count("*").alias("pairs"),
        _share(difference <= 0.05).alias("within_5_share"),
        _share(difference <= 0.25).alias("within_25_share"),
        F.percentile(F.col("parameters_b") / F.col("parameters_a"), 0.5).alias("median_ratio"),
    )


def _share(condition: Column) -> Column:
    return F.avg(condition.cast("double"))


JOB = Job(reads=(MODEL_PARAMETERS,), writes=PARAMETER_AGREEMENT, transform=transform)
