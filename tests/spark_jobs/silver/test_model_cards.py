"""bronze.cards -> silver.model_cards."""

import json
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from hublake.lake.schema.bronze import CARDS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.engine.quarantine import with_quarantine_reason
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON
from hublake.spark_jobs.silver.model_cards import transform
from tests.drawn import drawn

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LISTED = "hub_id | model_id \n h1 | m/one \n h2 | m/two \n h3 | m/three"


def test_the_newest_fetched_card_of_each_listed_model_is_used(spark: "SparkSession") -> None:
    cards = drawn(
        spark,
        CARDS,
        """
        crawl_id | snapshot_date | repo_type | hub_id | repo_id   | status | fetched_at          | sha | card_bytes | encoding | is_truncated | body
        c1       | 2026-01-01    | model     | h1     | m/old     | 200    | 2026-01-01T00:00:00 | a   | 3          | utf-8    | no           | old
        c2       | 2026-01-02    | model     | h1     | m/one     | 200    | 2026-01-02T00:00:00 | b   | 3          | utf-8    | no           | new
        c3       | 2026-01-03    | model     | h1     | m/one     | 404    | 2026-01-03T00:00:00 |     |            |          | no           |
        c2       | 2026-01-02    | dataset   | h2     | m/two     | 200    | 2026-01-02T00:00:00 | c   | 3          | utf-8    | no           | dat
        """,
    )
    rows = transform(cards, drawn(spark, MODELS, LISTED)).collect()
    assert [(r.hub_id, r.model_id, r.sha, r.text, r[QUARANTINE_REASON]) for r in rows] == [("h1", "m/one", "b", "new", None)]


def test_a_card_reported_as_unchanged_is_the_one_with_that_etag_at_the_newer_commit(spark: "SparkSession") -> None:
    cards = drawn(
        spark,
        CARDS,
        """
        crawl_id | snapshot_date | repo_type | hub_id | repo_id | status | fetched_at          | sha | etag | card_bytes | encoding | is_truncated | body
        c1       | 2026-01-01    | model     | h1     | m/old   | 200    | 2026-01-01T00:00:00 | a   | e1   | 3          | utf-8    | no           | one
        c2       | 2026-01-02    | model     | h1     | m/old   | 200    | 2026-01-02T00:00:00 | b   | e2   | 3          | utf-8    | no           | two
        c3       | 2026-01-03    | model     | h1     | m/one   | 304    | 2026-01-03T00:00:00 | c   | e1   |            |          | no           |
        c1       | 2026-01-01    | model     | h2     | m/two   | 200    | 2026-01-01T00:00:00 | a   | e1   | 3          | utf-8    | no           | old
        c2       | 2026-01-02    | model     | h2     | m/two   | 304    | 2026-01-02T00:00:00 | b   | e1   |            |          | no           |
        c3       | 2026-01-03    | model     | h2     | m/two   | 200    | 2026-01-03T00:00:00 | c   | e3   | 3          | utf-8    | no           | new
        """,
    )
    rows = transform(cards, drawn(spark, MODELS, LISTED)).collect()
    assert sorted((r.hub_id, r.sha, r.text) for r in rows) == [("h1", "c", "one"), ("h2", "c", "new")]


def test_a_card_of_an_unlisted_model_is_quarantined_and_one_of_a_model_removed_earlier_is_dropped(spark: "SparkSession") -> None:
    cards = drawn(
        spark,
        CARDS,
        """
        crawl_id | snapshot_date | repo_type | hub_id | repo_id | status | fetched_at          | card_bytes | encoding | is_truncated | body
        c1       | 2026-01-01    | model     | gone   | m/gone  | 200    | 2026-01-01T00:00:00 | 1          | utf-8    | no           | x
        c2       | 2026-01-02    | model     | odd    | m/odd   | 200    | 2026-01-02T00:00:00 | 1          | utf-8    | no           | x
        c3       | 2026-01-03    | dataset   | d      | a/data  | 200    | 2026-01-03T00:00:00 | 1          | utf-8    | no           | x
        """,
    )
    rows = transform(cards, drawn(spark, MODELS, LISTED)).collect()
    assert [r.hub_id for r in rows] == ["odd"]
    assert rows[0][QUARANTINE_REASON].startswith("model_not_listed: m/odd ")
    assert json.loads(rows[0][QUARANTINE_BODY])["crawl_id"] == "c2"


