"""The time until which a snapshot shows what happened."""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.rules.timeline.grouped_tables import SECONDS_PER_DAY


def observed_until(models: DataFrame, day: date) -> Column:
    """When the newest listed model was created, but not after the day of the snapshot: a literal, for which one column is read.

    The Hub gets new models every minute, so this is the end of the listing. It is also right for the recorded listing of another year, and
    for one that was limited: what was created later is not in it. Times later than the day after the snapshot are wrong and do not count.
    """
    is_possible = F.col("created_at") < F.lit(day + timedelta(days=2))
    (newest,) = models.agg(F.max(F.when(is_possible, F.unix_micros("created_at"))).alias("micros")).collect()
    return F.timestamp_micros(F.lit(newest["micros"]).cast("long"))


def days_between(begin: str | Column, end: str | Column) -> Column:
    """Days from one time to another with fractions, exact to the second."""
    return (F.unix_timestamp(end) - F.unix_timestamp(begin)) / SECONDS_PER_DAY
