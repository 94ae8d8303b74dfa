"""The publisher of each model: the name before the slash, and for canonical models that of the organisation that has them since."""

from itertools import chain

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.rules.lineage.canonical_names import canonical_owners
from hublake.spark_jobs.dataframes.hash_joins import HASH, name_hash
from hublake.spark_jobs.steps.vendors import author_of

INTERNATIONAL, PERSON, UNKNOWN = "international", "person", "unknown"
NO_COUNTRY = (INTERNATIONAL, PERSON, UNKNOWN)
COUNTRY = "country:"


def with_publisher(models: DataFrame) -> DataFrame:
    """`models` with the column `publisher`, null for names without a slash that are not the Hub's canonical ones."""
    return models.withColumn("publisher", publisher_of("model_id"))


def publisher_of(model_id: str) -> Column:
    """The publisher that the name of a model shows."""
    return F.coalesce(author_of(model_id), _owner_of_canonical(model_id))


def origins_of_derived(model_lineage: DataFrame) -> DataFrame:
    """(model_id, publisher of a root, roots: their number, is_first), a row for each root of the models that derive from another."""
    derived = model_lineage.where("size(root_ids) > 1 OR root_ids[0] <> model_id")
    exploded = derived.select("model_id", F.size("root_ids").alias("roots"), F.posexplode("root_ids").alias("position", "root_id"))
    return exploded.select("model_id", publisher_of("root_id").alias("publisher"), "roots", (F.col("position") == 0).alias("is_first"))


def with_origins(owned: DataFrame, owners: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """One row per model and root: the columns of `owned`, of which `owner` says whose the model is, and `origin`, `roots`, `is_first`.

    `owners`: (publisher, owner). `origin` is the owner of the root, `roots` their number; one row of a model is the first. Cost: a
    broadcast of the models that derive from another, perhaps a quarter, by the hash of their names. A hash that two models share is to be
    expected once in some million builds of the Hub's size, and the gate of gold.country_share detects it.
    """
    named = origins_of_derived(model_lineage).join(F.broadcast(owners), "publisher", how="left")
    origins = named.select(name_hash(), "roots", "is_first", F.col("owner").alias("origin"))
    joined = owned.withColumn(HASH, name_hash()).join(F.broadcast(origins), HASH, how="left")
    columns = {
        "origin": F.when(F.col("roots").isNull(), F.col("owner")).otherwise(F.col("origin")),
        "roots": F.coalesce("roots", F.lit(1)),
        "is_first": F.coalesce("is_first", F.lit(True)),
    }
    return joined.select(*owned.columns, *[value.alias(name) for name, value in columns.items()])


def downloads_by_origin(rows: DataFrame, *keys: Column | str) -> DataFrame:
    """(keys, downloads_by_origin) of rows with `downloads` and `roots`: the downloads of a model, divided among its roots.

    Sums are of whole numbers until the last step, so they do not depend on the order.
    """
    by_roots = rows.groupBy(*keys, "roots").agg(F.sum("downloads").alias("sum"))
    parts = F.array_sort(F.collect_list(F.struct("roots", "sum")))
    total = F.aggregate(parts, F.lit(0.0), lambda found, part: found + part["sum"] / part["roots"])
    names = [name for name in by_roots.columns if name not in ("roots", "sum")]
    return by_roots.groupBy(*names).agg(total.alias("downloads_by_origin"))


def countries_of_publishers(organisations: DataFrame) -> DataFrame:
    """(publisher, country) of the publishers that have a country, or of which is known why they have none."""
    named = organisations.select(F.col("namespace").alias("publisher"), country_or_reason().alias("country"))
    return named.where(F.col("country") != UNKNOWN)


def with_country(models: DataFrame, known: DataFrame) -> DataFrame:
    """`models` with the `country` of the publisher, or `international`, `person` or `unknown`. `known`: `countries_of_publishers`.

    Cost: a broadcast of the known ones, which with all accounts crawled are some hundred thousand.
    """
    joined = with_publisher(models).join(F.broadcast(known), "publisher", how="left")
    return joined.drop("publisher").fillna(UNKNOWN, ["country"])


def country_stratum() -> Column:
    """The stratum of the column `country` of `with_country`."""
    return F.concat(F.lit(COUNTRY), F.col("country"))


def country_coverage(count: str) -> Column:
    """Beside the strata of countries: the part of `count`, summed over all of them, in those of a known country; null beside others.

    Each model is in one stratum of these, so the sum is that of all models.
    """
    is_country = F.col("stratum").startswith(COUNTRY)
    is_known = ~F.col("stratum").isin(*[f"{COUNTRY}{reason}" for reason in NO_COUNTRY])
    together = Window.partitionBy(is_country)
    known = F.sum(F.when(is_known, F.col(count)).otherwise(0)).over(together)
    return F.when(is_country, F.try_divide(known, F.sum(count).over(together)))


def country_or_reason() -> Column:
    """The country of a row of silver.organisations, else `international`, `person` or `unknown`; also for no row."""
    reason = F.when(F.col("country_reason").isin(INTERNATIONAL, PERSON), F.col("country_reason"))
    return F.coalesce("country", reason, F.lit(UNKNOWN))


def _owner_of_canonical(model_id: str) -> Column:
    pairs = chain.from_iterable(canonical_owners().items())
    return F.create_map(*map(F.lit, pairs))[F.lower(model_id)]
