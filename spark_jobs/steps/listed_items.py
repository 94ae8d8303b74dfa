"""Turn the listings of any repository type into rows: select the current items, then parse each one."""

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

from hublake.lake.opt_out import OptOut, load_opt_out
from hublake.lake.schema import Table
from hublake.rules.listings.hub_object import HubObject, HubObjectSchema
from hublake.rules.listings.snapshot_crawls import CrawlRun, latest_crawl_ids
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records, map_table
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON

JSON = msgspec.json.Decoder()
ITEM_KEY = ("crawl_id", "page", "position")  # of an item in bronze.listings, within one repo_type
ITEM_COLUMNS = ("hub_id", "repo_id", "fetched_at", "body")
HASHES = StructType().add("hash", LongType())

ToRow = Callable[[HubObject], dict[str, Any]]


def collect_crawl_runs(crawl_runs: DataFrame) -> list[CrawlRun]:
    """All rows of bronze.crawl_runs, which are few."""
    return [CrawlRun(**row) for row in crawl_runs.select(*CrawlRun._fields).toArrow().to_pylist()]


def current_items(listings: DataFrame, crawl_runs: DataFrame, repo_type: str) -> DataFrame:
    """Items of the newest full listing of that type and of the changes since (hub_id, repo_id, fetched_at, body, is_name_unique).

    If an item is listed more than once, the latest response counts. Repositories that have opted out are dropped. `is_name_unique`: no
    other item has the same name.

    Cost: two queries run eagerly, one on bronze.crawl_runs and one that scans all ids and names for duplicates. Bodies are not shuffled.
    The keys of repeated items, as many as changed since the full listing, are broadcast.
    """
    crawl_ids = latest_crawl_ids(collect_crawl_runs(crawl_runs), f"{repo_type}s")
    items = listings.where((F.col("repo_type") == repo_type) & F.col("crawl_id").isin(crawl_ids))
    repeated = _repeated_hashes(items)
    if repeated.isEmpty():
        return without_opted_out(items, "repo_id").select(*ITEM_COLUMNS, F.lit(True).alias("is_name_unique"))
    hashes = F.broadcast(repeated)
    duplicates = items.join(hashes, F.xxhash64("hub_id") == F.col("hash"), how="left_semi").select("hub_id", "fetched_at", *ITEM_KEY)
    ranked = with_rank(duplicates, "hub_id", *map(F.desc, ("fetched_at", *ITEM_KEY)))
    current = items.join(F.broadcast(ranked.where("rank > 1").select(*ITEM_KEY)), list(ITEM_KEY), how="left_anti")
    marked = current.join(hashes, F.xxhash64("repo_id") == F.col("hash"), how="left")
    return without_opted_out(marked, "repo_id").select(*ITEM_COLUMNS, F.col("hash").isNull().alias("is_name_unique"))


def _repeated_hashes(items: DataFrame) -> DataFrame:
    """Hashes of the hub_ids and names that several items share. A collision only adds a hash: the callers compare ids.

    Cost: one task, with 16 bytes per item.
    """
    hashes = items.select(F.xxhash64("hub_id").alias("hub_id_hash"), F.xxhash64("repo_id").alias("name_hash"))
    return map_table(hashes.repartition(1), _repeated, HASHES).localCheckpoint()


def _repeated(hashes: pa.Table) -> pa.Table:
    ordered = np.sort(np.concatenate([column.to_numpy() for column in hashes.columns]))
    return pa.table({"hash": np.unique(ordered[1:][ordered[1:] == ordered[:-1]])})


def parse_items(items: DataFrame, schema: HubObjectSchema, to_row: ToRow, table: Table, name: str) -> DataFrame:
    """`current_items` -> rows of the table, by `to_row` of each item's JSON, which has that schema.

    Items that cannot be parsed are quarantined. So is an older repository if a newer one now has its name (the column `name`).
    Cost: each body is parsed once, in the task that reads it; only rows whose names are not unique are shuffled.
    """
    columns = spark_schema(table, without=("snapshot_date",)).add(QUARANTINE_REASON, StringType()).add(QUARANTINE_BODY, StringType())
    parse = partial(_parse, schema, to_row)
    unique = map_records(items.where("is_name_unique").select("hub_id", "body"), parse, columns)
    ambiguous = map_records(items.where("not is_name_unique").select("hub_id", "body"), parse, columns)
    ranked = with_rank(ambiguous, name, F.desc("created_at"), F.desc("hub_id"))
    reason = F.when(F.col("rank") > 1, F.concat(F.lit("name_taken: a newer repository is called "), name))
    return unique.unionByName(ranked.withColumn(QUARANTINE_REASON, F.coalesce(QUARANTINE_REASON, reason)).drop("rank"))


def first_per_key(frame: DataFrame, key: str, *order: Any) -> DataFrame:
    """The first row of each key in that order, and all rows without a key."""
    return with_rank(frame, key, *order).where("rank = 1").drop("rank")


def with_rank(frame: DataFrame, key: str, *order: Any) -> DataFrame:
    """Add the column `rank`: 1, 2, 3 ... within each key in that order; 1 for every row without a key."""
    row_number = F.row_number().over(Window.partitionBy(key).orderBy(*order))
    return frame.withColumn("rank", F.when(F.col(key).isNull(), 1).otherwise(row_number))


def without_opted_out(frame: DataFrame, name: str, opt_out: OptOut | None = None) -> DataFrame:
    """Rows whose account or repository, the column `name`, is not in conf/opt_out.csv."""
    ids = sorted((load_opt_out() if opt_out is None else opt_out).ids)
    lower = F.lower(F.coalesce(name, F.lit("")))
    return frame.where(~lower.isin(ids) & ~F.substring_index(lower, "/", 1).isin(ids)) if ids else frame


def _parse(schema: HubObjectSchema, to_row: ToRow, record: Record) -> Iterator[Record]:
    item = schema.decode(record["body"])
    if item is None:
        try:
            body = _decode_leniently(record["body"])
        except (ValueError, RecursionError) as error:
            yield _quarantined(record, f"not_json: {error}")
            return
        item = schema.validate(body if isinstance(body, dict) else {})
    if not (item.values.id or item.get("modelId")):
        yield _quarantined(record, "no_name: the item has neither id nor modelId")
    elif (item.values.id or item.get("modelId")).startswith("/"):
        yield _quarantined(record, "no_owner: the name begins with a slash")
    elif record["hub_id"] is None:
        yield _quarantined(record, "no_hub_id: the item has no _id")
    else:
        row = to_row(item)
        if row["card_data"] is not None:
            row["card_data"] = json.dumps(row["card_data"], ensure_ascii=False)
        row["hub_id"] = record["hub_id"]
        yield row


def _decode_leniently(body: str) -> Any:
    """Decode JSON as the standard library does, which accepts NaN; unpaired surrogates, which no table can store, become question marks.

    msgspec is twice as fast, but rejects both.
    """
    try:
        return JSON.decode(body)
    except (msgspec.MsgspecError, UnicodeError):
        return json.loads(json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace"))


def _quarantined(record: Record, reason: str) -> Record:
    return {"hub_id": record["hub_id"], QUARANTINE_REASON: reason, QUARANTINE_BODY: record["body"]}
