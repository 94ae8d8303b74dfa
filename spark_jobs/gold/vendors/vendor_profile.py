"""What does each vendor release, under which terms, and how does it exchange models with others?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.enums import ORGANISATION_KINDS
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.vendors import MODEL_SERIES, RELEASE_CADENCE, VENDOR_PROFILE, VENDOR_SERIES
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ORGANISATIONS
from hublake.spark_jobs.dataframes.array_columns import no_text
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import HASH, name_hash
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, derivation_edges
from hublake.spark_jobs.steps.vendors import author_of, with_vendor

OPEN_FAMILIES = ("permissive", "copyleft")
LATEST = 5
LETTER = 128  # the second letter of a country counts ones, the first one these
SHARES = {"open_license_share": "open", "license_coverage_share": "licensed", "gated_share": "gated"}  # of the listed releases
COUNTS = (
    *("releases", "releases_12m", "models", "listed_releases", "downloads_30d", *SHARES.values()),
    *("children", "own_children", "models_from_others", "models_by_others", "ecosystem"),
)


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
    """One row per vendor with a release; those of the Hub's floor have no known day, so they are in no cadence.

    Cost: all sums over models, edges and releases are one aggregation in hash tables, in which kinds and countries are numbers. The lists
    of series and licences, which few vendors have, are another.
    """
    cadence = release_cadence.where("series = ''").select("vendor", "releases", "releases_12m", "median_days_between")
    by_year = lazy_checkpoint(_licenses_by_year(model_series, model_licenses, license_catalogue))
    parts = (
        cadence,
        *_owned(model_series, models, organisations),
        by_year.select("vendor", "licensed", "open"),
        *_exchange(lineage_edges, organisations),
        _ecosystem(model_lineage, organisations),
        _origins(organisations),
    )
    sums = union_by_name(parts, may_lack_columns=True).where("vendor IS NOT NULL").groupBy("vendor")
    counts = [F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in COUNTS]
    summed = sums.agg(*counts, *[F.max(name).alias(name) for name in ("median_days_between", "kind", "country")])
    lists = _lists(by_year.drop("licensed", "open").unionByName(_series(vendor_series), allowMissingColumns=True))
    accounts = F.broadcast(_accounts(model_series, organisations))
    described = summed.where("listed_releases > 0").join(lists, "vendor", how="left").join(accounts, "vendor", how="left")
    shares = {share: F.col(count) / F.col("listed_releases") for share, count in SHARES.items()}
    columns = {
        "own_reuse_share": F.try_divide("own_children", "children"),
        "accounts": F.coalesce("accounts", F.array("vendor")),
        "kind": F.get(F.array(*map(F.lit, ORGANISATION_KINDS)), F.col("kind") - 1),
        "country": F.concat(F.char(F.floor(F.col("country") / LETTER)), F.char(F.col("country") % LETTER)),
        "released_series": F.coalesce("released_series", F.lit(0)),
        **{name: F.coalesce(name, no_text()) for name in ("latest_series", "licenses_by_year")},
    }
    return described.withColumns(shares | columns).select(*[name for name in VENDOR_PROFILE.column_names if name != "snapshot_date"])


def _owned(model_series: DataFrame, models: DataFrame, organisations: DataFrame) -> Iterator[DataFrame]:
    """(vendor, models, listed_releases), (vendor, downloads_30d) and (vendor, gated) of single models."""
    is_release = F.col("is_release").cast("long").alias("listed_releases")
    yield model_series.select("vendor", F.lit(1).alias("models"), is_release)
    downloads = with_vendor(models.select("model_id", "downloads_30d"), organisations, "model_id", "vendor")
    yield downloads.select("vendor", "downloads_30d")
    releases, gated = model_series.where("vendor IS NOT NULL AND is_release"), models.where("is_gated").select("model_id")
    with_gate = at_ends(releases.select("model_id", "vendor"), gated, ["model_id"]).join(gated, "model_id")
    yield with_gate.select("vendor", F.lit(1).alias("gated"))


def _licenses_by_year(model_series: DataFrame, model_licenses: DataFrame, license_catalogue: DataFrame) -> DataFrame:
    """(vendor, year, license, models, licensed, open): of each year and licence, the releases, with those that declare a known licence and
    an open one. Of several licences of a release the first counts these two.

    Cost: one join of the releases with the licences, by the hash of their names.
    """
    families = license_catalogue.select(F.col("license").alias("comparable_license"), F.col("family").isin(*OPEN_FAMILIES).alias("is_open"))
    is_known = F.col("comparable_license") != "unknown"
    licensed = (
        model_licenses.select(name_hash(), "comparable_license")
        .join(F.broadcast(families), "comparable_license", how="left")
        .groupBy(HASH)
        .agg(
            F.array_sort(F.collect_set("comparable_license")).alias("licenses"),
            F.max(is_known).cast("long").alias("licensed"),
            F.max(is_known & F.coalesce("is_open", F.lit(False))).cast("long").alias("open"),
        )
    )
    releases = model_series.where("vendor IS NOT NULL AND is_release").select(name_hash(), "vendor", F.year("released_at").alias("year"))
    each = releases.join(licensed, HASH).select("vendor", "year", "licensed", "open", F.posexplode("licenses").alias("place", "license"))
    sums = [F.sum(F.when(F.col("place") == 0, F.col(name)).otherwise(0)).alias(name) for name in ("licensed", "open")]
    return each.groupBy("vendor", "year", "license").agg(F.count("*").alias("models"), *sums)


def _institutions(organisations: DataFrame) -> DataFrame:
    """(vendor) of the vendors that are institutions."""
    return organisations.where("institution IS NOT NULL").select(F.col("institution").alias("vendor")).distinct()


def _accounts(model_series: DataFrame, organisations: DataFrame) -> DataFrame:
    """(vendor, accounts) of institutions; of all other vendors it is the account of their name."""
    institutions = _institutions(organisations)
    owned = model_series.where("vendor IS NOT NULL").select("vendor", author_of("model_id").alias("account"))
    of_institutions = owned.join(F.broadcast(institutions), "vendor", how="left_semi").distinct()
    return of_institutions.groupBy("vendor").agg(F.array_sort(F.collect_list("account")).alias("accounts"))


def _series(vendor_series: DataFrame) -> DataFrame:
    """(vendor, series, rank), the newest first."""
    newest = Window.partitionBy("vendor").orderBy(F.desc_nulls_last("first_at"), "series")
    return vendor_series.select("vendor", "series", F.row_number().over(newest).alias("rank"))


def _lists(rows: DataFrame) -> DataFrame:
    """(vendor, latest_series, released_series, licenses_by_year: "2024 apache-2.0 12" and so on) of the vendors that have any."""
    text = F.when(F.col("year").isNotNull(), F.concat_ws(" ", "year", "license", "models"))
    latest = F.array_sort(F.collect_list(F.when(F.col("rank") <= LATEST, F.struct("rank", "series"))))
    return rows.groupBy("vendor").agg(
        F.transform(latest, lambda pair: pair["series"]).alias("latest_series"),
        F.count("series").alias("released_series"),
        F.array_sort(F.collect_list(text)).alias("licenses_by_year"),
    )


def _exchange(lineage_edges: DataFrame, organisations: DataFrame) -> Iterator[DataFrame]:
    """Models that derive directly from another vendor's, and the reverse; a model counts once per vendor."""
    pairs = derivation_edges(lineage_edges)
    ends = with_vendor(with_vendor(pairs, organisations, "child", "child_vendor"), organisations, "parent", "parent_vendor")
    is_own = F.col("child_vendor").eqNullSafe(F.col("parent_vendor"))
    of_parent = ends.select("child", "child_vendor", "parent_vendor").distinct()
    counts = {"children": F.lit(1), "own_children": is_own.cast("long"), "models_by_others": (~is_own).cast("long")}
    yield of_parent.select(F.col("parent_vendor").alias("vendor"), *[value.alias(name) for name, value in counts.items()])
    of_child = ends.where(~is_own).select("child", F.col("child_vendor").alias("vendor")).distinct()
    yield of_child.select("vendor", F.lit(1).alias("models_from_others"))


