"""How did each model change from crawl to crawl (name, licence, bases, tags, gating), and when was it removed or restored?

The history (SCD2) is a function of all snapshots, independent of the order in which they are merged: consecutive snapshots with equal
values share one row, and where they differ one row ends and the next begins.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS, REPO_CHECKS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.rules.lineage.tags import BASE_MODEL_TAG
from hublake.rules.listings.snapshot_crawls import full_listings
from hublake.spark_jobs.dataframes.array_columns import copy_array, elements_without_prefix, filter_elements, join_elements
from hublake.spark_jobs.dataframes.digests import row_digest
from hublake.spark_jobs.job import IS_DELETED, Job
from hublake.spark_jobs.steps.listed_items import collect_crawl_runs

LICENSE = "license:"
TRACKED = ("model_id", "author", "licenses", "base_models", "tags", "pipeline_tag", "is_gated", "is_disabled")


def transform(
    models: DataFrame,
    listings: DataFrame,
    crawl_runs: DataFrame,
    repo_checks: DataFrame,
    *,
    history: DataFrame,
    days: Sequence[date],
    is_last: bool,
) -> DataFrame:
    """The changes that update the history to the state of `models` on `days`; only models whose state differs are touched.

    A model is removed if a finished full listing lacks it, unless the follow-up checks of that crawl (--full) found that it still exists.
    If a listing was limited, or the item was quarantined, the state is unknown and the previous state continues.

    Cost: one pass over the models on the very first day; later, two passes over the models on `days`. Unless `is_last`, when the history
    contains all earlier states, also all snapshots of the affected models.
    """
    distinct_tags = models.withColumn("tags", F.sort_array(F.array_distinct(copy_array("tags"))))
    present = distinct_tags.withColumn("tags_text", join_elements("tags")).select(
        "hub_id", F.col("snapshot_date").alias("day"), *_tracked()
    )
    on_days = present.where(F.col("day").isin(*days))
    if len(days) == 1 and history.isEmpty():
        return _first_states(on_days)
    listed, full_days = _listed_on_days(listings, crawl_runs, repo_checks)
    affected = _affected(history, on_days, listed, full_days, days).localCheckpoint()
    known = history.join(affected, "hub_id", how="left_semi")
    if is_last:
        previous = known.where(F.col("valid_from") < min(days))
        past_states = previous.select("hub_id", F.col("valid_from").alias("day"), "is_removed", _values())
        listed_states = on_days.join(affected, "hub_id", how="left_semi")
        missing = _missing(affected, listed, full_days.where(F.col("day").isin(*days)))
    else:
        listed_states = present.join(affected, "hub_id", how="left_semi")
        past_states = listed_states.limit(0).select("hub_id", "day", F.lit(False).alias("is_removed"), _values())
        missing = _missing(affected, listed, full_days)
    present_states = listed_states.select("hub_id", "day", F.lit(False).alias("is_removed"), _values())
    removed_states = missing.select("hub_id", "day", F.lit(True).alias("is_removed"))
    states = past_states.unionByName(present_states).unionByName(removed_states, allowMissingColumns=True)
    return _changes(known, _history_rows(states))


def _first_states(states: DataFrame) -> DataFrame:
    """(hub_id, day, *TRACKED) -> the changes that start a history: every model is new."""
    start = {"valid_to": F.lit(None).cast("date"), "is_current": F.lit(True), "is_removed": F.lit(False), "changed": F.array(F.lit("new"))}
    rows = states.withColumnRenamed("day", "valid_from").withColumns(start)
    return rows.select(*MODEL_HISTORY.column_names, F.lit(False).alias(IS_DELETED))


def _listed_on_days(listings: DataFrame, crawl_runs: DataFrame, repo_checks: DataFrame) -> tuple[DataFrame, DataFrame]:
    """(hub_id, day) of the models seen by the full listing of each day; (day) of the full listings that finished."""
    newest = {run.snapshot_date: run for run in full_listings(collect_crawl_runs(crawl_runs), "models")}
    crawls = listings.sparkSession.createDataFrame([(run.crawl_id, day) for day, run in newest.items()], "crawl_id string, day date")
    found = repo_checks.where("repo_type = 'model' AND finding <> 'removed'")
    seen = listings.select("crawl_id", "hub_id").unionByName(found.select("crawl_id", "hub_id")).where("hub_id IS NOT NULL")
    finished = [run.snapshot_date for run in newest.values() if run.outcome == "finished"]
    return seen.join(F.broadcast(crawls), "crawl_id").select("hub_id", "day"), crawls.where(F.col("day").isin(finished)).select("day")


def _tracked() -> list[Column]:
    """The columns TRACKED, from silver.models with sorted distinct tags and these tags joined as `tags_text`."""
    text = F.col("tags_text")
    others = filter_elements("tags", lambda tag: ~tag.startswith(LICENSE) & ~tag.startswith(BASE_MODEL_TAG))
    lists = {
        "licenses": elements_without_prefix("tags", LICENSE, text),
        "base_models": elements_without_prefix("tags", BASE_MODEL_TAG, text),
        "tags": F.when(text.contains(LICENSE) | text.contains(BASE_MODEL_TAG), others).otherwise(F.col("tags")),
    }
    return [lists[name].alias(name) if name in lists else F.col(name) for name in TRACKED]


def _values() -> Column:
    return F.struct(*TRACKED).alias("values")


def _affected(history: DataFrame, on_days: DataFrame, listed: DataFrame, full_days: DataFrame, days: Sequence[date]) -> DataFrame:
    """(hub_id) of every model whose state on one of the days differs from the history."""
    rows = history.withColumn("day", F.explode(F.array(*[F.date_add(F.lit(day), 0) for day in days])))
    is_valid = (F.col("valid_from") <= F.col("day")) & (F.col("valid_to").isNull() | (F.col("day") < F.col("valid_to")))
    recorded = rows.where(is_valid).select("hub_id", "day", "is_removed", "valid_from", row_digest(*TRACKED).alias("recorded_digest"))
    current = on_days.select("hub_id", "day", row_digest(*TRACKED).alias("digest"))
    compared = current.join(recorded, ["hub_id", "day"], how="left")
    differs = F.col("is_removed").isNull() | F.col("is_removed") | (F.col("digest") != F.col("recorded_digest"))
    unseen = recorded.join(current, ["hub_id", "day"], how="left_anti")

    def missing_from_listing(states: DataFrame) -> DataFrame:
        return states.join(full_days, "day", how="left_semi").join(listed, ["hub_id", "day"], how="left_anti")

    removed = missing_from_listing(unseen.where(~F.col("is_removed")))
    # States that begin on a day whose snapshot no longer supports them; removals that the listing of that day still supports are kept.
    begins_unseen = unseen.where(F.col("valid_from") == F.col("day"))
    supported = missing_from_listing(begins_unseen.where("is_removed"))
    unsupported = begins_unseen.join(supported, ["hub_id", "day"], how="left_anti")
    parts = (compared.where(differs), removed, unsupported)
    return reduce(DataFrame.union, [part.select("hub_id") for part in parts]).distinct()


def _missing(affected: DataFrame, listed: DataFrame, full_days: DataFrame) -> DataFrame:
    """(hub_id, day) of each finished full listing that lacks a model."""
    return affected.crossJoin(F.broadcast(full_days)).join(listed, ["hub_id", "day"], how="left_anti")


def _history_rows(states: DataFrame) -> DataFrame:
    """(hub_id, day, is_removed, values) -> rows of the history, one per change of state.

    A removed model keeps its last known values. Removals before a model was first seen are dropped.
    """
    by_day = Window.partitionBy("hub_id").orderBy("day")
    so_far = by_day.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    last_known = F.last(F.when(~F.col("is_removed"), F.col("values")), ignorenulls=True).over(so_far)
    filled = states.withColumn("values", F.coalesce(last_known, "values")).where("values is not null")
    compared = filled.withColumn("previous", F.lag("values").over(by_day)).withColumn("was_removed", F.lag("is_removed").over(by_day))
    is_first = F.col("was_removed").isNull()
    is_removed_or_restored = F.col("is_removed") != F.col("was_removed")
    differs = ~F.col("is_removed") & ~F.col("values").eqNullSafe(F.col("previous"))
    kept = compared.where((is_first & ~F.col("is_removed")) | is_removed_or_restored | differs)
    fields = [F.when(~F.col(f"values.{name}").eqNullSafe(F.col(f"previous.{name}")), F.lit(name)) for name in TRACKED]
    event = F.when(F.col("is_removed"), "removed").when(F.col("was_removed"), "returned")
    changed = F.when(is_first, F.array(F.lit("new"))).otherwise(F.array_compact(F.array(event, *fields)))
    valid_to = F.lead("day").over(by_day)
    return kept.withColumn("changed", changed).select(
        "hub_id",
        F.col("day").alias("valid_from"),
        valid_to.alias("valid_to"),
        (valid_to.isNull() & ~F.col("is_removed")).alias("is_current"),
        "is_removed",
        "changed",
        *[F.col(f"values.{name}").alias(name) for name in TRACKED],
    )


def _changes(known: DataFrame, current: DataFrame) -> DataFrame:
    """The inserts, updates and deletions that turn the `known` rows of these models into the `current` rows."""
    row = F.struct(*MODEL_HISTORY.column_names)
    old = known.select(*MODEL_HISTORY.key, row.alias("old"))
    new = current.select(*MODEL_HISTORY.key, row.alias("new"))
    both = new.join(old.hint("shuffle_hash"), list(MODEL_HISTORY.key), how="full").where(~F.col("old").eqNullSafe(F.col("new")))
    chosen = F.coalesce("new", "old").alias("chosen")
    return both.select(chosen, F.col("new").isNull().alias(IS_DELETED)).select("chosen.*", IS_DELETED)


JOB = Job(reads=(MODELS, LISTINGS, CRAWL_RUNS, REPO_CHECKS), writes=MODEL_HISTORY, transform=transform)
