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
from hublake.spark_jobs.steps.derivation_edges import at_ends, derivation_edges
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
    profile = _owned(model_series, models, model_licenses, license_catalogue, organisations)
    for frame in frames:
        profile = profile.join(frame, "vendor", how="left")
    filled = profile.fillna(0, [*COUNTS]).withColumns({name: F.coalesce(name, no_text()) for name in ("latest_series", "licenses_by_year")})
    return filled.select(*[name for name in VENDOR_PROFILE.column_names if name != "snapshot_date"])


def _owned(
    model_series: DataFrame, models: DataFrame, model_licenses: DataFrame, license_catalogue: DataFrame, organisations: DataFrame
) -> DataFrame:
    """The sums over each vendor's models: those of each table first, so that only releases and their licences are joined by name."""
    families = license_catalogue.select(F.col("license").alias("comparable_license"), F.col("family").isin(*OPEN_FAMILIES).alias("is_open"))
    licensed = (
        model_licenses.where("comparable_license <> 'unknown'")
        .join(F.broadcast(families), "comparable_license", how="left")
        .groupBy("model_id")
        .agg(F.max(F.coalesce("is_open", F.lit(False))).alias("is_open"))
    )
    releases = model_series.where("vendor IS NOT NULL AND is_release").select("model_id", "vendor")
    gated = models.where("is_gated").select("model_id")
    with_license, with_gate = releases.join(licensed, "model_id"), at_ends(releases, gated, ["model_id"]).join(gated, "model_id")
    downloads = with_vendor(models.select("model_id", "downloads_30d"), organisations, "model_id", "vendor").groupBy("vendor")
    parts = (
        downloads.agg(F.sum(F.coalesce("downloads_30d", F.lit(0))).alias("downloads_30d")),
        with_license.groupBy("vendor").agg(F.count_if("is_open").alias("open"), F.count("*").alias("licensed")),
        with_gate.groupBy("vendor").agg(F.count("*").alias("gated")),
    )
    owned = _accounts(model_series).where("listed_releases > 0")
    for part in parts:
        owned = owned.join(part, "vendor", how="left")
    counts = {"open_license_share": "open", "license_coverage_share": "licensed", "gated_share": "gated"}
    filled = owned.fillna(0, ["downloads_30d", *counts.values()])
    shares = {share: F.col(count) / F.col("listed_releases") for share, count in counts.items()}
    return filled.withColumns(shares).drop("listed_releases", *counts.values())


def _accounts(model_series: DataFrame) -> DataFrame:
    """(vendor, accounts, models, listed_releases)."""
    by_account = model_series.where("vendor IS NOT NULL").groupBy("vendor", author_of("model_id").alias("account"))
    counted = by_account.agg(F.count("*").alias("models"), F.count_if("is_release").alias("listed_releases"))
    return counted.groupBy("vendor").agg(
        F.array_sort(F.collect_list("account")).alias("accounts"),
        *[F.sum(name).alias(name) for name in ("models", "listed_releases")],
    )


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
    """(vendor, ecosystem): only models with several roots may be in several families of one vendor, so only they need a distinct."""
    members = model_lineage.where("is_root OR generation > 0")
    single = members.where("size(root_ids) = 1").select(F.col("root_ids")[0].alias("root_id"))
    several = members.where("size(root_ids) > 1").select("model_id", F.explode("root_ids").alias("root_id"))
    of_several = with_vendor(several, organisations, "root_id", "vendor").select("model_id", "vendor").distinct()
    vendors = with_vendor(single, organisations, "root_id", "vendor").select("vendor").unionByName(of_several.select("vendor"))
    return vendors.where("vendor IS NOT NULL").groupBy("vendor").agg(F.count("*").alias("ecosystem"))


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