def _ecosystem(model_lineage: DataFrame, organisations: DataFrame) -> DataFrame:
    """(vendor, ecosystem): only models with several roots may be in several families of one vendor, so only they need a distinct."""
    members = model_lineage.where("is_root OR generation > 0")
    single = members.where("size(root_ids) = 1").select(F.col("root_ids")[0].alias("root_id"))
    several = members.where("size(root_ids) > 1").select("model_id", F.explode("root_ids").alias("root_id"))
    of_several = with_vendor(several, organisations, "root_id", "vendor").select("model_id", "vendor").distinct()
    vendors = with_vendor(single, organisations, "root_id", "vendor").select("vendor").unionByName(of_several.select("vendor"))
    return vendors.select("vendor", F.lit(1).alias("ecosystem"))


def _origins(organisations: DataFrame) -> DataFrame:
    """(vendor, kind, country: numbers): the most frequent among the vendor's accounts, the first in the alphabet of equal ones.

    Only a vendor that is an institution has several accounts.
    """
    accounts = organisations.select(F.coalesce("institution", "namespace").alias("vendor"), "kind", "country")
    institutions = _institutions(organisations)
    modes = (F.mode("kind", deterministic=True).alias("kind"), F.mode("country", deterministic=True).alias("country"))
    several = accounts.join(F.broadcast(institutions), "vendor", how="left_semi").groupBy("vendor").agg(*modes)
    origins = several.unionByName(accounts.join(F.broadcast(institutions), "vendor", how="left_anti"))
    kind = F.array_position(F.array(*map(F.lit, ORGANISATION_KINDS)), F.col("kind")).alias("kind")
    country = F.ascii("country") * LETTER + F.ascii(F.substring("country", 2, 1))
    return origins.select("vendor", kind, country.alias("country"))


JOB = Job(
    reads=(
        *(RELEASE_CADENCE, VENDOR_SERIES, MODEL_SERIES, MODELS, MODEL_LICENSES, LICENSE_CATALOGUE),
        *(LINEAGE_EDGES, MODEL_LINEAGE, ORGANISATIONS),
    ),
    writes=VENDOR_PROFILE,
    transform=transform,
)
