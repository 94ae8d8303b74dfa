"""How did each model change from crawl to crawl: its name, licence, bases, tags, gate; when did it go, when come back?

The history is a function of what all snapshots say, whatever the order in which they are merged: between two snapshots
that agree there is one row, and where they differ one ends and the next begins.
"""

from collections.abc import Sequence
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS, REPO_CHECKS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.rules.lineage.declared_parents import BASE_MODEL_TAG
from hublake.rules.listings.crawls import whole_listings
from hublake.spark_jobs.dataframes.array_columns import copy_array, elements_without_prefix, filter_elements, join_elements
from hublake.spark_jobs.job import IS_DELETED, Job
from hublake.spark_jobs.steps.listed_items import runs_of

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
    """The changes that bring the history to what `models` say on `days`: only models whose state there is not known so.

    A model is removed where a listing that came to its end lacks it, unless the second look of that crawl (--full) found it
    still there. Where a listing was limited, or an item was set aside, nothing is known, and the state before goes on.
    Cost: one pass over the models of the first day of all; after that two over the models of `days`; over all snapshots (of the
    models concerned) unless `is_last`, when the history itself says all that was before.
    """
    in_order = models.withColumn("tags", F.sort_array(F.array_distinct(copy_array("tags")))).withColumn("tags_text", join_elements("tags"))
    present = in_order.select("hub_id", F.col("snapshot_date").alias("day"), *_tracked())
    on_days = present.where(F.col("day").isin(*days))
    if len(days) == 1 and history.isEmpty():
        return _first_states(on_days)
    listed, whole_days = _looked_at(listings, crawl_runs, repo_checks)
    concerned = _concerned(history, on_days, listed, whole_days, days).localCheckpoint()
    known = history.join(concerned, "hub_id", how="left_semi")
    if is_last:
        before = known.where(F.col("valid_from") < min(days))
        seen = before.select("hub_id", F.col("valid_from").alias("day"), "is_removed", _values())
        looked_at = on_days.join(concerned, "hub_id", how="left_semi")
        missing = _missing(concerned, listed, whole_days.where(F.col("day").isin(*days)))
    else:
        looked_at = present.join(concerned, "hub_id", how="left_semi")
        seen = looked_at.limit(0).select("hub_id", "day", F.lit(False).alias("is_removed"), _values())
        missing = _missing(concerned, listed, whole_days)
    there = looked_at.select("hub_id", "day", F.lit(False).alias("is_removed"), _values())
    gone = missing.select("hub_id", "day", F.lit(True).alias("is_removed"))
    return _changes(known, _validities(seen.unionByName(there).unionByName(gone, allowMissingColumns=True)))


def _first_states(seen: DataFrame) -> DataFrame:
    """(hub_id, day, TRACKED) -> the changes that begin a history: every model is new."""
    begins = {"valid_to": F.lit(None).cast("date"), "is_current": F.lit(True), "is_removed": F.lit(False), "changed": F.array(F.lit("new"))}
    rows = seen.withColumnRenamed("day", "valid_from").withColumns(begins)
    return rows.select(*MODEL_HISTORY.column_names, F.lit(False).alias(IS_DELETED))


def _looked_at(listings: DataFrame, crawl_runs: DataFrame, repo_checks: DataFrame) -> tuple[DataFrame, DataFrame]:
    """(hub_id, day) of what was seen by the listing that silver.models was made from on each day; (day) of those that are whole."""
    newest = {run.snapshot_date: run for run in whole_listings(runs_of(crawl_runs), "models")}
    crawls = listings.sparkSession.createDataFrame([(run.crawl_id, day) for day, run in newest.items()], "crawl_id string, day date")
    found = repo_checks.where("repo_type = 'model' AND finding <> 'removed'")
    seen_there = listings.select("crawl_id", "hub_id").unionByName(found.select("crawl_id", "hub_id")).where("hub_id IS NOT NULL")
    whole_days = [run.snapshot_date for run in newest.values() if run.outcome == "finished"]
    return (
        seen_there.join(F.broadcast(crawls), "crawl_id").select("hub_id", "day"),
        crawls.where(F.col("day").isin(whole_days)).select("day"),
    )


def _tracked() -> list[Column]:
    """TRACKED, from columns of silver.models; its tags in order, each once, and joined as `tags_text`."""
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


def _digest() -> Column:
    """A number that differs where TRACKED does, but for one pair in 2**64: so that days are compared without moving what they hold.

    The places between the columns keep a value that moves from one to the next from being the same.
    """
    return F.xxhash64(*[part for place, name in enumerate(TRACKED) for part in (F.lit(place), F.col(name))])


