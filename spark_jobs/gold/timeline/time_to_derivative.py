"""How long does it take until somebody derives from a model, and which models has nobody derived from yet?"""

from datetime import date
from itertools import product

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import DERIVED_BY, RELATIONS
from hublake.lake.schema.gold.timeline import TIME_TO_DERIVATIVE
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.rules.timeline.grouped_tables import SECONDS_PER_DAY
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import is_guess
from hublake.spark_jobs.steps.license_classes import license_classes
from hublake.spark_jobs.steps.observation import days_between, observed_until
from hublake.spark_jobs.steps.removed_models import removed_models
from hublake.spark_jobs.steps.strata import size_class, with_strata

KINDS = (("any", "any"), *(kind for kind in product(("any", *RELATIONS), DERIVED_BY) if kind != ("any", "any")))  # (relation, derived_by)
NOTABLE_LIKES = 10
POPULARITY = "popularity:"


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
    """A row for each relation and derived_by for models with a derivative, one row for all others, as Survival analysis needs both.

    Left out of the derivatives: self-loops, edges on cycles, what was created before the model (counted) or after its observation. Removed
    models take part until the day on which they were found missing, with the derivatives that still name them. A model with the Hub's floor
    date, or without a possible date, has one row with the reason in `exclusion`.

    Cost: two joins of the edges with the models, one aggregation of the edges, three joins of the models.
    """
    removed = removed_models(model_history).join(models.select("model_id"), "model_id", how="left_anti")
    population = _population(models, removed, day)
    declared = model_licenses.select("model_id", "comparable_license")
    last_declared = removed.select("model_id", F.explode("licenses").alias("comparable_license"))
    licensed = license_classes(declared.unionByName(last_declared), license_catalogue)
    described = _described(population, accounts, lineage_edges).join(licensed, "model_id", how="left")
    first = _first_derivatives(population, models, lineage_edges)
    joined = described.join(first, "model_id", how="left")
    nothing = F.array(_found(*KINDS[0], *[F.lit(None).cast(kind) for kind in ("long", "string", "long", "long")]))
    rows = joined.withColumn("found", F.explode(F.when(F.col("exclusion").isNull(), F.coalesce("kinds", nothing)).otherwise(nothing)))
    return rows.select(*_columns())


def _population(models: DataFrame, removed: DataFrame, day: date) -> DataFrame:
    """Listed and removed models, with `until`, the end of their observation, and the reason why one is left out."""
    columns = ("model_id", "author", "created_at", "is_created_at_floor", "likes", "downloads_30d", "parameters", "removed_at")
    listed = models.withColumn("removed_at", F.lit(None).cast("timestamp")).select(*columns)
    everything = listed.unionByName(removed.drop("licenses"), allowMissingColumns=True).crossJoin(F.broadcast(observed_until(models, day)))
    is_within = F.coalesce(F.col("created_at") <= F.col("until"), F.lit(False))
    exclusion = F.when(F.col("is_created_at_floor"), "floor").when(~is_within, "unknown_date")
    return everything.withColumn("until", F.coalesce("removed_at", "observed_until")).withColumn("exclusion", exclusion)


