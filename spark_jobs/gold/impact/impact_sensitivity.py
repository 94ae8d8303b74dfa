"""How much does the ranking by impact_score depend on each of its parts?"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.enums import IMPACT_PARTS
from hublake.lake.schema.gold.impact import IMPACT_SENSITIVITY, MODEL_IMPACT
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.impact_scores import Params

TOP = 100
DIGITS = 9  # of a score from 0 to 100: two that differ by less differ by the order in which their parts were added up


def transform(model_impact: DataFrame, *, params: Params) -> DataFrame:
    """One row per part, over models with dependants; for all others, every part except downloads is the same."""
    known = model_impact.where("dependants > 0").select("model_id", "impact_score", *[f"{part}_part" for part in IMPACT_PARTS])
    ranked = known.select(
        _rank(F.col("impact_score")).alias("full_score"), *[_rank(_without(part, params)).alias(part) for part in IMPACT_PARTS]
    ).localCheckpoint()
    return union_by_name([_compared(ranked, part) for part in IMPACT_PARTS])


def _without(dropped: str, params: Params) -> Column:
    """The score without one part. It is not divided by the remaining weights, since that would not change the ranking."""
    return sum((getattr(params, part) * F.col(f"{part}_part") for part in IMPACT_PARTS if part != dropped), F.lit(0.0))


def _rank(score: Column) -> Column:
    """Rank 1 is the highest score; ties are broken by name, so that the top 100 are exactly 100 models."""
    return F.row_number().over(Window.orderBy(F.round(score, DIGITS).desc(), "model_id"))


def _compared(ranked: DataFrame, part: str) -> DataFrame:
    in_both = F.count_if((F.col("full_score") <= TOP) & (F.col(part) <= TOP))
    correlation = F.corr("full_score", part)
    return ranked.agg(
        F.lit(part).alias("dropped_part"),
        F.count("*").alias("models"),
        F.when(~F.isnan(correlation), correlation).alias("rank_correlation"),
        F.coalesce(F.try_divide(in_both, F.least(F.lit(TOP), F.count("*"))), F.lit(1.0)).alias("top_100_share"),
    )


JOB = Job(reads=(MODEL_IMPACT,), writes=IMPACT_SENSITIVITY, transform=transform, params=Params())
