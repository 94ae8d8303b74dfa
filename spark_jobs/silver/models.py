"""Which models are there, and what does the Hub say of each?"""

import json
from collections.abc import Iterator
from typing import Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructType

from lake.tables.bronze import CRAWL_RUNS, LISTINGS
from lake.tables.silver import MODELS
from spark_jobs.boundary import Record, map_records
from spark_jobs.job import SET_ASIDE_BODY, SET_ASIDE_REASON, Job
from spark_jobs.rules.listing import model_facts
from spark_jobs.schema import spark_schema

# A listing that was cut short by its operator is still what the operator asked for; one that lost pages is not.
WHOLE = ("finished", "limited")


def transform(listings: DataFrame, crawl_runs: DataFrame) -> DataFrame:
    """Items of the newest whole model listing and of the listings of changes since.

    Of an item listed twice the later answer; what cannot be read is set aside.
    """
    whole = whole_model_listings(crawl_runs).orderBy(F.desc("snapshot_date"), F.desc("started_at")).limit(1)
    since = whole.select(F.col("started_at").alias("whole_at"))
    changes = changed_model_listings(crawl_runs).join(F.broadcast(since), F.col("started_at") > F.col("whole_at"), how="left_semi")
    crawls = whole.select("crawl_id").unionByName(changes.select("crawl_id"))
    items = listings.where("repo_type = 'model'").join(F.broadcast(crawls), "crawl_id", how="left_semi")
    newest = _first(items, "hub_id", F.desc("fetched_at"), F.desc("page"), F.desc("position"))
    read = map_records(newest.select("hub_id", "fetched_at", "body"), _read, _schema())
    named = _first(read, "model_id", F.desc("created_at"), F.desc("hub_id"), keep_others=True)
    is_name_taken = F.col("place") > 1
    reason = F.when(is_name_taken, F.concat(F.lit("name_taken: a newer repository is called "), "model_id"))
    return named.withColumn(SET_ASIDE_REASON, F.coalesce(SET_ASIDE_REASON, reason)).drop("place")


def whole_model_listings(crawl_runs: DataFrame) -> DataFrame:
    """Runs of the models spider that listed all they were asked for, from end to end."""
    return _ended_well(crawl_runs).where(~F.col("kind").eqNullSafe("changed"))


def changed_model_listings(crawl_runs: DataFrame) -> DataFrame:
    """Runs that listed what was new or changed: no snapshot by themselves, but on top of a whole listing."""
    return _ended_well(crawl_runs).where(F.col("kind") == "changed")


def snapshots_of_models(crawl_runs: DataFrame) -> DataFrame:
    """(snapshot_date) of whole listings, and of listings of changes behind a whole one; not distinct."""
    first = whole_model_listings(crawl_runs).agg(F.min("started_at").alias("first_at"))
    changes = changed_model_listings(crawl_runs).join(F.broadcast(first), F.col("started_at") > F.col("first_at"), how="left_semi")
    return whole_model_listings(crawl_runs).select("snapshot_date").unionByName(changes.select("snapshot_date"))


def _ended_well(crawl_runs: DataFrame) -> DataFrame:
    return crawl_runs.where((F.col("spider") == "models") & F.col("outcome").isin(*WHOLE))


def _first(frame: DataFrame, key: str, *order: Any, keep_others: bool = False) -> DataFrame:
    """Rows of each key in order, the first alone unless `keep_others`; rows without a key all count as first."""
    place = F.row_number().over(Window.partitionBy(key).orderBy(*order))
    ranked = frame.withColumn("place", F.when(F.col(key).isNull(), 1).otherwise(place))
    return ranked if keep_others else ranked.where("place = 1").drop("place")


def _schema() -> StructType:
    schema = spark_schema(MODELS, without=("snapshot_date",))
    return schema.add(SET_ASIDE_REASON, StringType()).add(SET_ASIDE_BODY, StringType())


def _read(row: Record) -> Iterator[Record]:
    body, hub_id = row["body"], row["hub_id"]
    try:
        item = json.loads(body)
    except ValueError as error:
        yield _set_aside(row, f"not_json: {error}")
        return
    name = (item.get("id") or item.get("modelId")) if isinstance(item, dict) else None
    if not isinstance(name, str):
        yield _set_aside(row, "no_name: the item has neither id nor modelId")
    elif hub_id is None:
        yield _set_aside(row, "no_hub_id: the item has no _id")
    else:
        facts = model_facts(item)
        card_data = facts.pop("card_data")
        yield facts | {"hub_id": hub_id, "card_data": None if card_data is None else json.dumps(card_data, ensure_ascii=False)}


def _set_aside(row: Record, reason: str) -> Record:
    return {"hub_id": row["hub_id"], SET_ASIDE_REASON: reason, SET_ASIDE_BODY: row["body"]}


JOB = Job(reads=(LISTINGS, CRAWL_RUNS), writes=MODELS, transform=transform)
