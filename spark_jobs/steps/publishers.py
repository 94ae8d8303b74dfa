"""The publisher of each model: the name before the slash, and for canonical models that of the organisation that has them since."""

from itertools import chain

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.rules.lineage.canonical_names import canonical_owners

INTERNATIONAL, PERSON, UNKNOWN = "international", "person", "unknown"


def with_publisher(models: DataFrame) -> DataFrame:
    """`models` with the column `publisher`, null for names without a slash that are not the Hub's canonical ones."""
    return models.withColumn("publisher", F.coalesce("author", _owner_of_canonical()))


def root_publishers(published: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """(model_id, publisher, roots): the publisher of each root of each model, and the number of roots. `published` has a publisher.

    A model without roots is its own. Cost: one join of all models, and one of those that derive from another.
    """
    is_own = "size(root_ids) = 1 and root_ids[0] = model_id"
    own = model_lineage.where(is_own).select("model_id")
    roots = model_lineage.where(f"not ({is_own})").select(
        "model_id", F.size("root_ids").alias("roots"), F.explode("root_ids").alias("root_id")
    )
    by_name = published.select("model_id", "publisher")
    of_roots = roots.join(by_name.withColumnRenamed("model_id", "root_id"), "root_id", how="left").drop("root_id")
    return by_name.join(own, "model_id", how="left_semi").withColumn("roots", F.lit(1)).unionByName(of_roots)


def country_or_reason() -> Column:
    """The country of a row of silver.organisations, else `international`, `person` or `unknown`; also for no row."""
    reason = F.when(F.col("country_reason").isin(INTERNATIONAL, PERSON), F.col("country_reason"))
    return F.coalesce("country", reason, F.lit(UNKNOWN))


def _owner_of_canonical() -> Column:
    pairs = chain.from_iterable(canonical_owners().items())
    return F.create_map(*map(F.lit, pairs))[F.lower("model_id")]
