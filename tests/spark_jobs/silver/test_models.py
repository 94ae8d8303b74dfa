"""silver.models: which items of which crawls become models."""

from pyspark.sql import SparkSession

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.spark_jobs.silver.models import transform
from tests.drawn import drawn

RUNS = """
crawl_id | snapshot_date | spider | outcome    | started_at
c1       | 2026-01-01    | models | finished   | 2026-01-01T00:00:00
c2       | 2026-01-02    | models | finished   | 2026-01-02T00:00:00
c3       | 2026-01-03    | models | incomplete | 2026-01-03T00:00:00
"""
HEADER = "crawl_id | repo_type | page | position | hub_id | fetched_at | body\n"


def models(spark: SparkSession, listings: str, header: str = HEADER) -> list[tuple[object, ...]]:
    found = transform(drawn(spark, LISTINGS, header + listings), drawn(spark, CRAWL_RUNS, RUNS))
    columns = ("hub_id", "model_id", "quarantine_reason")
    return sorted((tuple(row[c] for c in columns) for row in found.collect()), key=str)


def test_the_newest_full_listing_counts(spark: SparkSession) -> None:
    listings = """c1 | model | 0 | 0 | h1 | 2026-01-01T00:00:00 | {"id": "a/old"}
                  c2 | model | 0 | 0 | h2 | 2026-01-02T00:00:00 | {"id": "a/new"}
                  c3 | model | 0 | 0 | h3 | 2026-01-03T00:00:00 | {"id": "a/cut"}"""
    assert models(spark, listings) == [("h2", "a/new", None)]


def test_changes_since_the_full_listing_are_merged_into_it(spark: SparkSession) -> None:
    runs = """
        crawl_id | snapshot_date | spider | outcome     | started_at          | kind
        early    | 2026-01-01    | models | finished    | 2026-01-01T00:00:00 | changed
        whole    | 2026-01-02    | models | finished    | 2026-01-02T00:00:00 | whole
        later    | 2026-01-03    | models | finished    | 2026-01-03T00:00:00 | changed
        cut      | 2026-01-04    | models | interrupted | 2026-01-04T00:00:00 | changed
    """
    listings = """early | model | 0 | 0 | h0 | 2026-01-01T00:00:00 | {"id": "a/gone-since"}
                  whole | model | 0 | 0 | h1 | 2026-01-02T00:00:00 | {"id": "a/old-name"}
                  whole | model | 0 | 1 | h2 | 2026-01-02T00:00:00 | {"id": "a/same"}
                  later | model | 0 | 0 | h3 | 2026-01-03T00:00:00 | {"id": "a/new"}
                  later | model | 1 | 0 | h1 | 2026-01-03T00:00:00 | {"id": "a/new-name"}
                  cut   | model | 0 | 0 | h2 | 2026-01-04T00:00:00 | {"id": "a/unheard"}"""
    crawl_runs = drawn(spark, CRAWL_RUNS, runs)
    found = transform(drawn(spark, LISTINGS, HEADER + listings), crawl_runs).select("hub_id", "model_id").collect()
    assert sorted(map(tuple, found)) == [("h1", "a/new-name"), ("h2", "a/same"), ("h3", "a/new")]


def test_the_later_response_counts_if_an_item_is_listed_twice(spark: SparkSession) -> None:
    listings = """c2 | model | 0 | 0 | h1 | 2026-01-02T00:00:00 | {"id": "a/before"}
                  c2 | model | 1 | 0 | h1 | 2026-01-02T00:00:09 | {"id": "a/after"}"""
    assert models(spark, listings) == [("h1", "a/after", None)]


def test_a_name_belongs_to_the_newest_repository(spark: SparkSession) -> None:
    listings = """c2 | model | 0 | 0 | h1 | a/x | 2026-01-02T00:00:00 | {"id": "a/x", "createdAt": "2023-01-01T00:00:00.000Z"}
                  c2 | model | 0 | 1 | h2 | a/x | 2026-01-02T00:00:00 | {"id": "a/x", "createdAt": "2024-01-01T00:00:00.000Z"}
                  c2 | model | 0 | 2 | h3 | a/y | 2026-01-02T00:00:00 | {"id": "a/y", "createdAt": "2022-01-01T00:00:00.000Z"}"""
    found = models(spark, listings, HEADER.replace("hub_id |", "hub_id | repo_id |"))
    assert found == [("h1", "a/x", "name_taken: a newer repository is called a/x"), ("h2", "a/x", None), ("h3", "a/y", None)]


def test_a_name_that_was_made_to_have_the_hash_of_another_stops_no_build(spark: SparkSession) -> None:
    listings = """c2 | model | 0 | 0 | h1 | acme/small-model | 2026-01-02T00:00:00 | {"id": "acme/small-model", "createdAt": "2023-01-01T00:00:00.000Z"}
                  c2 | model | 0 | 1 | h2 | eve/by9vUXuo9rp4 | 2026-01-02T00:00:00 | {"id": "eve/by9vUXuo9rp4", "createdAt": "2024-01-01T00:00:00.000Z"}
                  c2 | model | 0 | 2 | h3 | eve/by9vUXuo9rp4 | 2026-01-02T00:00:00 | {"id": "eve/by9vUXuo9rp4", "createdAt": "2025-01-01T00:00:00.000Z"}"""
    assert spark.sql("SELECT xxhash64('acme/small-model') = xxhash64('eve/by9vUXuo9rp4')").first() == (True,)
    assert models(spark, listings, HEADER.replace("hub_id |", "hub_id | repo_id |")) == [
        ("h1", "acme/small-model", None),
        ("h2", "eve/by9vUXuo9rp4", "name_taken: a newer repository is called eve/by9vUXuo9rp4"),
        ("h3", "eve/by9vUXuo9rp4", "hash_taken: the older acme/small-model has the same 64-bit hash of its name"),
    ]


def test_items_that_cannot_be_parsed_are_quarantined_with_their_reason(spark: SparkSession) -> None:
    listings = """c2 | model | 0 | 0 | h1 | 2026-01-02T00:00:00 | {"id": "a/cut", "tags
                  c2 | model | 0 | 1 |    | 2026-01-02T00:00:00 | {"id": "a/x"}
                  c2 | model | 0 | 2 | h3 | 2026-01-02T00:00:00 | {"likes": 3}
                  c2 | model | 0 | 3 | h4 | 2026-01-02T00:00:00 | [1]"""
    reasons = [str(row[2]).partition(":")[0] for row in models(spark, listings)]
    assert sorted(reasons) == ["no_hub_id", "no_name", "no_name", "not_json"]


def test_a_barely_valid_item_does_not_affect_others(spark: SparkSession) -> None:
    deep = "[" * 100_000
    listings = r"""c2 | model | 0 | 0 | h1 | 2026-01-02T00:00:00 | {"id": "a/half", "tags": ["\ud800"], "downloads": NaN}
                   c2 | model | 0 | 1 | h2 | 2026-01-02T00:00:00 | {"id": "a/whole", "tags": ["\ud83d\ude00"]}
                   c2 | model | 0 | 2 | h3 | 2026-01-02T00:00:00 | """
    rows = transform(drawn(spark, LISTINGS, HEADER + listings + deep), drawn(spark, CRAWL_RUNS, RUNS)).collect()
    found = {row["hub_id"]: (row["tags"], (row["quarantine_reason"] or "").partition(":")[0]) for row in rows}
    assert found == {"h1": (["?"], ""), "h2": (["\U0001f600"], ""), "h3": (None, "not_json")}
