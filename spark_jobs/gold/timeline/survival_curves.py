"""To what share of models, families and peaks has an event not happened after so many days, and how certain is that?"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema

from hublake.lake.schema.gold.timeline import FAMILY_LIFESPANS, POPULARITY_TRENDS, SURVIVAL_CURVES, TIME_TO_DERIVATIVE
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.rules.timeline.life_table import counted_life_table
from hublake.rules.timeline.survival import thinned_curve
from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.dataframes.hash_joins import name_hash
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.gold.timeline.family_lifespans import DEATH, SILENCES
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.removed_models import created_at_of, is_at_floor
from hublake.spark_jobs.steps.survival_groups import ALL, Group, derivative_groups, map_derivatives

DAYS = (1.0, 7.0, 30.0, 90.0, 180.0, 365.0, 730.0)
SCHEMA = spark_schema(SURVIVAL_CURVES, without=("snapshot_date",))
ARROW_SCHEMA = to_arrow_schema(SCHEMA)
NAMES = ("event", "relation", "derived_by", "stratum")
COUNTS = ("events", "censored", "entered")


def transform(
    time_to_derivative: DataFrame,
    family_lifespans: DataFrame,
    popularity_trends: DataFrame,
    model_history: DataFrame,
    *,
    day: date,
) -> DataFrame:
    """Derivatives by relation, derived_by and stratum; the other events for all, removals by year of creation, too.

    A curve with nobody under observation has no row. Cost: one task with a few numbers per model; the other events are counted before.
    """
    derivatives = map_derivatives(time_to_derivative, derivative_rows, SCHEMA)
    counts = _family_deaths(family_lifespans).unionByName(_half_lives(popularity_trends)).unionByName(_removals(model_history, day))
    return derivatives.unionByName(map_table(counts.repartition(1), _counted_rows, SCHEMA))


def _family_deaths(family_lifespans: DataFrame) -> DataFrame:
    """The first silence of 180 days, and of 90 and 365 to show how much the choice matters."""
    parts = [
        family_lifespans.select(
            F.lit("family_death" if days == DEATH else f"family_death_{days}").alias("event"),
            F.lit("others").alias("derived_by"),
            F.lit(ALL).alias("stratum"),
            F.lit(0.0).alias("entry_days"),
            F.col(f"silent_{days}_days").alias("event_days"),
            F.col("observed_days").alias("censored_days"),
            F.lit(1).alias("models"),
        )
        for days in SILENCES
    ]
    return _counted(union_by_name(parts))


def _half_lives(popularity_trends: DataFrame) -> DataFrame:
    peaks = popularity_trends.where("peak_downloads_30d > 0")
    columns = {"event": F.lit("download_half_life"), "derived_by": F.lit("any"), "stratum": F.lit(ALL), "entry_days": F.lit(0.0)}
    days = {"event_days": F.col("half_life_days"), "censored_days": F.col("days_since_peak"), "models": F.lit(1)}
    return _counted(peaks.withColumns(columns | days))


def _removals(model_history: DataFrame, day: date) -> DataFrame:
    """Days from the creation of a model to the first listing without it; before our first listing of it, it was not under observation.

    Cost: one aggregation of the history by the hash of the id. What follows reads the distinct days of creation, first listing and removal.
    """
    created_at = created_at_of("hub_id")
    created = F.when(~is_at_floor(created_at), F.to_date(created_at))
    seen = model_history.groupBy(name_hash("hub_id"), created.alias("created")).agg(
        F.min("valid_from").alias("first_seen"), F.min(F.when(F.col("is_removed"), F.col("valid_from"))).alias("removed_on")
    )
    alike = seen.groupBy("created", "first_seen", "removed_on").agg(F.count("*").alias("models"))
    dated = alike.withColumn("last", F.lit(day))
    days = {
        "event_days": F.date_diff("removed_on", "created"),
        "censored_days": F.date_diff("last", "created"),
        "entry_days": F.date_diff("first_seen", "created"),
    }
    year = F.concat(F.lit("year:"), F.year("created"))
    columns = days | {"event": F.lit("removal"), "derived_by": F.lit("any"), "stratum": F.explode(F.array(F.lit(ALL), year))}
    known = dated.withColumns(columns)
    is_observed = (F.col("entry_days") >= 0) & (F.col("entry_days") < F.coalesce("event_days", "censored_days"))
    return _counted(known.where(is_observed))


def _counted(individuals: DataFrame) -> DataFrame:
    """(event, by, stratum, days, *COUNTS) from entry_days, censored_days, event_days or null, and the number of such `models`."""
    is_event = F.col("event_days").isNotNull()
    end = F.struct(F.coalesce("event_days", "censored_days").cast("double").alias("days"), *_marks(is_event, ~is_event, F.lit(False)))
    begin = F.struct(F.col("entry_days").cast("double").alias("days"), *_marks(F.lit(False), F.lit(False), F.lit(True)))
    moments = individuals.select("event", "derived_by", "stratum", "models", F.explode(F.array(end, begin)).alias("moment"))
    counted = moments.select("event", "derived_by", "stratum", "models", "moment.*").groupBy("event", "derived_by", "stratum", "days")
    return counted.agg(*[F.sum(F.when(F.col(name), F.col("models")).otherwise(0)).alias(name) for name in COUNTS])


def _marks(*conditions: Column) -> list[Column]:
    return [condition.alias(name) for name, condition in zip(COUNTS, conditions, strict=True)]


def derivative_rows(observed: pa.Table, happened: pa.Table) -> pa.Table:
    """The curves of all strata. Public for the benchmark that measures it without Spark."""
    return _rows(chain.from_iterable(derivative_groups(observed, happened, DAYS)))


def _counted_rows(counts: pa.Table) -> pa.Table:
    return _rows(_counted_groups(counts))


def _counted_groups(counts: pa.Table) -> Iterator[Group]:
    frame = counts.to_pandas()
    for (event, derived_by, stratum), rows in frame.groupby(["event", "derived_by", "stratum"], sort=True):
        table = counted_life_table(rows["days"].to_numpy(), *(rows[name].to_numpy() for name in COUNTS))
        yield Group(event, "any", derived_by, "", stratum, table)


def _rows(groups: Iterable[Group]) -> pa.Table:
    return pa.concat_tables([ARROW_SCHEMA.empty_table(), *map(_curve_rows, groups)])


def _curve_rows(group: Group) -> pa.Table:
    curve = thinned_curve(group.table, DAYS)
    names = [pa.repeat(pa.scalar(getattr(group, name)), curve.durations.size) for name in NAMES]
    return pa.Table.from_arrays([*names, *map(pa.array, curve)], schema=ARROW_SCHEMA)


JOB = Job(
    reads=(TIME_TO_DERIVATIVE, FAMILY_LIFESPANS, POPULARITY_TRENDS, MODEL_HISTORY),
    takes_day=True,
    writes=SURVIVAL_CURVES,
    transform=transform,
)
