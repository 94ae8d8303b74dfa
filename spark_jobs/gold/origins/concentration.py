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
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.publishers import UNKNOWN, with_origins, with_publisher

ALL = "all"


def transform(models: DataFrame, organisations: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """One row per unit, measure and stratum with a model. Unknown units are left out and lower coverage_share.

    Cost: models are grouped by publisher and year; what is left of a stratum, at most one number per publisher, is one row of Python.
    """
    year = F.when(F.col("is_created_at_floor"), "year:before-2022-03").otherwise(F.concat(F.lit("year:"), F.year("created_at")))
    downloads = F.coalesce("downloads_30d", F.lit(0)).alias("downloads")
    owned = with_publisher(models).select("model_id", F.col("publisher").alias("owner"), year.alias("year"), downloads)
    rows = with_origins(owned, model_lineage)
    measured = _sums(rows).unionByName(_of_top_models(rows))
    grouped = (
        _by_unit(measured, organisations)
        .groupBy("unit", "measure", "stratum")
        .agg(
            F.collect_list(F.when(F.col("name").isNotNull(), F.struct("value", "rest"))).alias("values"),
            F.sum("value").alias("whole"),
        )
    )
    return map_records(grouped, _rows, spark_schema(CONCENTRATION, without=("snapshot_date",)))


def _sums(rows: DataFrame) -> DataFrame:
    """(publisher, stratum, measure, value, rest), of each publisher for all models and for each year."""
    own = rows.where("is_first").groupBy(F.col("owner").alias("publisher"), "year")
    by_publisher = _stacked(own.agg(F.count("*").alias("models"), F.sum("downloads").alias("downloads_by_publisher")))
    origin = rows.groupBy(F.col("origin").alias("publisher"), "year", "roots").agg(F.sum("downloads").alias("downloads"))
    by_origin = _stacked(origin.select("publisher", "year", (F.col("downloads") / F.col("roots")).alias("downloads_by_origin")))
    strata = F.explode(F.array_compact(F.array(F.lit(ALL), "year"))).alias("stratum")
    sums = by_publisher.unionByName(by_origin).select("publisher", strata, "measure", "value")
    return sums.withColumn("rest", F.col("value"))


def _stacked(counted: DataFrame) -> DataFrame:
    """(publisher, year, measure, value): one row per measure, which are the other columns."""
    measures = [name for name in counted.columns if name not in ("publisher", "year")]
    parts = [F.struct(F.lit(name).alias("measure"), F.col(name).cast("double").alias("value")) for name in measures]
    return counted.select("publisher", "year", F.inline(F.array(*parts)))


def _of_top_models(rows: DataFrame) -> DataFrame:
    """(publisher, stratum, measure, value, rest): what `rest` lacks, the most downloaded model of each stratum; `value` is 0."""
    largest = F.max(F.struct("downloads", "model_id")).alias("top")
    by_year = rows.groupBy("year").agg(largest)
    tops = by_year.where("year IS NOT NULL").select(F.col("year").alias("stratum"), "top")
    tops = tops.unionByName(by_year.agg(F.max("top").alias("top")).withColumn("stratum", F.lit(ALL)))
    found = rows.join(F.broadcast(tops.select("stratum", F.col("top.model_id").alias("model_id"))), "model_id", how="inner")
    first = F.when(F.col("is_first"), 1.0).otherwise(0.0)
    taken = [
        F.struct(F.col(owner).alias("publisher"), F.lit(measure).alias("measure"), F.lit(0.0).alias("value"), (-amount).alias("rest"))
        for owner, measure, amount in (
            ("owner", "models", first),
            ("owner", "downloads_by_publisher", first * F.col("downloads")),
            ("origin", "downloads_by_origin", F.col("downloads") / F.col("roots")),
        )
    ]
    return found.select("stratum", F.inline(F.array(*taken)))


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
