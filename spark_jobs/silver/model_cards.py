"""What does each model's card contain, and what does its front matter declare?"""

import json
from collections.abc import Iterator

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from hublake.lake.schema.bronze import CARDS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.cards.card_text import decode_card, word_count_and_language
from hublake.rules.cards.front_matter import FrontMatter, declared_fields, split_front_matter
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON, Job

COPIED_COLUMNS = ("hub_id", "model_id", "sha", "card_bytes", "encoding", "is_truncated")
ANSWER_COLUMNS = ("crawl_id", "hub_id", "repo_id", "sha", "etag", "fetched_at", "card_bytes")


def transform(cards: DataFrame, models: DataFrame) -> DataFrame:
    """The newest card of each model of the snapshot, of any content.

    A card of the newest card crawl whose model is not listed is quarantined. One of an earlier crawl belongs to a model that has been
    removed since, and is dropped. Fields that the card's front matter does not yield come from the listing (`fields_source`). Cost: one
    shuffle of the bodies and of the listings' card_data, one pass in Python.
    """
    newest = _newest(cards.where((F.col("repo_type") == "model") & F.col("status").isin(200, 304)))
    listed = newest.join(models.select("hub_id", "model_id", "card_data"), "hub_id", how="left")
    schema = spark_schema(MODEL_CARDS, without=("snapshot_date",)).add(QUARANTINE_REASON, StringType()).add(QUARANTINE_BODY, StringType())
    rows = map_records(listed.where("model_id is not null").select(*COPIED_COLUMNS, "body", "card_data"), _rows, schema)
    last_crawl = cards.agg(F.max("snapshot_date").alias("last_date"))
    unlisted = listed.where("model_id is null").join(F.broadcast(last_crawl), F.col("snapshot_date") == F.col("last_date"), how="left_semi")
    reason = F.concat(F.lit("model_not_listed: "), "repo_id", F.lit(" has a card, but is not in the listing of the snapshot"))
    quarantined = unlisted.select("hub_id", reason.alias(QUARANTINE_REASON), F.to_json(F.struct(*ANSWER_COLUMNS)).alias(QUARANTINE_BODY))
    return rows.unionByName(quarantined, allowMissingColumns=True)


def _newest(cards: DataFrame) -> DataFrame:
    """The newest card of each repository. If it was reported as unchanged (304), the bytes are those of its ETag at the newer commit."""
    newest_first = Window.partitionBy("hub_id").orderBy(F.desc("fetched_at"), F.desc("crawl_id"))
    last = F.first(F.struct("status", "etag", "sha", "repo_id")).over(newest_first)
    is_unchanged = F.col("last.status") == 304
    with_bytes = cards.withColumn("last", last).where((F.col("status") == 200) & (~is_unchanged | (F.col("etag") == F.col("last.etag"))))
    return (
        with_bytes.withColumn("position", F.row_number().over(newest_first))
        .where("position = 1")
        .withColumns({name: F.when(is_unchanged, F.col(f"last.{name}")).otherwise(F.col(name)) for name in ("sha", "repo_id")})
        .drop("position", "last")
    )


def _rows(row: Record) -> Iterator[Record]:
    try:
        yield _parsed(row)
    except Exception as error:  # One unreadable card must not stop the build of all others.
        reason = f"unreadable_card: {type(error).__name__}: {error}"[:300]
        identity = {"hub_id": row["hub_id"], "model_id": row["model_id"]}
        yield identity | {QUARANTINE_REASON: reason, QUARANTINE_BODY: json.dumps(identity | {"sha": row["sha"]})}


def _parsed(row: Record) -> Record:
    content, text = decode_card(row["body"] or b"", row["encoding"])
    columns = {name: row[name] for name in COPIED_COLUMNS} | {"content": content, "encoding": row["encoding"] or "unknown"}
    if text is None:
        front, words, language = FrontMatter("none", None, ""), 0, None
    else:
        front = split_front_matter(text, is_truncated=row["is_truncated"])
        words, language = word_count_and_language(front.body)
    fields, source = declared_fields(front, row["card_data"])
    return {
        **columns,
        **fields.as_columns(),
        "fields_source": source,
        "yaml_status": front.status,
        "front_matter": front.as_json(),
        "word_count": words,
        "language_of_text": language,
        "text": None if text is None else front.body,
    }


JOB = Job(reads=(CARDS, MODELS), writes=MODEL_CARDS, transform=transform, requires_rows_of=(CARDS,))
