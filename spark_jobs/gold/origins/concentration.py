"""How concentrated are models and downloads in few countries, institutions, kinds of publishers and publishers?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.origins import CONCENTRATION
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ORGANISATIONS
from hublake.rules.origins.concentration import concentration
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.publishers import UNKNOWN, root_publishers, with_publisher

ALL = "all"


def transform(models: DataFrame, organisations: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """One row per unit, measure and stratum with a model. Unknown units are left out and lower coverage_share.

    Cost: models are grouped by publisher and year; what is left of a stratum, at most one number per publisher, is one row of Python.
    """
    described = lazy_checkpoint(_described(models))
    by_publisher = described.groupBy("publisher", "stratum").agg(
        F.count("*").alias("models"),
        F.sum(F.when(F.col("is_top"), 0).otherwise(1)).alias("models_rest"),
        F.sum("downloads").alias("downloads_by_publisher"),
        F.sum("rest").alias("downloads_by_publisher_rest"),
    )
    origins = root_publishers(described.where(F.col("stratum") == ALL), model_lineage)
    weighed = described.drop("publisher").join(origins, "model_id", how="inner")
    by_origin = weighed.groupBy("publisher", "stratum").agg(
        F.sum(F.col("downloads") / F.col("roots")).alias("downloads_by_origin"),
        F.sum(F.col("rest") / F.col("roots")).alias("downloads_by_origin_rest"),
    )
    measured = _stacked(by_publisher, ("models", "downloads_by_publisher")).unionByName(_stacked(by_origin, ("downloads_by_origin",)))
    grouped = (
        _by_unit(measured, organisations)
        .groupBy("unit", "measure", "stratum")
        .agg(
            F.collect_list(F.when(F.col("name").isNotNull(), F.struct("value", "rest"))).alias("values"),
            F.sum("value").alias("whole"),
        )
    )
    return map_records(grouped, _rows, spark_schema(CONCENTRATION, without=("snapshot_date",)))


def _described(models: DataFrame) -> DataFrame:
    """(model_id, publisher, stratum, downloads, rest, is_top), once for all and once for the year: `rest` is 0 for the top model."""
    year = F.when(F.col("is_created_at_floor"), "year:before-2022-03").otherwise(F.concat(F.lit("year:"), F.year("created_at")))
    strata = F.explode(F.array_compact(F.array(F.lit(ALL), year))).alias("stratum")
    rows = with_publisher(models).select("model_id", "publisher", strata, F.coalesce("downloads_30d", F.lit(0)).alias("downloads"))
    top = rows.groupBy("stratum").agg(F.max(F.struct("downloads", "model_id")).alias("top"))
    is_top = F.col("model_id") == F.col("top.model_id")
    joined = rows.join(F.broadcast(top), "stratum", how="inner").withColumn("is_top", is_top)
    return joined.withColumn("rest", F.when(is_top, 0).otherwise(F.col("downloads"))).drop("top")


def _stacked(counted: DataFrame, measures: tuple[str, ...]) -> DataFrame:
    """(publisher, stratum, measure, value, rest): one row per measure."""
    parts = [
        F.struct(
            F.lit(name).alias("measure"), F.col(name).cast("double").alias("value"), F.col(f"{name}_rest").cast("double").alias("rest")
        )
        for name in measures
    ]
    return counted.select("publisher", "stratum", F.inline(F.array(*parts)))


def _by_unit(measured: DataFrame, organisations: DataFrame) -> DataFrame:
    """(unit, name, measure, stratum, value, rest): the sums of each unit; `name` is null for what is unknown."""
    known = organisations.select(
        F.col("namespace").alias("publisher"), "country", "institution", F.nullif("kind", F.lit(UNKNOWN)).alias("kind")
    )
    joined = measured.join(known, "publisher", how="left").withColumn("namespace", F.col("publisher"))
    units = [F.struct(F.lit(unit).alias("unit"), F.col(unit).alias("name")) for unit in ("country", "institution", "kind", "namespace")]
    rows = joined.select("measure", "stratum", "value", "rest", F.inline(F.array(*units)))
    return rows.groupBy("unit", "name", "measure", "stratum").agg(F.sum("value").alias("value"), F.sum("rest").alias("rest"))


def _rows(record: Record) -> Iterator[Record]:
    key = {name: record[name] for name in ("unit", "measure", "stratum")}
    found = concentration(pair["value"] for pair in record["values"])
    without_top = concentration(pair["rest"] for pair in record["values"])
    yield (
        key
        | found._asdict()
        | {
            "coverage_share": min(found.total / record["whole"], 1.0) if record["whole"] else 0.0,
            "hhi_without_top_model": without_top.hhi,
            "top_1_without_top_model_share": without_top.top_1_share,
        }
    )


JOB = Job(reads=(MODELS, ORGANISATIONS, MODEL_LINEAGE), writes=CONCENTRATION, transform=transform)
