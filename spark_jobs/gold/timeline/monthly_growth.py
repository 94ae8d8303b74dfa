"""How many models, authors and derivations are new in each month, and how many models were removed?"""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.enums import AUTHOR_KINDS, LICENSE_CLASSES, RELATIONS
from hublake.lake.schema.gold.timeline import MONTHLY_GROWTH, TIME_TO_DERIVATIVE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation, is_guess
from hublake.spark_jobs.steps.listed_items import without_opted_out
from hublake.spark_jobs.steps.observation import observed_until
from hublake.spark_jobs.steps.removed_models import removed_models
from hublake.spark_jobs.steps.strata import SIZES
from hublake.spark_jobs.steps.vendors import author_of

KEY = ("month", "stratum")
EDGES = tuple(f"edges_{name}" for name in RELATIONS)
COUNTS = ("new_models", "new_organisation_models", "new_authors", *EDGES)
VALUES = {"author_kind": AUTHOR_KINDS, "size_class": SIZES, "license_class": LICENSE_CLASSES}
FACETS = ("month", *VALUES)
AUTHOR_KIND = "author_kind:"
# The strata of an author whatever its kind: all, and one for each value of two facets, whose numbers count from 1.
PARTS = ("all", *(f"size:{name}" for name in SIZES), *(f"license_class:{name}" for name in LICENSE_CLASSES))
FLOOR = 0  # month of the models of the floor date, before all others; other months are counted from year 0


def transform(
    models: DataFrame,
    time_to_derivative: DataFrame,
    lineage_edges: DataFrame,
    model_history: DataFrame,
    accounts: DataFrame,
    *,
    day: date,
) -> DataFrame:
    """One row per month and stratum, from the first month of the stratum to the last of the snapshot; what did not happen is 0.

    Models without a time of creation, or with one after the snapshot, are left out. Models of the floor date are older than all months.
    Cost: the models, with the groups that gold.time_to_derivative has found, are counted by all facets at once; strata are sums of these
    few counts. The models with a parent are joined with their edges.
    """
    described = _described(time_to_derivative, removed_models(model_history, models))
    counted = _new_models(described, lineage_edges).join(_new_authors(described), list(KEY), how="full")
    removed = _removed(model_history, F.broadcast(accounts.select(F.col("account").alias("author"), "kind")))
    one_row = models.sparkSession.createDataFrame([("",)], "month string")
    until = one_row.select(F.date_format(observed_until(models, day), "yyyy-MM").alias("month"))
    last = until.unionByName(removed.select("month"))
    return _growth(lazy_checkpoint(_with_text_of_month(counted)), removed, last.agg(F.max("month").alias("last_month")))


def _described(time_to_derivative: DataFrame, removed: DataFrame) -> DataFrame:
    """(model_id, *FACETS) of the listed models: months, and places in VALUES from 1, as numbers, which Spark aggregates in hash tables."""
    listed = time_to_derivative.where("relation = 'any' AND derived_by = 'any' AND coalesce(exclusion = 'floor', TRUE)").join(
        F.broadcast(removed.select("model_id")), "model_id", how="left_anti"
    )
    year, month = (F.substring("created_month", *place).cast("int") for place in ((1, 4), (6, 2)))
    number = F.when(F.col("exclusion").isNull(), year * 12 + month - 1).otherwise(FLOOR)
    places = [F.array_position(_texts(values), F.col(name)).cast("int").alias(name) for name, values in VALUES.items()]
    return listed.select("model_id", number.alias("month"), *places)


def _texts(values: Sequence[str]) -> Column:
    return F.array(*map(F.lit, values))


def _with_text_of_month(counted: DataFrame) -> DataFrame:
    year, month = F.floor(F.col("month") / 12), F.col("month") % 12 + 1
    return counted.withColumn("month", F.when(F.col("month") == FLOOR, "").otherwise(F.format_string("%04d-%02d", year, month)))


def _author_kind(kind: Column | str) -> Column:
    return F.concat(F.lit(AUTHOR_KIND), F.coalesce(kind, F.lit("unknown")))


def _kind_stratum() -> Column:
    return _author_kind(F.get(_texts(AUTHOR_KINDS), F.col("author_kind") - 1))


def _parts() -> list[Column]:
    """The places in PARTS of a model."""
    return [F.lit(0), F.col("size_class"), F.col("license_class") + len(SIZES)]


def _part_stratum(place: Column) -> Column:
    return F.get(_texts(PARTS), place)


def _new_models(described: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(*KEY, new_models, new_organisation_models, *EDGES): edges are the declared ones from a new model to listed ones."""
    is_organisation = F.count_if(F.col("author_kind") == AUTHOR_KINDS.index("organisation") + 1)
    models = described.groupBy(*FACETS).agg(F.count("*").alias("new_models"), is_organisation.alias("new_organisation_models"))
    declared = lineage_edges.where(is_derivation() & ~is_guess()).select("child_id", "relation")
    children = at_ends(described, declared, ["child_id"]).withColumnRenamed("model_id", "child_id")
    of_children = join_by_hash(declared, children, how="inner", name="child_id")
    counts = [F.count_if(F.col("relation") == name).alias(column) for name, column in zip(RELATIONS, EDGES, strict=True)]
    edges = of_children.groupBy(*FACETS).agg(*counts)
    both = models.unionByName(edges, allowMissingColumns=True)
    sums = [F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in COUNTS if name != "new_authors"]
    strata = F.array(*map(_part_stratum, _parts()), _kind_stratum())
    return both.withColumn("stratum", F.explode(strata)).groupBy(*KEY).agg(*sums)


def _new_authors(described: DataFrame) -> DataFrame:
    """The kind of an author is the same for all of its models, so its first month is, too."""
    author = author_of("model_id")
    owned = described.where(author.isNotNull()).withColumn("author", F.xxhash64(author))
    by_author = owned.groupBy("author", *VALUES).agg(F.min("month").alias("month"))
    each = by_author.select("author", "author_kind", "month", F.explode(F.array(*_parts())).alias("part"))
    first = each.groupBy("author", "author_kind", "part").agg(F.min("month").alias("month"))
    counted = first.groupBy("month", "part", "author_kind").agg(F.count("*").alias("authors"))
    part = _part_stratum(F.col("part"))
    strata = F.when(F.col("part") == 0, F.array(part, _kind_stratum())).otherwise(F.array(part))
    return counted.withColumn("stratum", F.explode(strata)).groupBy(*KEY).agg(F.sum("authors").alias("new_authors"))


def _removed(model_history: DataFrame, kinds: DataFrame) -> DataFrame:
    """(month, stratum, removed): each time that a model was found removed, in the strata that its last state tells."""
    removed = without_opted_out(model_history.where("is_removed"), "model_id").join(kinds, "author", how="left")
    months = removed.select(
        F.date_format("valid_from", "yyyy-MM").alias("month"), F.explode(F.array(F.lit("all"), _author_kind("kind"))).alias("stratum")
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
    reads=(MODELS, TIME_TO_DERIVATIVE, LINEAGE_EDGES, MODEL_HISTORY, ACCOUNTS),
    takes_day=True,
    writes=MONTHLY_GROWTH,
    transform=transform,
)
