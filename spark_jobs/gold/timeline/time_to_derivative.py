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
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_guess
from hublake.spark_jobs.steps.license_classes import declared_families, license_class
from hublake.spark_jobs.steps.observation import days_between, observed_until
from hublake.spark_jobs.steps.removed_models import removed_models
from hublake.spark_jobs.steps.strata import size_class, with_kind_and_quartile
from hublake.spark_jobs.steps.vendors import author_of

KINDS = (("any", "any"), *(kind for kind in product(("any", *RELATIONS), DERIVED_BY) if kind != ("any", "any")))  # (relation, derived_by)
NOTABLE_LIKES = 10


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

    Cost: the models are shuffled once, for the joins with what their licences and edges say. Edges are joined with the models at their
    ends and aggregated by kind of edge first, so that the aggregates of all KINDS read few rows.
    """
    removed = removed_models(model_history, models)
    population = _population(models, removed, observed_until(models, day))
    facts = _facts(model_licenses, removed, license_catalogue, lineage_edges)
    first = _first_derivatives(population, models, lineage_edges)
    return join_by_hash(_described(population, accounts), facts, first).select(*_columns())


def _population(models: DataFrame, removed: DataFrame, observed: Column) -> DataFrame:
    """Listed and removed models, with `until`, the end of their observation, and the reason why one is left out."""
    columns = ("model_id", "author", "created_at", "is_created_at_floor", "likes", "downloads_30d", "parameters", "removed_at")
    listed = models.withColumn("removed_at", F.lit(None).cast("timestamp")).select(*columns)
    everything = listed.unionByName(removed.drop("licenses"), allowMissingColumns=True)
    is_within = F.coalesce(F.col("created_at") <= F.coalesce("removed_at", observed), F.lit(False))
    exclusion = F.when(F.col("is_created_at_floor"), "floor").when(~is_within, "unknown_date")
    return everything.withColumn("until", F.coalesce("removed_at", observed)).withColumn("exclusion", exclusion)


def _described(population: DataFrame, accounts: DataFrame) -> DataFrame:
    """The models with the groups that their listing shows."""
    return with_kind_and_quartile(population, accounts).select(
        *("model_id", "created_at", "removed_at", "until", "exclusion", F.col("kind").alias("author_kind")),
        size_class().alias("size_class"),
        F.col("quartile").alias("popularity"),
        (F.coalesce("likes", F.lit(0)) >= NOTABLE_LIKES).alias("is_notable"),
    )


def _facts(model_licenses: DataFrame, removed: DataFrame, license_catalogue: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(HASH, lowest, highest: families of the licences, has_parent) of models that declare either."""
    declared = model_licenses.select("model_id", "comparable_license")
    last_declared = removed.select("model_id", F.explode("licenses").alias("comparable_license"))
    licensed = declared_families(declared.unionByName(last_declared), license_catalogue)
    children = lineage_edges.where(~F.col("is_self_loop") & ~is_guess()).select(F.col("child_id").alias("model_id"))
    both = licensed.unionByName(children.withColumn("has_parent", F.lit(True)), allowMissingColumns=True)
    return both.groupBy(name_hash()).agg(
        F.min("family").alias("lowest"), F.max("family").alias("highest"), F.max("has_parent").alias("has_parent")
    )


def _first_derivatives(population: DataFrame, models: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(HASH, relation, derived_by, seconds, child_id, seconds_with_guesses, older), for models with a derivative, of each of KINDS."""
    edges = lineage_edges.where(~F.col("is_self_loop") & ~F.col("is_cycle")).select(
        "child_id", "parent_id", "relation", is_guess().alias("is_guess")
    )
    children = at_ends(models, edges, ["child_id"]).select(name_hash(), F.col("created_at").alias("child_at"))
    parents = at_ends(population.where("exclusion IS NULL"), edges, ["parent_id"]).select(name_hash(), "created_at", "until")
    of_parents = join_by_hash(edges, parents, how="inner", name="parent_id")
    is_other = ~author_of("child_id").eqNullSafe(author_of("parent_id"))
    came = (
        join_by_hash(of_parents, children, how="inner", name="child_id")
        .where(F.col("child_at") <= F.col("until"))
        .select(
            name_hash("parent_id"),
            *("child_id", "relation", "is_guess"),
            F.when(is_other, "others").otherwise("own").alias("derived_by"),
            (F.unix_timestamp("child_at") - F.unix_timestamp("created_at")).alias("seconds"),
        )
    )
    is_after, is_declared = F.col("seconds") >= 0, ~F.col("is_guess")
    by_kind = came.groupBy(HASH, "relation", "derived_by").agg(
        F.min(F.when(is_after & is_declared, F.struct("seconds", "child_id"))).alias("first"),
        F.min(F.when(is_after, F.col("seconds"))).alias("with_guesses"),
        F.count_if(~is_after & is_declared).alias("older"),
    )
    choices = product((F.col("relation"), F.lit("any")), (F.col("derived_by"), F.lit("any")))
    kinds = [F.struct(relation.alias("relation"), derived_by.alias("derived_by")) for relation, derived_by in choices]
    of_kind = by_kind.select(HASH, "first", "with_guesses", "older", F.inline(F.array(*kinds)))
    found = lazy_checkpoint(
        of_kind.groupBy(HASH, "relation", "derived_by").agg(
            F.min("first").alias("first"), F.min("with_guesses").alias("seconds_with_guesses"), F.sum("older").alias("older")
        )
    )
    every = found.where("relation = 'any' AND derived_by = 'any'").select(HASH).crossJoin(F.broadcast(_kinds(models)))
    return every.join(found, [HASH, "relation", "derived_by"], how="left").select(
        *(HASH, "relation", "derived_by", "first.seconds", "first.child_id", "seconds_with_guesses", "older")
    )


def _kinds(models: DataFrame) -> DataFrame:
    return models.sparkSession.createDataFrame(list(KINDS), "relation string, derived_by string")


def _columns() -> list[Column]:
    is_in = F.col("exclusion").isNull()
    days, days_with_guesses = (F.col(name) / SECONDS_PER_DAY for name in ("seconds", "seconds_with_guesses"))
    is_censored = is_in & F.col("seconds").isNull()
    end = F.when(F.col("removed_at").isNotNull(), "removal").otherwise("snapshot")
    return [
        F.col("model_id"),
        *[F.coalesce(name, F.lit("any")).alias(name) for name in ("relation", "derived_by")],
        days.alias("days"),
        is_censored.alias("is_censored"),
        F.when(is_censored, end).alias("censored_by"),
        F.when(is_in, days_between("created_at", "until")).alias("observed_days"),
        F.col("child_id").alias("first_child_id"),
        days_with_guesses.alias("days_with_guesses"),
        F.coalesce("older", F.lit(0)).alias("older_derivatives"),
        *map(F.col, ("exclusion", "size_class")),
        license_class("lowest", "highest").alias("license_class"),
        *map(F.col, ("author_kind", "popularity")),
        F.when(is_in, F.date_format("created_at", "yyyy-MM")).alias("created_month"),
        F.col("has_parent").isNull().alias("is_root"),
        F.col("is_notable"),
    ]


JOB = Job(
    reads=(MODELS, LINEAGE_EDGES, MODEL_HISTORY, ACCOUNTS, MODEL_LICENSES, LICENSE_CATALOGUE),
    takes_day=True,
    writes=TIME_TO_DERIVATIVE,
    transform=transform,
)
