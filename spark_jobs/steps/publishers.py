"""The publisher of each model: the name before the slash, and for canonical models that of the organisation that has them since."""

from itertools import chain

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.rules.lineage.canonical_names import canonical_owners
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint

INTERNATIONAL, PERSON, UNKNOWN = "international", "person", "unknown"


def with_publisher(models: DataFrame) -> DataFrame:
    """`models` with the column `publisher`, null for names without a slash that are not the Hub's canonical ones."""
    return models.withColumn("publisher", F.coalesce("author", _owner_of_canonical()))


def with_origins(owned: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """One row per model and root: the columns of `owned`, of which `owner` says whose the model is, and `origin`, `roots`, `is_first`.

    `origin` is the owner of the root, `roots` their number; one row of a model is the first. Cost: models that derive from another, perhaps
    a quarter, are joined with their roots; hashes of their names, which are broadcast, find the others.
    """
    derived = model_lineage.where("size(root_ids) > 1 OR root_ids[0] <> model_id").select("model_id", "root_ids")
    hashes = F.broadcast(derived.select(F.xxhash64("model_id").alias("hash")))
    hashed = owned.withColumn("hash", F.xxhash64("model_id"))
    alone = hashed.join(hashes, "hash", how="left_anti").drop("hash")
    may_derive = hashed.join(hashes, "hash", how="left_semi").drop("hash")
    root_ids = F.coalesce("root_ids", F.array("model_id"))
    exploded = may_derive.join(derived, "model_id", how="left").select(
        *owned.columns, F.size(root_ids).alias("roots"), F.posexplode(root_ids).alias("position", "root_id")
    )
    rows = lazy_checkpoint(exploded.withColumn("is_first", F.col("position") == 0).drop("position"))
    is_own = F.col("root_id") == F.col("model_id")
    of_others = rows.where(~is_own)
    named = of_others.select(F.col("root_id").alias("model_id")).distinct()
    roots = owned.join(F.broadcast(named), "model_id", how="left_semi").select(
        F.col("model_id").alias("root_id"), F.col("owner").alias("origin")
    )
    own = rows.where(is_own).withColumn("origin", F.col("owner"))
    derivatives = own.unionByName(of_others.join(F.broadcast(roots), "root_id", how="left")).drop("root_id")
    return alone.withColumns({"roots": F.lit(1), "is_first": F.lit(True), "origin": F.col("owner")}).unionByName(derivatives)


def country_or_reason() -> Column:
    """The country of a row of silver.organisations, else `international`, `person` or `unknown`; also for no row."""
    reason = F.when(F.col("country_reason").isin(INTERNATIONAL, PERSON), F.col("country_reason"))
    return F.coalesce("country", reason, F.lit(UNKNOWN))


def _owner_of_canonical() -> Column:
    pairs = chain.from_iterable(canonical_owners().items())
    return F.create_map(*map(F.lit, pairs))[F.lower("model_id")]
