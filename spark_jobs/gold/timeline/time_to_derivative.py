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

KINDS = tuple(product(("any", *RELATIONS), DERIVED_BY))  # (relation, derived_by); the first is any and any, which every model has
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

    Cost: no shuffle of all models. What licences and edges say is broadcast as three numbers for each model of which they say anything,
    perhaps half. Models with a derivative, perhaps a tenth, are joined with their derivatives; only then do the rows of KINDS come into
    being. Edges are joined with the models at their ends and aggregated by kind of edge first, so that the aggregates of all KINDS read
    few rows.
    """
    removed = removed_models(model_history, models)
    population = _population(models, removed, observed_until(models, day))
    facts = _facts(model_licenses, removed, license_catalogue, lineage_edges)
    described = _described(population, accounts).withColumn(HASH, name_hash()).join(F.broadcast(facts), HASH, how="left")
    first = lazy_checkpoint(_first_derivatives(population, lineage_edges))
    parents = F.broadcast(first.select(HASH))
    derived_from = described.join(parents, HASH, how="left_semi").join(first, HASH)
    every = F.explode(F.array(*map(F.lit, range(len(KINDS))))).alias("kind")
    with_derivatives = derived_from.select("*", every).withColumn("found", F.try_element_at("kinds", "kind")).drop("kinds")
    others = described.join(parents, HASH, how="left_anti").withColumn("kind", F.lit(0))
    return with_derivatives.unionByName(others, allowMissingColumns=True).select(*_columns())


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


def _first_derivatives(population: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(HASH, kinds: place in KINDS -> (seconds, child_id, seconds_with_guesses, older)) of the models with a derivative.

    Relations are numbers, which Spark sorts faster than texts.
    """
    edges = lineage_edges.where(~F.col("is_self_loop") & ~F.col("is_cycle")).select(
        "child_id", "parent_id", "relation", is_guess().alias("is_guess")
    )
    ends = lazy_checkpoint(at_ends(population, edges).select(name_hash(), "created_at", "until", "exclusion", "removed_at"))
    children = ends.where("removed_at IS NULL").select(HASH, F.col("created_at").alias("child_at"))
    parents = ends.where("exclusion IS NULL").select(HASH, "created_at", "until")
    of_parents = join_by_hash(edges, parents, how="inner", name="parent_id")
    is_other = ~author_of("child_id").eqNullSafe(author_of("parent_id"))
    by_other, by_own = (F.lit(DERIVED_BY.index(name)) for name in ("others", "own"))
    came = (
        join_by_hash(of_parents, children, how="inner", name="child_id")
        .where(F.col("child_at") <= F.col("until"))
        .select(
            name_hash("parent_id"),
            *("child_id", "is_guess"),
            F.array_position(F.array(*map(F.lit, RELATIONS)), F.col("relation")).cast("int").alias("relation"),
            F.when(is_other, by_other).otherwise(by_own).alias("derived_by"),
            (F.unix_timestamp("child_at") - F.unix_timestamp("created_at")).alias("seconds"),
        )
    )
    is_after, is_declared = F.col("seconds") >= 0, ~F.col("is_guess")
    by_kind = came.groupBy(HASH, "relation", "derived_by").agg(
        F.min(F.when(is_after & is_declared, F.struct("seconds", "child_id"))).alias("first"),
        F.min(F.when(is_after, F.col("seconds"))).alias("with_guesses"),
        F.count_if(~is_after & is_declared).alias("older"),
    )
    kinds = product((F.col("relation"), F.lit(0)), (F.col("derived_by"), F.lit(0)))
    numbers = [relation * len(DERIVED_BY) + derived_by for relation, derived_by in kinds]
    of_kind = by_kind.select(HASH, "first", "with_guesses", "older", F.explode(F.array(*numbers)).alias("kind"))
    found = of_kind.groupBy(HASH, "kind").agg(
        F.min("first").alias("first"), F.min("with_guesses").alias("seconds_with_guesses"), F.sum("older").alias("older")
    )
    entry = F.struct("kind", F.struct("first.seconds", "first.child_id", "seconds_with_guesses", "older"))
    return found.groupBy(HASH).agg(F.map_from_entries(F.collect_list(entry)).alias("kinds"))


def _names_of_kind() -> list[Column]:
    relations, derived_by = (F.array(*map(F.lit, names))[F.col("kind")] for names in zip(*KINDS, strict=True))
    return [relations.alias("relation"), derived_by.alias("derived_by")]


def _columns() -> list[Column]:
    is_in = F.col("exclusion").isNull()
    days, days_with_guesses = (F.col(f"found.{name}") / SECONDS_PER_DAY for name in ("seconds", "seconds_with_guesses"))
    is_censored = is_in & F.col("found.seconds").isNull()
    end = F.when(F.col("removed_at").isNotNull(), "removal").otherwise("snapshot")
    return [
        F.col("model_id"),
        *_names_of_kind(),
        days.alias("days"),
        is_censored.alias("is_censored"),
        F.when(is_censored, end).alias("censored_by"),
        F.when(is_in, days_between("created_at", "until")).alias("observed_days"),
        F.col("found.child_id").alias("first_child_id"),
        days_with_guesses.alias("days_with_guesses"),
        F.coalesce("found.older", F.lit(0)).alias("older_derivatives"),
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
