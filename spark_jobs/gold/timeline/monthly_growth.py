"""How many models, authors and derivations are new in each month, and how many models were removed?"""

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.enums import RELATIONS
from hublake.lake.schema.gold.timeline import MONTHLY_GROWTH
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import is_derivation, is_guess
from hublake.spark_jobs.steps.license_classes import license_classes
from hublake.spark_jobs.steps.listed_items import without_opted_out
from hublake.spark_jobs.steps.observation import observed_until
from hublake.spark_jobs.steps.strata import size_class

KEY = ("month", "stratum")
EDGES = tuple(f"edges_{name}" for name in RELATIONS)
COUNTS = ("new_models", "new_organisation_models", "new_authors", *EDGES)
FACETS = ("month", "kind", "size", "license_class")
AUTHOR_KIND = "author_kind:"


def transform(
    models: DataFrame,
    lineage_edges: DataFrame,
    model_history: DataFrame,
    accounts: DataFrame,
    model_licenses: DataFrame,
    license_catalogue: DataFrame,
    *,
    day: date,
) -> DataFrame:
    """One row per month and stratum, from the first month of the stratum to the last of the snapshot; what did not happen is 0.

    Models without a time of creation, or with one after the snapshot, are left out. Models of the floor date are older than all months.
    Cost: three joins of the models, which are then counted by all facets at once; strata are sums of these few counts.
    """
    kinds = F.broadcast(accounts.select(F.col("account").alias("author"), "kind"))
    end = observed_until(models, day)
    licensed = license_classes(model_licenses, license_catalogue)
    edges = _edges_of_models(lineage_edges)
    known = models.crossJoin(F.broadcast(end)).where("created_at <= observed_until")
    joined = known.join(kinds, "author", how="left").join(licensed, "model_id", how="left").join(edges, "model_id", how="left")
    # The month of the floor date is before all others in alphabetical order.
    month = F.when(F.col("is_created_at_floor"), "").otherwise(F.date_format("created_at", "yyyy-MM"))
    facets = {"month": month, "size": size_class(), "license_class": F.coalesce("license_class", F.lit("undeclared"))}
    described = lazy_checkpoint(joined.withColumns(facets).select(*FACETS, "author", *EDGES))
    counted = _new_models(described).join(_new_authors(described), list(KEY), how="full")
    removed = _removed(model_history, kinds)
    last = end.select(F.date_format("observed_until", "yyyy-MM").alias("month")).unionByName(removed.select("month"))
    return _growth(counted, removed, last.agg(F.max("month").alias("last_month")))


def _author_kind() -> Column:
    return F.concat(F.lit(AUTHOR_KIND), F.coalesce("kind", F.lit("unknown")))


def _edges_of_models(lineage_edges: DataFrame) -> DataFrame:
    """(model_id, *EDGES): declared edges from a model to listed ones."""
    declared = lineage_edges.where(is_derivation() & ~is_guess()).groupBy(F.col("child_id").alias("model_id"))
    return declared.agg(*[F.count_if(F.col("relation") == name).alias(column) for name, column in zip(RELATIONS, EDGES, strict=True)])


def _of_facet(name: str) -> Column:
    return F.concat(F.lit(f"{name}:"), F.col(name))


def _new_models(described: DataFrame) -> DataFrame:
    is_organisation = F.count_if(F.col("kind").eqNullSafe("organisation"))
    sums = [F.sum(F.coalesce(name, F.lit(0))).alias(name) for name in EDGES]
    by_facets = described.groupBy(*FACETS).agg(F.count("*").alias("new_models"), is_organisation.alias("new_organisation_models"), *sums)
    strata = F.explode(F.array(F.lit("all"), _author_kind(), _of_facet("size"), _of_facet("license_class")))
    return by_facets.withColumn("stratum", strata).groupBy(*KEY).agg(*[F.sum(name).alias(name) for name in COUNTS if name != "new_authors"])


def _new_authors(described: DataFrame) -> DataFrame:
    """The kind of an author is the same for all of its models, so its first month is, too."""
    by_author = described.where("author IS NOT NULL").groupBy("author", "kind", "size", "license_class").agg(F.min("month").alias("month"))
    strata = F.explode(F.array(F.lit("all"), _of_facet("size"), _of_facet("license_class")))
    first = by_author.withColumn("stratum", strata).groupBy("author", "kind", "stratum").agg(F.min("month").alias("month"))
    counted = first.groupBy("month", "stratum", "kind").agg(F.count("*").alias("new_authors"))
    of_kinds = counted.where("stratum = 'all'").withColumn("stratum", _author_kind())
    return counted.unionByName(of_kinds).groupBy(*KEY).agg(F.sum("new_authors").alias("new_authors"))


def _removed(model_history: DataFrame, kinds: DataFrame) -> DataFrame:
    """(month, stratum, removed): each time that a model was found removed, in the strata that its last state tells."""
    removed = without_opted_out(model_history.where("is_removed"), "model_id").join(kinds, "author", how="left")
    months = removed.select(
        F.date_format("valid_from", "yyyy-MM").alias("month"), F.explode(F.array(F.lit("all"), _author_kind())).alias("stratum")
    )
    return months.groupBy(*KEY).agg(F.count("*").alias("removed"))


def _growth(counted: DataFrame, removed: DataFrame, last: DataFrame) -> DataFrame:
    """One row for each month of a stratum."""
    found = (
        counted.where("month <> ''")
        .select(*KEY)
        .unionByName(removed.select(*KEY))
        .groupBy("stratum")
        .agg(F.min("month").alias("first_month"))
    )
    first, last_month = (F.to_date(name, "yyyy-MM") for name in ("first_month", "last_month"))
    months = F.transform(F.sequence(first, last_month, F.expr("INTERVAL 1 MONTH")), lambda day: F.date_format(day, "yyyy-MM"))
    calendar = found.crossJoin(F.broadcast(last)).select("stratum", F.explode(months).alias("month"))
    old = counted.where("month = ''").select("stratum", F.col("new_models").alias("old_models"))
    rows = (
        calendar.join(counted, list(KEY), how="left")
        .join(removed, list(KEY), how="left")
        .join(old, "stratum", how="left")
        .fillna(0, [*COUNTS, "old_models"])
    )
    so_far = Window.partitionBy("stratum").orderBy("month").rowsBetween(Window.unboundedPreceding, Window.currentRow)
    cumulative = F.col("old_models") + F.sum("new_models").over(so_far)
    is_assigned = (F.col("stratum") == "all") | F.col("stratum").startswith(AUTHOR_KIND)
    return rows.withColumn("cumulative", cumulative).select(
        *KEY,
        *COUNTS,
        F.when(is_assigned, F.coalesce("removed", F.lit(0))).alias("removed"),
        "cumulative",
        F.when(F.col("cumulative") > 0, F.col("new_models") / F.col("cumulative")).alias("growth_share"),
    )


JOB = Job(
    reads=(MODELS, LINEAGE_EDGES, MODEL_HISTORY, ACCOUNTS, MODEL_LICENSES, LICENSE_CATALOGUE),
    takes_day=True,
    writes=MONTHLY_GROWTH,
    transform=transform,
)
