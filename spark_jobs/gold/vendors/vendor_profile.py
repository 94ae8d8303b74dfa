"""What does each vendor release, under which terms, and how does it exchange models with others?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.vendors import MODEL_SERIES, RELEASE_CADENCE, VENDOR_PROFILE, VENDOR_SERIES
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ORGANISATIONS
from hublake.spark_jobs.dataframes.array_columns import no_text
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import derivation_edges
from hublake.spark_jobs.steps.vendors import author_of, with_vendor

OPEN_FAMILIES = ("permissive", "copyleft")
LATEST = 5
COUNTS = ("releases", "releases_12m", "models_from_others", "models_by_others", "ecosystem", "released_series")


def transform(
    release_cadence: DataFrame,
    vendor_series: DataFrame,
    model_series: DataFrame,
    models: DataFrame,
    model_licenses: DataFrame,
    license_catalogue: DataFrame,
    lineage_edges: DataFrame,
    model_lineage: DataFrame,
    organisations: DataFrame,
) -> DataFrame:
    """One row per vendor with a release; those of the Hub's floor have no known day, so they are in no cadence."""
    cadence = release_cadence.where("series = ''").select("vendor", "releases", "releases_12m", "median_days_between")
    frames = (
        cadence,
        _licenses_by_year(model_series, model_licenses),
        _series(vendor_series),
        _exchange(lineage_edges, organisations),
        _ecosystem(model_lineage, organisations),
        _origins(organisations),
    )
    profile = _owned(model_series, models, model_licenses, license_catalogue)
    for frame in frames:
        profile = profile.join(frame, "vendor", how="left")
    filled = profile.fillna(0, [*COUNTS]).withColumns({name: F.coalesce(name, no_text()) for name in ("latest_series", "licenses_by_year")})
    return filled.select(*[name for name in VENDOR_PROFILE.column_names if name != "snapshot_date"])


def _owned(model_series: DataFrame, models: DataFrame, model_licenses: DataFrame, license_catalogue: DataFrame) -> DataFrame:
    families = license_catalogue.select(F.col("license").alias("comparable_license"), F.col("family").isin(*OPEN_FAMILIES).alias("is_open"))
    licensed = (
        model_licenses.where("comparable_license <> 'unknown'")
        .join(F.broadcast(families), "comparable_license", how="left")
        .groupBy("model_id")
        .agg(F.max(F.coalesce("is_open", F.lit(False))).alias("is_open"))
    )
    facts = models.select("model_id", "is_gated", F.coalesce("downloads_30d", F.lit(0)).alias("downloads_30d"))
    described = model_series.where("vendor IS NOT NULL").join(facts, "model_id").join(licensed, "model_id", how="left")
    releases = F.count_if("is_release")
    owned = described.groupBy("vendor").agg(
        F.array_sort(F.collect_set(author_of("model_id"))).alias("accounts"),
        F.count("*").alias("models"),
        F.sum("downloads_30d").alias("downloads_30d"),
        F.try_divide(F.count_if(F.col("is_release") & F.coalesce("is_open", F.lit(False))), releases).alias("open_license_share"),
        F.try_divide(F.count_if(F.col("is_release") & F.col("is_open").isNotNull()), releases).alias("license_coverage_share"),
        F.try_divide(F.count_if(F.col("is_release") & F.col("is_gated")), releases).alias("gated_share"),
        releases.alias("listed_releases"),
    )
    return owned.where("listed_releases > 0").drop("listed_releases")


def _licenses_by_year(model_series: DataFrame, model_licenses: DataFrame) -> DataFrame:
    """(vendor, licenses_by_year): "2024 apache-2.0 12" for each year and licence."""
    releases = model_series.where("vendor IS NOT NULL AND is_release AND released_at IS NOT NULL")
    dated = releases.select("model_id", "vendor", F.year("released_at").alias("year"))
    licenses = model_licenses.select("model_id", F.col("comparable_license").alias("license")).distinct()
    counted = dated.join(licenses, "model_id").groupBy("vendor", "year", "license").agg(F.count("*").alias("models"))
    text = F.concat_ws(" ", "year", "license", "models")
    return counted.groupBy("vendor").agg(F.array_sort(F.collect_list(text)).alias("licenses_by_year"))


def _series(vendor_series: DataFrame) -> DataFrame:
    newest = Window.partitionBy("vendor").orderBy(F.desc_nulls_last("first_at"), "series")
    ranked = vendor_series.select("vendor", "series", F.row_number().over(newest).alias("rank"))
    latest = F.array_sort(F.collect_list(F.when(F.col("rank") <= LATEST, F.struct("rank", "series"))))
    return ranked.groupBy("vendor").agg(
        F.count("*").alias("released_series"), F.transform(latest, lambda pair: pair["series"]).alias("latest_series")
    )


def _exchange(lineage_edges: DataFrame, organisations: DataFrame) -> DataFrame:
    """Models that derive directly from another vendor's, and the reverse; a model counts once per vendor."""
    pairs = derivation_edges(lineage_edges).distinct()
    ends = with_vendor(with_vendor(pairs, organisations, "child", "child_vendor"), organisations, "parent", "parent_vendor")
    is_own = F.col("child_vendor").eqNullSafe(F.col("parent_vendor"))
    by_parent = ends.groupBy(F.col("parent_vendor").alias("vendor")).agg(
        F.count_distinct("child").alias("children"),
        F.count_distinct(F.when(is_own, F.col("child"))).alias("own_children"),
        F.count_distinct(F.when(~is_own, F.col("child"))).alias("models_by_others"),
    )
    by_child = ends.where(~is_own).groupBy(F.col("child_vendor").alias("vendor")).agg(F.count_distinct("child").alias("models_from_others"))
    own_reuse = F.try_divide("own_children", "children").alias("own_reuse_share")
    joined = by_parent.join(by_child, "vendor", how="full").where("vendor IS NOT NULL")
    return joined.select("vendor", "models_by_others", "models_from_others", own_reuse)


def _ecosystem(model_lineage: DataFrame, organisations: DataFrame) -> DataFrame:
    members = model_lineage.where("is_root OR generation > 0").select("model_id", F.explode("root_ids").alias("root_id"))
    of_vendor = with_vendor(members, organisations, "root_id", "vendor").where("vendor IS NOT NULL")
    return of_vendor.select("vendor", "model_id").distinct().groupBy("vendor").agg(F.count("*").alias("ecosystem"))


def _origins(organisations: DataFrame) -> DataFrame:
    """(vendor, kind, country): the most frequent among the vendor's accounts, the first in the alphabet of equal ones."""
    vendor = F.coalesce("institution", "namespace").alias("vendor")
    modes = (F.mode("kind", deterministic=True).alias("kind"), F.mode("country", deterministic=True).alias("country"))
    return organisations.groupBy(vendor).agg(*modes)


JOB = Job(
    reads=(
        *(RELEASE_CADENCE, VENDOR_SERIES, MODEL_SERIES, MODELS, MODEL_LICENSES, LICENSE_CATALOGUE),
        *(LINEAGE_EDGES, MODEL_LINEAGE, ORGANISATIONS),
    ),
    writes=VENDOR_PROFILE,
    transform=transform,
)
