"""What does each model's card hold, and what does its front matter declare?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.bronze import CARDS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.cards.card_text import describe, read_bytes
from hublake.rules.cards.front_matter import Declared, declared, read_card
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON, Job

KEPT = ("hub_id", "model_id", "sha", "card_bytes", "encoding", "is_truncated")
ANSWER = ("crawl_id", "hub_id", "repo_id", "sha", "etag", "fetched_at", "card_bytes")


def transform(cards: DataFrame, models: DataFrame) -> DataFrame:
    """The newest card of each model of the snapshot, whatever its bytes.

    A card of the newest card crawl whose model is not listed is set aside; one of an earlier crawl belongs to a model
    that has gone since, and is left out. Cost: one shuffle of the bodies, one pass in Python.
    """
    newest = _newest(cards.where((F.col("repo_type") == "model") & F.col("status").isin(200, 304)))
    listed = newest.join(models.select("hub_id", "model_id"), "hub_id", how="left")
    rows = map_records(
        listed.where("model_id is not null").select(*KEPT, "body"), _read, spark_schema(MODEL_CARDS, without=("snapshot_date",))
    )
    last_crawl = cards.agg(F.max("snapshot_date").alias("last_date"))
    strangers = listed.where("model_id is null").join(
        F.broadcast(last_crawl), F.col("snapshot_date") == F.col("last_date"), how="left_semi"
    )
    reason = F.concat(F.lit("model_not_listed: "), "repo_id", F.lit(" has a card, but is not in the listing of the snapshot"))
    set_aside = strangers.select("hub_id", reason.alias(QUARANTINE_REASON), F.to_json(F.struct(*ANSWER)).alias(QUARANTINE_BODY))
    return rows.unionByName(set_aside, allowMissingColumns=True)


def _newest(cards: DataFrame) -> DataFrame:
    """Of each repository the newest card; where it was said to be unchanged since (304), the bytes of that ETag at the newer commit."""
    newest_first = Window.partitionBy("hub_id").orderBy(F.desc("fetched_at"), F.desc("crawl_id"))
    last = F.first(F.struct("status", "etag", "sha", "repo_id")).over(newest_first)
    is_unchanged = F.col("last.status") == 304
    with_bytes = cards.withColumn("last", last).where((F.col("status") == 200) & (~is_unchanged | (F.col("etag") == F.col("last.etag"))))
    place = F.row_number().over(newest_first)
    return (
        with_bytes.withColumn("place", place)
        .where("place = 1")
        .withColumns({name: F.when(is_unchanged, F.col(f"last.{name}")).otherwise(F.col(name)) for name in ("sha", "repo_id")})
        .drop("place", "last")
    )


def _read(row: Record) -> Iterator[Record]:
    content, text = read_bytes(row["body"] or b"", row["encoding"])
    kept = {name: row[name] for name in KEPT} | {"content": content, "encoding": row["encoding"] or "unknown"}
    if text is None:
        yield kept | Declared().as_columns() | {"yaml_status": "none", "word_count": 0}
        return
    front = read_card(text)
    words, language = describe(front.body)
    found = {
        "yaml_status": front.status,
        "front_matter": front.as_json(),
        "word_count": words,
        "language_of_text": language,
        "text": front.body,
    }
    yield kept | declared(front.data or {}).as_columns() | found


JOB = Job(reads=(CARDS, MODELS), writes=MODEL_CARDS, transform=transform, requires_rows_of=(CARDS,))