def cards_of_bodies(spark: "SparkSession", bodies: dict[str, tuple[str, bytes]], is_truncated: tuple[str, ...] = ()) -> "DataFrame":
    """One card for each hub_id, with the encoding and the bytes given."""
    lines = "\n".join(
        f"c | 2026-01-01 | model | {hub_id} | m/x | 200 | 2026-01-01T00:00:00 | {len(body)} | {encoding} | "
        f"{'yes' if hub_id in is_truncated else 'no'} | {body.hex()}"
        for hub_id, (encoding, body) in bodies.items()
    )
    header = "crawl_id | snapshot_date | repo_type | hub_id | repo_id | status | fetched_at | card_bytes | encoding | is_truncated | body"
    return drawn(spark, CARDS, f"{header}\n{lines}").withColumn("body", F.unhex(F.col("body").cast("string")))


def test_fields_that_a_card_does_not_yield_come_from_the_listing(spark: "SparkSession") -> None:
    bodies = {
        "h1": ("utf-8", b"---\nlicense: [mit\n---\nText"),
        "h2": ("utf-8", b"---\nlicense: mit\nmodel-index:\n- na"),
        "h3": ("utf-8", b"---\nlicense: gemma\n---\nText"),
        "h4": ("utf-8", b""),
    }
    listed = drawn(spark, MODELS, "hub_id | model_id \n h1 | m/1 \n h2 | m/2 \n h3 | m/3 \n h4 | m/4")
    card_data = '{"license": "mit", "base_model": "m/base", "tags": ["x"]}'
    frame = transform(cards_of_bodies(spark, bodies, is_truncated=("h2",)), listed.withColumn("card_data", F.lit(card_data)))
    rows = with_quarantine_reason(frame, MODEL_CARDS).collect()
    assert sorted((r.hub_id, r.yaml_status, r.fields_source, r.licenses, r.base_models, r.card_tags, r.text) for r in rows) == [
        ("h1", "invalid", "card_data", ["mit"], ["m/base"], ["x"], "Text"),
        ("h2", "unclosed", "card_data", ["mit"], ["m/base"], ["x"], ""),
        ("h3", "valid", "card", ["gemma"], [], [], "Text"),
        ("h4", "none", "card_data", ["mit"], ["m/base"], ["x"], None),
    ]
    assert {r[QUARANTINE_REASON] for r in rows} == {None}


def test_bytes_of_any_kind_get_a_row_that_the_declaration_accepts(spark: "SparkSession") -> None:
    bodies = {
        "h1": ("utf-8", b"---\nlicense: mit\nlanguage: no\ntags: x\nbase_model: [m/a, m/b]\n---\nHello there, converted from `m/c`"),
        "h2": ("utf-16-le", "\ufeff---\n- list\n---\nText".encode("utf-16-le")),
        "h3": ("unknown", bytes(range(256))),
    }
    cards = cards_of_bodies(spark, bodies)
    rows = {r.hub_id: r for r in with_quarantine_reason(transform(cards, drawn(spark, MODELS, LISTED)), MODEL_CARDS).collect()}
    assert {name: (r.content, r.yaml_status, r.word_count, r.text, r[QUARANTINE_REASON]) for name, r in rows.items()} == {
        "h1": ("text", "valid", 5, "Hello there, converted from `m/c`", None),
        "h2": ("text", "not_a_mapping", 2, "---\n- list\n---\nText", None),
        "h3": ("not_text", "none", 0, None, None),
    }
    one = rows["h1"]
    assert (one.licenses, one.languages, one.card_tags, one.base_models) == (["mit"], ["no"], ["x"], ["m/a", "m/b"])
    assert (one.stated_parents, one.stated_relations) == (["m/c"], [None])
    assert json.loads(one.front_matter)["language"] == "no"
    assert rows["h3"].licenses == []
