"""Turn the listings of any repository type into rows: select the current items, then parse each one."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StringType, StructField, StructType, TimestampType

from hublake.lake.opt_out import OptOut, load_opt_out
from hublake.lake.schema import Table
from hublake.rules.listings.hub_object import HubObject, HubObjectSchema
from hublake.rules.listings.repository_items import created_at_of, name_of
from hublake.rules.listings.snapshot_crawls import CrawlRun, latest_crawl_ids
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records, map_table
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.digests import row_digest
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON, Facet
from hublake.spark_jobs.steps.record_digests import DIGEST, changed_records

JSON = msgspec.json.Decoder()
OF_RECORD = ("hub_id", DIGEST)  # columns of a table that no rule fills
ITEM_KEY = ("crawl_id", "page", "position")  # of an item in bronze.listings, within one repo_type
ITEM_COLUMNS = ("hub_id", "repo_id", "fetched_at", "body")
PARSED_COLUMNS = (
    StructField("hub_id", StringType()),
    StructField("name", StringType()),
    StructField("created_at", TimestampType()),
    StructField(DIGEST, LongType()),
    StructField(QUARANTINE_REASON, StringType()),
    StructField(QUARANTINE_BODY, StringType()),
)
HASHES = StructType().add("hash", LongType())


def collect_crawl_runs(crawl_runs: DataFrame) -> list[CrawlRun]:
    """All rows of bronze.crawl_runs, which are few."""
    return [CrawlRun(**row) for row in crawl_runs.select(*CrawlRun._fields).toArrow().to_pylist()]


def listed_items(listings: DataFrame, crawl_runs: DataFrame, repo_type: str) -> DataFrame:
    """Items of the newest full listing of that type and of the changes since, as often as they are listed."""
    crawl_ids = latest_crawl_ids(collect_crawl_runs(crawl_runs), f"{repo_type}s")
    return listings.where((F.col("repo_type") == repo_type) & F.col("crawl_id").isin(crawl_ids))


def current_items(items: DataFrame) -> DataFrame:
    """(hub_id, repo_id, fetched_at, body, is_name_unique) of `listed_items`.

    If an item is listed more than once, the latest response counts. Repositories that have opted out are dropped. `is_name_unique`: no
    other item has the same name.

    Cost: one query runs eagerly, which scans all ids and names for duplicates. Bodies are not shuffled. The keys of repeated items, as
    many as changed since the full listing, are broadcast.
    """
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


@dataclass(frozen=True)
class ItemPass:
    """The pass over the current items of one repository type, whose bodies have that schema. A facet's rule gets each parsed item.

    A rule returns the columns of its table without hub_id, or None if the item has no row there. Items that cannot be parsed are
    quarantined under the main table, and so are items whose name is taken (`_with_one_item_per_name`); the other tables have no row of
    them. An item on which a rule fails is quarantined for the table of that rule alone.
    """

    repo_type: str
    schema: HubObjectSchema
    per: str = "hub_id"

    def changed(self, frames: Sequence[DataFrame], before: DataFrame) -> DataFrame:
        """(hub_id) of the items whose body differs from that of `before`, or which only one of the two has; and of shared names.

        Which of several items keeps a name depends on all of them. Cost: one scan of all bodies, one shuffle of ids and digests.
        """
        listings, crawl_runs = frames
        items = current_items(listed_items(listings, crawl_runs, self.repo_type))
        by_name = Window.partitionBy(F.xxhash64("repo_id"))
        sharing = items.where("not is_name_unique").withColumn("items", F.count("*").over(by_name)).where("items > 1").select("hub_id")
        return changed_records(items.select("hub_id", _digest()), before).unionByName(sharing)

    def compute(self, facets: Sequence[Facet], frames: Sequence[DataFrame], only: DataFrame | None = None) -> DataFrame:
        """(hub_id, name, created_at, record_digest, quarantine_reason, quarantine_body), and a struct for each facet, null without a row.

        `frames` are bronze.listings and bronze.crawl_runs.

        Cost: each body is parsed once, in the task that reads it; only rows whose names are not unique are shuffled.
        """
        listings, crawl_runs = frames
        listed = listed_items(listings, crawl_runs, self.repo_type)
        if only is not None:  # stored, so that the bodies of all others are read once
            chosen = listed.join(F.broadcast(only), "hub_id", how="left_semi")
            listed = lazy_checkpoint(chosen.unionByName(listed.where("hub_id IS NULL")))
        items = current_items(listed).withColumn(DIGEST, _digest())
        parse = partial(_parse, self.schema, {facet.table.name: facet.rule for facet in facets})
        columns = StructType([*PARSED_COLUMNS, *(StructField(facet.table.name, _facet_columns(facet.table)) for facet in facets)])
        unique = map_records(items.where("is_name_unique").select("hub_id", "body", DIGEST), parse, columns)
        ambiguous = map_records(items.where("not is_name_unique").select("hub_id", "body", DIGEST), parse, columns)
        return unique.unionByName(_with_one_item_per_name(ambiguous))

    def select(self, computed: DataFrame, facet: Facet) -> DataFrame:
        """The rows of a facet's table; the main one's also for the items that the pass rejects, with the reason."""
        row = F.col(facet.table.name)
        rejected = F.col(QUARANTINE_REASON).isNotNull()
        found = computed.where(row.isNotNull() | rejected if facet.is_main else row.isNotNull() & ~rejected)
        reason = F.coalesce(QUARANTINE_REASON, row[QUARANTINE_REASON]).alias(QUARANTINE_REASON)
        names = [name for name in facet.table.column_names if name != "snapshot_date"]
        return found.select(*[F.col(name) if name in OF_RECORD else row[name].alias(name) for name in names], reason, QUARANTINE_BODY)


def _with_one_item_per_name(items: DataFrame) -> DataFrame:
    """Quarantine items until each name, and each 64-bit hash of a name, belongs to one.

    A name belongs to the newest repository: the older one was renamed. A hash belongs to the oldest name: jobs join by hashes, and a name
    that collides with a given one takes seconds to compute, so a newer one may be an attack. If a repository that is older than the one it
    attacks is renamed to collide with it, conf/opt_out.csv can drop it.
    """
    ranked = with_rank(items, "name", F.desc("created_at"), F.desc("hub_id"))
    by_hash = Window.partitionBy(F.xxhash64("name"), "rank").orderBy(F.asc_nulls_last("created_at"), "hub_id")
    first = F.when(F.col("name").isNotNull() & (F.col("rank") == 1), F.first("name").over(by_hash))
    taken = F.when(F.col("rank") > 1, F.concat(F.lit("name_taken: a newer repository is called "), "name"))
    collides = F.when(
        F.col("first") != F.col("name"), F.format_string("hash_taken: the older %s has the same 64-bit hash of its name", "first")
    )
    reason = F.coalesce(QUARANTINE_REASON, taken, collides)
    return ranked.withColumn("first", first).withColumn(QUARANTINE_REASON, reason).drop("rank", "first")


def _facet_columns(table: Table) -> StructType:
    """The columns that the rule of a facet fills, and the reason if it fails."""
    return spark_schema(table, without=("snapshot_date", *OF_RECORD)).add(QUARANTINE_REASON, StringType())


def _digest() -> Column:
    return row_digest("body").alias(DIGEST)


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


def _parse(schema: HubObjectSchema, rules: Mapping[str, Callable[[HubObject], Record | None]], record: Record) -> Iterator[Record]:
    item = schema.decode(record["body"])
    if item is None:
        try:
            body = _decode_leniently(record["body"])
        except (ValueError, RecursionError) as error:
            yield _quarantined(record, f"not_json: {error}")
            return
        item = schema.validate(body if isinstance(body, dict) else {})
    name = name_of(item)
    if not name:
        yield _quarantined(record, "no_name: the item has neither id nor modelId")
    elif name.startswith("/"):
        yield _quarantined(record, "no_owner: the name begins with a slash")
    elif record["hub_id"] is None:
        yield _quarantined(record, "no_hub_id: the item has no _id")
    else:
        row = {"hub_id": record["hub_id"], DIGEST: record[DIGEST], "name": name, "created_at": created_at_of(item)}
        for facet, rule in rules.items():
            try:
                # Rules add to the oddities: each gets its own list, so that no table depends on which others are computed beside it.
                row[facet] = rule(HubObject(item.values, item.oddities.copy()))
            except Exception as error:  # One item must not stop the build of all others.
                row[facet] = {QUARANTINE_REASON: f"unreadable_item: {type(error).__name__}: {error}"[:300]}
                row[QUARANTINE_BODY] = record["body"]
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
