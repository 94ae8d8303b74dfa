"""The newest fetched card of each listed repository, and quarantine for cards of repositories that are not listed."""

import json
from collections.abc import Callable, Iterator
from functools import partial

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from hublake.lake.schema import Table
from hublake.rules.cards.fetched_card import CARD_COLUMNS
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.digests import row_digest
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON
from hublake.spark_jobs.steps.record_digests import DIGEST, changed_records

ANSWER_COLUMNS = ("crawl_id", "hub_id", "repo_id", "sha", "etag", "fetched_at", "card_bytes")


def rows_of_cards(
    cards: DataFrame, listed: DataFrame, repo_type: str, table: Table, to_row: Callable[[Record], Record], only: DataFrame | None = None
) -> DataFrame:
    """Rows of a table with one row per listed repository of that type with a fetched card, by `to_row` of its record, and quarantine.

    `listed`: hub_id and what `to_row` needs of the listing. A record has these columns, CARD_COLUMNS and body. A card of the newest crawl
    of these cards whose repository is not listed is quarantined. One of an earlier crawl belongs to a repository that has been removed
    since, and is dropped. `only`: the hub_ids whose rows are needed.

    Cost: one shuffle of the bodies and of `listed`, one pass in Python.
    """
    of_type = cards.where(F.col("repo_type") == repo_type)
    chosen = of_type if only is None else of_type.join(F.broadcast(only), "hub_id", how="left_semi")
    joined = _with_listed(_newest(chosen), listed)
    schema = spark_schema(table, without=("snapshot_date",)).add(QUARANTINE_REASON, StringType()).add(QUARANTINE_BODY, StringType())
    columns = (*CARD_COLUMNS, "body", *(name for name in listed.columns if name != "hub_id"))
    rows = map_records(joined.where("is_listed").select(*columns, _digest(listed)), partial(_rows, to_row), schema)
    unlisted = _unlisted(joined, of_type)
    reason = F.concat(F.lit(f"{repo_type}_not_listed: "), "repo_id", F.lit(" has a card, but is not in the listing of the snapshot"))
    quarantined = unlisted.select("hub_id", reason.alias(QUARANTINE_REASON), F.to_json(F.struct(*ANSWER_COLUMNS)).alias(QUARANTINE_BODY))
    return rows.unionByName(quarantined, allowMissingColumns=True)


def changed_cards(cards: DataFrame, listed: DataFrame, repo_type: str, before: DataFrame) -> DataFrame:
    """(hub_id) of the cards whose record differs from that of the row in `before`, and of those that are quarantined as not listed.

    A row of bronze never changes, so its crawl identifies the bytes: no body is read. Cost: one shuffle of the other columns.
    """
    of_type = cards.where(F.col("repo_type") == repo_type).drop("body")
    joined = _with_listed(_newest(of_type), listed)
    records = joined.where("is_listed").select("hub_id", _digest(listed))
    return changed_records(records, before).unionByName(_unlisted(joined, of_type).select("hub_id"))


def _with_listed(newest: DataFrame, listed: DataFrame) -> DataFrame:
    return newest.join(listed.withColumn("is_listed", F.lit(True)), "hub_id", how="left")


def _unlisted(joined: DataFrame, of_type: DataFrame) -> DataFrame:
    """The cards of the newest crawl that are not listed."""
    last_crawl = of_type.agg(F.max("snapshot_date").alias("last_date"))
    is_last = F.col("snapshot_date") == F.col("last_date")
    return joined.where("is_listed IS NULL").join(F.broadcast(last_crawl), is_last, how="left_semi")


def _digest(listed: DataFrame) -> Column:
    """Identifies the record of a card: its row in bronze, the commit at which it was last seen, and the listing."""
    return row_digest("crawl_id", "repo_id", *CARD_COLUMNS, *sorted(listed.columns)).alias(DIGEST)


def _newest(cards: DataFrame) -> DataFrame:
    """The newest card of each repository. If it was reported as unchanged (304), the bytes are those of its ETag at the newer commit."""
    newest_first = Window.partitionBy("hub_id").orderBy(F.desc("fetched_at"), F.desc("crawl_id"))
    last = F.first(F.struct("status", "etag", "sha", "repo_id")).over(newest_first)
    is_unchanged = F.col("last.status") == 304
    with_bytes = (
        cards.where(F.col("status").isin(200, 304))
        .withColumn("last", last)
        .where((F.col("status") == 200) & (~is_unchanged | (F.col("etag") == F.col("last.etag"))))
    )
    return (
        with_bytes.withColumn("position", F.row_number().over(newest_first))
        .where("position = 1")
        .withColumns({name: F.when(is_unchanged, F.col(f"last.{name}")).otherwise(F.col(name)) for name in ("sha", "repo_id")})
        .drop("position", "last")
    )


def _rows(to_row: Callable[[Record], Record], row: Record) -> Iterator[Record]:
    try:
        yield {**to_row(row), DIGEST: row[DIGEST]}
    except Exception as error:  # One unreadable card must not stop the build of all others.
        reason = f"unreadable_card: {type(error).__name__}: {error}"[:300]
        body = json.dumps({name: row[name] for name in ("hub_id", "sha", "card_bytes")})
        yield {"hub_id": row["hub_id"], QUARANTINE_REASON: reason, QUARANTINE_BODY: body}
