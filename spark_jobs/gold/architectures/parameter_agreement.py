"""How far do the sources of parameter counts agree?"""

from functools import reduce
from itertools import combinations
from operator import add

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import COUNT_SOURCES
from hublake.lake.schema.gold.architectures import PARAMETER_AGREEMENT
from hublake.lake.schema.silver.architectures import MODEL_PARAMETERS
from hublake.spark_jobs.dataframes.hash_joins import name_hash
from hublake.spark_jobs.job import Job


def transform(model_parameters: DataFrame) -> DataFrame:
    """One row per pair of sources that some model has both of; counts of whole models only.

    Cost: one aggregation of the counts by model, and one by the counts, of which many models have the same. A model has at most one row per
    source: each becomes a column.
    """
    is_whole = (F.col("confidence") > 0) & F.col("parameters").isNotNull()
    of_model = model_parameters.where(is_whole).groupBy(name_hash())
    counts = of_model.agg(*[F.max(F.when(F.col("source") == source, F.col("parameters"))).alias(source) for source in COUNT_SOURCES])
    known_sources = reduce(add, [F.col(source).isNotNull().cast("int") for source in COUNT_SOURCES])
    several = counts.where(known_sources > 1).groupBy(*COUNT_SOURCES).agg(F.count("*").alias("models"))
    each = F.array(*[_pair(stronger, weaker) for stronger, weaker in combinations(COUNT_SOURCES, 2)])
    known = F.filter(each, lambda pair: pair["parameters_a"].isNotNull() & pair["parameters_b"].isNotNull())
    pairs = several.select("models", F.explode(known).alias("pair")).select("models", "pair.*")
    difference = F.abs(F.col("parameters_a") - F.col("parameters_b")) / F.greatest("parameters_a", "parameters_b")
    return pairs.groupBy("source_a", "source_b").agg(
        F.sum("models").alias("pairs"),
        _share(difference <= 0.05).alias("within_5_share"),
        _share(difference <= 0.25).alias("within_25_share"),
        F.percentile(F.col("parameters_b") / F.col("parameters_a"), 0.5, F.col("models")).alias("median_ratio"),
    )


def _pair(stronger: str, weaker: str) -> Column:
    sides = {"a": stronger, "b": weaker}
    names = [F.lit(source).alias(f"source_{side}") for side, source in sides.items()]
    return F.struct(*names, *[F.col(source).alias(f"parameters_{side}") for side, source in sides.items()])


def _share(condition: Column) -> Column:
    return F.sum(F.when(condition, F.col("models")).otherwise(0)) / F.sum("models")


JOB = Job(reads=(MODEL_PARAMETERS,), writes=PARAMETER_AGREEMENT, transform=transform)
