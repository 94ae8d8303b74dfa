"""Which countries do models and downloads come from, by their publishers and by the publishers of their roots, and how much is unknown?"""

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.curated import curated
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.origins import COUNTRY_SHARE
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS, ORGANISATIONS
from hublake.rules.origins.curated_organisations import regions
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.publishers import (
    NO_COUNTRY,
    PERSON,
    UNKNOWN,
    countries_of_publishers,
    downloads_by_origin,
    with_country,
    with_origins,
)
from hublake.spark_jobs.steps.strata import FACETS, strata_of_facets, with_facets

PUBLISHED = {"published_share": "double", "published_date": "date", "published_denominator": "string", "published_source": "string"}


def transform(
    models: DataFrame, organisations: DataFrame, model_lineage: DataFrame, model_impact: DataFrame, accounts: DataFrame
) -> DataFrame:
    """One row per country and stratum; a model without a number of downloads or likes counts as 0.

    Cost: models are grouped by country and facets, of which there are some thousands, before strata are made.
    """
    known = countries_of_publishers(organisations)
    counts = [F.coalesce(name, F.lit(0)).alias(alias) for name, alias in (("downloads_30d", "downloads"), ("likes", "likes"))]
    dependants = model_impact.where("dependants > 0").select("model_id", "dependants")
    owned = (
        with_country(with_facets(models, accounts), known)
        .select("model_id", F.col("country").alias("owner"), *FACETS, *counts)
        .join(F.broadcast(dependants), "model_id", how="left")
    )
    grouped = with_origins(owned, known.withColumnRenamed("country", "owner"), model_lineage).groupBy(
        "owner", "origin", "roots", "is_first", *FACETS
    )
    sums = [F.sum(name).alias(name) for name in ("downloads", "likes", "dependants")]
    packed = lazy_checkpoint(grouped.agg(F.count("*").alias("models"), *sums, F.max("downloads").alias("top")))
    split = packed.withColumn("stratum", F.explode(strata_of_facets()))
    by_origin = downloads_by_origin(split, F.coalesce("origin", F.lit(UNKNOWN)).alias("country"), "stratum")
    joined = _by_publisher(split.where("is_first")).join(by_origin, ["country", "stratum"], how="full_outer")
    columns = ("models", "downloads_by_publisher", "downloads_by_origin", "likes", "dependants")
    return _shares(joined.fillna(0, list(columns))).drop("top")


def _by_publisher(split: DataFrame) -> DataFrame:
    """(country, stratum, models, downloads_by_publisher, likes, dependants, top: downloads of the most downloaded model)."""
    return split.groupBy(F.col("owner").alias("country"), "stratum").agg(
        F.sum("models").alias("models"),
        F.sum("downloads").alias("downloads_by_publisher"),
        F.sum("likes").alias("likes"),
        F.coalesce(F.sum("dependants"), F.lit(0)).alias("dependants"),
        F.max("top").alias("top"),
    )


def _shares(counted: DataFrame) -> DataFrame:
    in_stratum = Window.partitionBy("stratum")
    is_known = ~F.col("country").isin(*NO_COUNTRY)

    def total(name: str, condition: Column | None = None) -> Column:
        value = F.col(name) if condition is None else F.when(condition, F.col(name)).otherwise(0)
        return F.sum(value).over(in_stratum)

    publisher, origin = "downloads_by_publisher", "downloads_by_origin"
    # Of equally downloaded models of several countries, that of the last country in the alphabet is the top one.
    of_country = F.struct("top", "country")
    top = F.max(F.when(F.col("top").isNotNull(), of_country)).over(in_stratum)
    top_downloads = top["top"]
    own_top = F.when(of_country == top, top_downloads).otherwise(0)
    return counted.withColumns(
        {
            "region": _region(),
            "models_share": F.col("models") / total("models"),
            "downloads_by_publisher_share": F.try_divide(F.col(publisher), total(publisher)),
            "downloads_by_origin_share": _part(F.col(origin), total(origin)),
            "without_top_model_share": F.try_divide(F.col(publisher) - own_top, total(publisher) - top_downloads),
            "coverage_share": total("models", is_known) / total("models"),
            "downloads_coverage_share": F.try_divide(total(publisher, is_known), total(publisher)),
            "origin_coverage_share": _part(total(origin, is_known), total(origin)),
            "organisation_coverage_share": F.try_divide(total(publisher, is_known), total(publisher, F.col("country") != PERSON)),
            **_published(),
        }
    )


def _part(value: Column, whole: Column) -> Column:
    """A share of fractional sums, whose rounding must not take it above one; null of nothing, which `least` alone would leave out."""
    return F.when(whole > 0, F.least(F.lit(1.0), value / whole))


def _region() -> Column:
    found = F.lit(None).cast("string")
    by_region: dict[str, list[str]] = {}
    for country, region in regions().items():
        by_region.setdefault(region, []).append(country)
    for region, countries in by_region.items():
        found = F.when(F.col("country").isin(*countries), region).otherwise(found)
    return found


def _published() -> dict[str, Column]:
    """Columns with the figure that others have published for a country; null for most."""
    columns = {name: F.lit(None).cast(kind) for name, kind in PUBLISHED.items()}
    for row in curated("published_origins"):
        values = (float(row["share"]), date.fromisoformat(row["measured_on"]), row["denominator"], row["source"])
        is_row = (F.col("country") == row["country"]) & (F.col("stratum") == row["stratum"])
        columns = {name: F.when(is_row, F.lit(value)).otherwise(columns[name]) for name, value in zip(columns, values, strict=True)}
    return columns


JOB = Job(reads=(MODELS, ORGANISATIONS, MODEL_LINEAGE, MODEL_IMPACT, ACCOUNTS), writes=COUNTRY_SHARE, transform=transform)
