"""Which records differ between two snapshots, by the digest that a row keeps of its record."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.columns import RECORD_DIGEST

DIGEST = RECORD_DIGEST.name


def changed_records(records: DataFrame, before: DataFrame) -> DataFrame:
    """(hub_id) of the records (hub_id, record_digest) with another digest than the row of `before`, or which only one of the two has."""
    known = before.select("hub_id", F.col(DIGEST).alias("digest_before"))
    compared = records.where("hub_id IS NOT NULL").join(known, "hub_id", how="full")
    return compared.where(~F.col(DIGEST).eqNullSafe(F.col("digest_before")) | F.col(DIGEST).isNull()).select("hub_id")
