"""From the listings of any type of repository to rows: which items count, and how each is read."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StringType, StructType

from hublake.lake.opt_out import OptOut, opted_out
from hublake.lake.schema import Table
from hublake.rules.listings.crawls import Run, newest_crawls
from hublake.rules.listings.item import Item, Shape
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records, map_table
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON

JSON = msgspec.json.Decoder()
PLACE = ("crawl_id", "page", "position")  # of an item in bronze.listings, for one repo_type
MARKS = StructType().add("mark", LongType())
OF_ITEM = ("hub_id", "repo_id", "fetched_at", "body")

Facts = Callable[[Item], dict[str, Any]]


def runs_of(crawl_runs: DataFrame) -> list[Run]:
    """All rows of bronze.crawl_runs, which are few."""
    return [Run(**row) for row in crawl_runs.select(*Run._fields).toArrow().to_pylist()]


def newest_items(listings: DataFrame, crawl_runs: DataFrame, repo_type: str) -> DataFrame:
    """Items of the newest whole listing of that type and of the changes since (hub_id, repo_id, fetched_at, body, is_alone).

    Of an item listed twice the later answer; who has opted out since is left out. No other item has the name of one that
    `is_alone`. Cost: the crawls that count are asked for at once, and then what is given twice, in one look at the names; bodies stay
    where they are read; the places of what was listed again, as many as changed since the whole listing, go to every executor.
    """
    crawls = newest_crawls(runs_of(crawl_runs), f"{repo_type}s")
    items = listings.where((F.col("repo_type") == repo_type) & F.col("crawl_id").isin(crawls))
    twice = _given_twice(items)
    if twice.isEmpty():
        return without_opted_out(items, "repo_id").select(*OF_ITEM, F.lit(True).alias("is_alone"))
    marks = F.broadcast(twice)
    again = items.join(marks, F.xxhash64("hub_id") == F.col("mark"), how="left_semi").select("hub_id", "fetched_at", *PLACE)
    in_order = first_of(again, "hub_id", *map(F.desc, ("fetched_at", *PLACE)), keep_others=True)
    newest = items.join(F.broadcast(in_order.where("place > 1").select(*PLACE)), list(PLACE), how="left_anti")
    marked = newest.join(marks, F.xxhash64("repo_id") == F.col("mark"), how="left")
    return without_opted_out(marked, "repo_id").select(*OF_ITEM, F.col("mark").isNull().alias("is_alone"))


def _given_twice(items: DataFrame) -> DataFrame:
    """Hashes (mark) of what several items have as their hub_id or their name; of two that differ but have one hash, too.

    Cost: one task, with 16 bytes of each item.
    """
    marks = items.select(F.xxhash64("hub_id").alias("of_hub_id"), F.xxhash64("repo_id").alias("of_name"))
    return map_table(marks.repartition(1), _several, MARKS).localCheckpoint()


def _several(marks: pa.Table) -> pa.Table:
    ordered = np.sort(np.concatenate([column.to_numpy() for column in marks.columns]))
    return pa.table({"mark": np.unique(ordered[1:][ordered[1:] == ordered[:-1]])})


def read_items(items: DataFrame, shape: Shape, facts: Facts, into: Table, name: str) -> DataFrame:
    """`newest_items` -> rows of the table, by `facts` of each one's JSON, of that `shape`; what cannot be read is set aside, and so is
    an older repository whose name, the column `name`, belongs to a newer one.

    Cost: each body is parsed once, where it is read; only rows whose names are given twice are shuffled.
    """
    schema = spark_schema(into, without=("snapshot_date",)).add(QUARANTINE_REASON, StringType()).add(QUARANTINE_BODY, StringType())
    alone = map_records(items.where("is_alone").select("hub_id", "body"), partial(_read, shape, facts), schema)
    shared = map_records(items.where("not is_alone").select("hub_id", "body"), partial(_read, shape, facts), schema)
    named = first_of(shared, name, F.desc("created_at"), F.desc("hub_id"), keep_others=True)
    reason = F.when(F.col("place") > 1, F.concat(F.lit("name_taken: a newer repository is called "), name))
    return alone.unionByName(named.withColumn(QUARANTINE_REASON, F.coalesce(QUARANTINE_REASON, reason)).drop("place"))


def first_of(frame: DataFrame, key: str, *order: Any, keep_others: bool = False) -> DataFrame:
    """Rows of each key in order, the first alone unless `keep_others`; rows without a key all count as first."""
    place = F.row_number().over(Window.partitionBy(key).orderBy(*order))
    ranked = frame.withColumn("place", F.when(F.col(key).isNull(), 1).otherwise(place))
    return ranked if keep_others else ranked.where("place = 1").drop("place")


def without_opted_out(frame: DataFrame, name: str, out: OptOut | None = None) -> DataFrame:
    """Rows whose account or repository, the column `name`, is not in conf/opt_out.csv."""
    ids = sorted((opted_out() if out is None else out).ids)
    folded = F.lower(F.coalesce(name, F.lit("")))
    return frame.where(~folded.isin(ids) & ~F.substring_index(folded, "/", 1).isin(ids)) if ids else frame


def _read(shape: Shape, facts: Facts, row: Record) -> Iterator[Record]:
    item = shape.regular(row["body"])
    if item is None:
        try:
            body = _parsed(row["body"])
        except (ValueError, RecursionError) as error:
            yield _set_aside(row, f"not_json: {error}")
            return
        item = shape.item(body if isinstance(body, dict) else {})
    if not (item.values.id or item.get("modelId")):
        yield _set_aside(row, "no_name: the item has neither id nor modelId")
    elif row["hub_id"] is None:
        yield _set_aside(row, "no_hub_id: the item has no _id")
    else:
        found = facts(item)
        if found["card_data"] is not None:
            found["card_data"] = json.dumps(found["card_data"], ensure_ascii=False)
        found["hub_id"] = row["hub_id"]
        yield found


def _parsed(body: str) -> Any:
    """JSON as Python reads it, but for halves of surrogate pairs, which no table can hold: they become question marks.

    msgspec is twice as fast and refuses them, as it does NaN, which Python takes.
    """
    try:
        return JSON.decode(body)
    except (msgspec.MsgspecError, UnicodeError):
        return json.loads(json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace"))


def _set_aside(row: Record, reason: str) -> Record:
    return {"hub_id": row["hub_id"], QUARANTINE_REASON: reason, QUARANTINE_BODY: row["body"]}
