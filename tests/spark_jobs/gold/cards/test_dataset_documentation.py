"""Cards of datasets: bronze.cards -> silver.dataset_cards -> gold.dataset_documentation."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from hublake.lake.schema.bronze import CARDS
from hublake.lake.schema.gold.cards import DATASET_DOCUMENTATION
from hublake.lake.schema.silver.cards import DATASET_CARDS
from hublake.lake.schema.silver.datasets import DATASETS
from hublake.spark_jobs.engine.quarantine import with_quarantine_reason
from hublake.spark_jobs.gold.cards import dataset_documentation
from hublake.spark_jobs.job import QUARANTINE_REASON
from hublake.spark_jobs.silver import dataset_cards
from tests.drawn import drawn

CARD = b"""---
license: mit
---
# Letters

## Personal and Sensitive Information
All names of living people were replaced by numbers.

## Bias
The letters come from two towns and under-represent women.
"""
LISTED = "hub_id | dataset_id \n d1 | orrin/letters \n d2 | orrin/bare"
FETCHED = """
    crawl_id | snapshot_date | repo_type | hub_id | repo_id       | status | fetched_at          | sha | card_bytes | encoding | is_truncated
    c        | 2026-01-01    | dataset   | d1     | orrin/letters | 200    | 2026-01-01T00:00:00 | a   | 9          | utf-8    | no
    c        | 2026-01-01    | dataset   | d9     | orrin/gone    | 200    | 2026-01-01T00:00:00 | a   | 9          | utf-8    | no
    c        | 2026-01-01    | model     | d2     | orrin/bare    | 200    | 2026-01-01T00:00:00 | a   | 9          | utf-8    | no
"""


def test_cards_of_datasets_are_read_by_the_rules_of_model_cards(spark: SparkSession) -> None:
    listed = drawn(spark, DATASETS, LISTED)
    cards = drawn(spark, CARDS, FETCHED).withColumn("body", F.lit(bytearray(CARD)))
    rows = with_quarantine_reason(dataset_cards.transform(cards, listed), DATASET_CARDS).collect()
    assert sorted((r.hub_id, r.dataset_id, r.yaml_status, (r[QUARANTINE_REASON] or "")[:30]) for r in rows) == [
        ("d1", "orrin/letters", "valid", ""),
        ("d9", None, None, "dataset_not_listed: orrin/gone"),
    ]
    read = (
        dataset_cards.transform(cards, listed)
        .where("dataset_id IS NOT NULL")
        .select(*(name for name in DATASET_CARDS.column_names if name != "snapshot_date"))
    )
    documented = with_quarantine_reason(dataset_documentation.transform(listed, read), DATASET_DOCUMENTATION).collect()
    found = {r.dataset_id: r for r in documented}
    assert {r[QUARANTINE_REASON] for r in documented} == {None}
    with_card, without = found["orrin/letters"], found["orrin/bare"]
    assert (with_card.has_card, with_card.has_bias, with_card.has_limitations, with_card.has_sensitive_data) == (True, True, False, True)
    assert (with_card.sensitive_data_own_words, with_card.depth) == (9, 3)
    text = read.collect()[0].text
    assert [text[a:b] for a, b in zip(with_card.evidence_starts, with_card.evidence_ends, strict=True)] == [
        "The letters come from two towns and under-represent women."
    ]
    assert (without.has_card, without.depth, without.has_sensitive_data, without.sections_filled) == (False, 0, False, [])
