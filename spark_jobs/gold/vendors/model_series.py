"""Who released each model when, in which series, and from which series does it descend?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.curated import curated
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.vendors import MODEL_SERIES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ORGANISATIONS
from hublake.lake.schema.silver.vendors import MODEL_NAMES
from hublake.rules.vendors.model_names import parse_model_name
from hublake.rules.vendors.release_cadence import WITHHELD_DAYS
from hublake.spark_jobs.dataframes.array_columns import no_text
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation
from hublake.spark_jobs.steps.vendors import with_vendor


def transform(
    models: DataFrame, model_names: DataFrame, lineage_edges: DataFrame, model_lineage: DataFrame, organisations: DataFrame
) -> DataFrame:
    """One row per model.

    A pattern finds a series in nearly any name. A model that was quantised from another vendor's, or has the series of a parent of
    another vendor in its name, has no series of its own. Cost: four joins on the hashes of names, of
    all models or of all edges.
    """
    names = model_names.select(
        "model_id",
        "brand",
        "series",
        "is_vendor_own",
        (F.col("is_quantised") | F.col("repackager_mark").isNotNull()).alias("is_copy_by_name"),
        (F.col("method") == "pattern").alias("is_pattern"),
        "origin_in_name",
        F.coalesce("origin_in_name", "series").alias("root_series"),
    )
    dates = models.select("model_id", F.when(~F.col("is_created_at_floor"), F.col("created_at")).alias("created_at"))
    named, parents = join_by_hash(dates, names, how="inner"), _parents(lineage_edges, model_names, organisations)
    described = (
        with_vendor(join_by_hash(named, parents, _roots(model_lineage, names)), organisations, "model_id", "vendor")
        .join(F.broadcast(_curated_dates(models)), "model_id", how="left")
        .join(F.broadcast(_curated_dates_of_series(models, organisations)), ["vendor", "series"], how="left")
    )
    is_quantised_edge = F.coalesce("is_quantised_edge", F.lit(False))
    is_named_after_parent = F.coalesce("is_quantised_from_other", F.lit(False)) | F.coalesce(
        F.array_contains("other_parents", F.col("series")), F.lit(False)
    )
    is_own = F.col("is_vendor_own") & ~(F.col("is_pattern") & is_named_after_parent)
    withheld = F.make_interval(days=F.lit(WITHHELD_DAYS))
    public_at = F.coalesce("curated_at", _first_between(F.to_date("created_at"), F.to_date(F.col("created_at") + withheld)))
    own = described.withColumns(
        {
            "is_copy": F.col("is_copy_by_name") | is_quantised_edge,
            "released_at": F.coalesce(public_at, "created_at"),
            "has_curated_date": public_at.isNotNull(),
            "brand": F.when(is_own, F.col("brand")),
            "series": F.when(is_own, F.col("series")),
        }
    )
    has_roots = F.size(F.coalesce("roots", no_text())) > 0
    has_name, has_series = F.col("origin_in_name").isNotNull(), F.col("series").isNotNull()
    origin = F.when(has_roots, F.col("roots")).when(has_name, F.array("origin_in_name")).when(has_series, F.array("series"))
    origin_source = F.when(has_roots, "lineage").when(has_name, "name").when(has_series, "own").otherwise("none")
    extends_own_series = F.when(has_series, F.array_contains("own_parents", F.col("series"))).otherwise(F.size("own_parents") > 0)
    return own.select(
        "model_id",
        "vendor",
        "brand",
        "series",
        "created_at",
        "released_at",
        "has_curated_date",
        "is_copy",
        (~F.col("is_copy") & ~F.coalesce(extends_own_series, F.lit(False))).alias("is_release"),
        F.coalesce(origin, no_text()).alias("origin_series"),
        origin_source.alias("origin_source"),
    )


def _parents(lineage_edges: DataFrame, model_names: DataFrame, organisations: DataFrame) -> DataFrame:
    """(HASH, is_quantised_edge, is_quantised_from_other, own_parents, other_parents): the series of its vendor's and others' parents.

    In own_parents, the series of a parent without one is ''.
    """
    edges = lineage_edges.where("NOT is_self_loop").select("child_id", "parent_id", "relation", is_derivation().alias("is_listed"))
    vendors = with_vendor(with_vendor(edges, organisations, "child_id", "child_vendor"), organisations, "parent_id", "parent_vendor")
    own_names = at_ends(model_names.where("is_vendor_own").select("model_id", "series"), edges, ["parent_id"])
    series = own_names.select(F.col("model_id").alias("parent_id"), F.col("series").alias("parent_series"))
    is_quantised = F.col("relation") == "quantized"
    is_same_vendor = F.col("child_vendor") == F.col("parent_vendor")
    own_parent = F.when(is_same_vendor & F.col("is_listed"), F.coalesce("parent_series", F.lit("")))
    return (
        join_by_hash(vendors, series, name="parent_id")
        .groupBy(name_hash("child_id"))
        .agg(
            F.max(is_quantised).alias("is_quantised_edge"),
            F.max(is_quantised & ~F.coalesce(is_same_vendor, F.lit(False))).alias("is_quantised_from_other"),
            F.collect_set(own_parent).alias("own_parents"),
            F.collect_set(F.when(~is_same_vendor, F.col("parent_series"))).alias("other_parents"),
        )
    )


def _roots(model_lineage: DataFrame, names: DataFrame) -> DataFrame:
    """(HASH, roots: distinct series of the topmost ancestors), for models that descend from others."""
    descended = model_lineage.where("generation > 0").select("model_id", F.explode("root_ids").alias("root_id"))
    roots = at_ends(names, descended, ["root_id"]).select(F.col("model_id").alias("root_id"), "root_series")
    return (
        join_by_hash(descended, roots, how="inner", name="root_id")
        .groupBy(name_hash())
        .agg(F.array_sort(F.collect_set("root_series")).alias("roots"))
    )


def _first_between(first: Column, last: Column) -> Column:
    """The first curated day of the series in a period; null if there is none."""
    return F.array_min(F.filter("series_days", lambda day: day.between(first, last))).cast("timestamp")


def _curated_dates(models: DataFrame) -> DataFrame:
    """(model_id, curated_at) from conf/release_dates.csv."""
    rows = [(row["model_id"], row["release_date"]) for row in curated("release_dates")]
    return models.sparkSession.createDataFrame(rows, "model_id string, day string").select(
        "model_id", F.to_timestamp("day").alias("curated_at")
    )


def _curated_dates_of_series(models: DataFrame, organisations: DataFrame) -> DataFrame:
    """(vendor, series, series_days) from conf/release_dates.csv, for the other models of the same series."""
    rows = [(row["model_id"], parse_model_name(row["model_id"]).series, row["release_date"]) for row in curated("release_dates")]
    dated = models.sparkSession.createDataFrame(rows, "model_id string, series string, day string").where("series IS NOT NULL")
    of_vendor = with_vendor(dated, organisations, "model_id", "vendor")
    return of_vendor.groupBy("vendor", "series").agg(F.collect_set(F.to_date("day")).alias("series_days"))


JOB = Job(reads=(MODELS, MODEL_NAMES, LINEAGE_EDGES, MODEL_LINEAGE, ORGANISATIONS), writes=MODEL_SERIES, transform=transform)