def _described(population: DataFrame, accounts: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """The models with the groups that they belong to, but for the licence."""
    quartile = F.get(F.filter("strata", lambda name: name.startswith(POPULARITY)), F.lit(0))
    children = lineage_edges.where(~F.col("is_self_loop") & ~is_guess()).select(F.col("child_id").alias("model_id")).distinct()
    return (
        with_strata(population, accounts)
        .join(children.withColumn("has_parent", F.lit(True)), "model_id", how="left")
        .select(
            *("model_id", "created_at", "removed_at", "until", "exclusion", F.col("kind").alias("author_kind")),
            size_class().alias("size_class"),
            F.substring(quartile, len(POPULARITY) + 1, 100).alias("popularity"),
            F.col("has_parent").isNull().alias("is_root"),
            (F.coalesce("likes", F.lit(0)) >= NOTABLE_LIKES).alias("is_notable"),
        )
    )


def _first_derivatives(population: DataFrame, models: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(model_id, kinds: one struct of `_found` for each of KINDS) of the models with a derivative of any kind."""
    children = models.select(
        F.col("model_id").alias("child_id"), F.col("author").alias("child_author"), F.col("created_at").alias("child_at")
    )
    parents = population.where("exclusion IS NULL").select(F.col("model_id").alias("parent_id"), "author", "created_at", "until")
    is_other = ~F.coalesce("child_author", F.lit("")).eqNullSafe(F.coalesce("author", F.lit("")))
    edges = (
        lineage_edges.where(~F.col("is_self_loop") & ~F.col("is_cycle"))
        .select("child_id", "parent_id", "relation", is_guess().alias("is_guess"))
        .join(children, "child_id", how="inner")
        .join(parents, "parent_id", how="inner")
        .where(F.col("child_at") <= F.col("until"))
        .select(
            *("parent_id", "child_id", "relation", "is_guess"),
            F.when(is_other, "others").otherwise("own").alias("derived_by"),
            (F.unix_timestamp("child_at") - F.unix_timestamp("created_at")).alias("seconds"),
        )
    )
    kinds = F.array(*[_first_of_kind(relation, derived_by) for relation, derived_by in KINDS])
    return edges.groupBy(F.col("parent_id").alias("model_id")).agg(kinds.alias("kinds"))


def _first_of_kind(relation: str, derived_by: str) -> Column:
    is_kind = (F.lit(relation == "any") | (F.col("relation") == relation)) & (
        F.lit(derived_by == "any") | (F.col("derived_by") == derived_by)
    )
    is_after, is_declared = F.col("seconds") >= 0, ~F.col("is_guess")
    first = F.min(F.when(is_kind & is_after & is_declared, F.struct("seconds", "child_id")))
    with_guesses = F.min(F.when(is_kind & is_after, F.col("seconds")))
    older = F.count_if(is_kind & ~is_after & is_declared)
    return _found(relation, derived_by, first["seconds"], first["child_id"], with_guesses, older)


def _found(relation: str, derived_by: str, seconds: Column, child_id: Column, seconds_with_guesses: Column, older: Column) -> Column:
    columns = {"relation": F.lit(relation), "derived_by": F.lit(derived_by), "seconds": seconds, "child_id": child_id}
    columns |= {"seconds_with_guesses": seconds_with_guesses, "older": older}
    return F.struct(*[column.alias(name) for name, column in columns.items()])


def _columns() -> list[Column]:
    is_in = F.col("exclusion").isNull()
    days, days_with_guesses = (F.col(f"found.{name}") / SECONDS_PER_DAY for name in ("seconds", "seconds_with_guesses"))
    is_censored = is_in & F.col("found.seconds").isNull()
    end = F.when(F.col("removed_at").isNotNull(), "removal").otherwise("snapshot")
    return [
        F.col("model_id"),
        F.col("found.relation").alias("relation"),
        F.col("found.derived_by").alias("derived_by"),
        days.alias("days"),
        is_censored.alias("is_censored"),
        F.when(is_censored, end).alias("censored_by"),
        F.when(is_in, days_between("created_at", "until")).alias("observed_days"),
        F.col("found.child_id").alias("first_child_id"),
        days_with_guesses.alias("days_with_guesses"),
        F.coalesce("found.older", F.lit(0)).alias("older_derivatives"),
        *map(F.col, ("exclusion", "size_class")),
        F.coalesce("license_class", F.lit("undeclared")).alias("license_class"),
        *map(F.col, ("author_kind", "popularity")),
        F.when(is_in, F.date_format("created_at", "yyyy-MM")).alias("created_month"),
        *map(F.col, ("is_root", "is_notable")),
    ]


JOB = Job(
    reads=(MODELS, LINEAGE_EDGES, MODEL_HISTORY, ACCOUNTS, MODEL_LICENSES, LICENSE_CATALOGUE),
    takes_day=True,
    writes=TIME_TO_DERIVATIVE,
    transform=transform,
)