def _concerned(history: DataFrame, on_days: DataFrame, listed: DataFrame, whole_days: DataFrame, days: Sequence[date]) -> DataFrame:
    """(hub_id) of every model whose state on one of the days is not what the history says."""
    asked = [F.date_add(F.lit(day), 0) for day in days]
    rows = history.withColumn("day", F.explode(F.array(*asked)))
    holds = (F.col("valid_from") <= F.col("day")) & (F.col("valid_to").isNull() | (F.col("day") < F.col("valid_to")))
    then = rows.where(holds).select("hub_id", "day", "is_removed", "valid_from", _digest().alias("then"))
    now = on_days.select("hub_id", "day", _digest().alias("now"))
    both = now.join(then, ["hub_id", "day"], how="left")
    differs = F.col("is_removed").isNull() | F.col("is_removed") | (F.col("now") != F.col("then"))
    unseen = then.join(now, ["hub_id", "day"], how="left_anti")
    was_there = unseen.where(~F.col("is_removed"))
    gone = was_there.join(whole_days, "day", how="left_semi").join(listed, ["hub_id", "day"], how="left_anti")
    # A state that begins on a day of which nothing is known (any more), but for a removal that is still true.
    is_unfounded = unseen.where(F.col("valid_from") == F.col("day"))
    founded = is_unfounded.where("is_removed").join(whole_days, "day", how="left_semi").join(listed, ["hub_id", "day"], how="left_anti")
    unfounded = is_unfounded.join(founded, ["hub_id", "day"], how="left_anti")
    parts = (both.where(differs), gone, unfounded)
    return reduce(DataFrame.union, [part.select("hub_id") for part in parts]).distinct()


def _missing(concerned: DataFrame, listed: DataFrame, whole_days: DataFrame) -> DataFrame:
    """(hub_id, day) of each whole listing that lacks a model."""
    return concerned.crossJoin(F.broadcast(whole_days)).join(listed, ["hub_id", "day"], how="left_anti")


def _validities(seen: DataFrame) -> DataFrame:
    """(hub_id, day, is_removed, values) -> rows of the history: one wherever a state differs from the one before it.

    Values of a removed model are the last known ones; what was removed before it was ever seen is left out.
    """
    in_order = Window.partitionBy("hub_id").orderBy("day")
    so_far = in_order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    known = F.last(F.when(~F.col("is_removed"), F.col("values")), ignorenulls=True).over(so_far)
    filled = seen.withColumn("values", F.coalesce(known, "values")).where("values is not null")
    before = filled.withColumn("was", F.lag("values").over(in_order)).withColumn("was_removed", F.lag("is_removed").over(in_order))
    is_new = F.col("was_removed").isNull()
    turned = F.col("is_removed") != F.col("was_removed")
    differs = ~F.col("is_removed") & ~F.col("values").eqNullSafe(F.col("was"))
    kept = before.where((is_new & ~F.col("is_removed")) | turned | differs)
    fields = [F.when(~F.col(f"values.{name}").eqNullSafe(F.col(f"was.{name}")), F.lit(name)) for name in TRACKED]
    event = F.when(F.col("is_removed"), "removed").when(F.col("was_removed"), "returned")
    of_known = F.array_compact(F.array(event, *fields))
    changed = F.when(is_new, F.array(F.lit("new"))).otherwise(of_known)
    valid_to = F.lead("day").over(in_order)
    return kept.withColumn("changed", changed).select(
        "hub_id",
        F.col("day").alias("valid_from"),
        valid_to.alias("valid_to"),
        (valid_to.isNull() & ~F.col("is_removed")).alias("is_current"),
        "is_removed",
        "changed",
        *[F.col(f"values.{name}").alias(name) for name in TRACKED],
    )


def _changes(known: DataFrame, now: DataFrame) -> DataFrame:
    """What must be done to the known rows of these models so that they are the rows `now`."""
    names = MODEL_HISTORY.column_names
    row = F.struct(*names)
    old = known.select(*MODEL_HISTORY.key, row.alias("old"))
    new = now.select(*MODEL_HISTORY.key, row.alias("new"))
    both = new.join(old.hint("shuffle_hash"), list(MODEL_HISTORY.key), how="full").where(~F.col("old").eqNullSafe(F.col("new")))
    chosen = F.coalesce("new", "old").alias("chosen")
    return both.select(chosen, F.col("new").isNull().alias(IS_DELETED)).select("chosen.*", IS_DELETED)


JOB = Job(reads=(MODELS, LISTINGS, CRAWL_RUNS, REPO_CHECKS), writes=MODEL_HISTORY, transform=transform)
