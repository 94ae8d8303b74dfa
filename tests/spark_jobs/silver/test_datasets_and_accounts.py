"""silver.datasets and silver.accounts: which responses count, and which values are stored."""

from pyspark.sql import SparkSession

from hublake.lake.opt_out import OptOut
from hublake.lake.schema import bronze
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.spark_jobs.silver import accounts, datasets
from hublake.spark_jobs.steps.listed_items import without_opted_out
from tests.drawn import drawn

RUNS = """
crawl_id | snapshot_date | spider   | outcome    | started_at          | kind
m1       | 2026-01-03    | models   | finished   | 2026-01-03T00:00:00 |
d1       | 2026-01-01    | datasets | finished   | 2026-01-01T00:00:00 |
d2       | 2026-01-02    | datasets | finished   | 2026-01-02T00:00:00 | whole
d3       | 2026-01-03    | datasets | incomplete | 2026-01-03T00:00:00 | whole
d4       | 2026-01-04    | datasets | finished   | 2026-01-04T00:00:00 | changed
"""
LISTED = """
crawl_id | repo_type | page | position | hub_id | repo_id | fetched_at          | body
d1       | dataset   | 0    | 0        | h1     | a/gone  | 2026-01-01T00:00:00 | {"id": "a/gone"}
d2       | dataset   | 0    | 0        | h2     | a/words | 2026-01-02T00:00:00 | {"id": "a/words", "tags": ["language:en", "license:mit", "modality:text"]}
d2       | dataset   | 0    | 1        | h3     | b/cut   | 2026-01-02T00:00:00 | {"id":
d3       | dataset   | 0    | 0        | h4     | a/part  | 2026-01-03T00:00:00 | {"id": "a/part"}
d4       | dataset   | 0    | 0        | h5     | a/new   | 2026-01-04T00:00:00 | {"id": "a/new"}
m1       | model     | 0    | 0        | h6     | a/model | 2026-01-03T00:00:00 | {"id": "a/model"}
"""


def test_datasets_come_from_the_newest_full_dataset_listing_and_later_changes(spark: SparkSession) -> None:
    rows = datasets.transform(drawn(spark, LISTINGS, LISTED), drawn(spark, CRAWL_RUNS, RUNS)).collect()
    found = {(row["hub_id"], row["dataset_id"], (row["quarantine_reason"] or "").partition(":")[0]) for row in rows}
    assert found == {("h2", "a/words", ""), ("h3", None, "not_json"), ("h5", "a/new", "")}
    (words,) = [row for row in rows if row["dataset_id"] == "a/words"]
    assert (words["author"], words["languages"], words["licenses"], words["modalities"]) == ("a", ["en"], ["mit"], ["text"])


def test_a_warehouse_without_a_dataset_crawl_has_no_datasets(spark: SparkSession) -> None:
    models_only = drawn(spark, LISTINGS, "\n".join(line for line in LISTED.splitlines() if "dataset " not in line))
    assert datasets.transform(models_only, drawn(spark, CRAWL_RUNS, RUNS)).count() == 0


RESPONSES = """
crawl_id | account | kind         | status | fetched_at          | body
c1       | ann     | user         | 200    | 2026-01-01T00:00:00 | {"user": "ann", "fullname": "Ann Example", "numFollowers": 3}
c2       | ann     | user         | 200    | 2026-01-02T00:00:00 | {"user": "ann", "fullname": "Ann Example", "numFollowers": 5}
c1       | lab     | organisation | 200    | 2026-01-01T00:00:00 | {"name": "lab", "fullname": "A Lab", "isVerified": true, "plan": "team", "numUsers": null}
c1       | left    | user         | 200    | 2026-01-01T00:00:00 | {"user": "left", "numFollowers": 9}
c2       | left    |              | 404    | 2026-01-02T00:00:00 |
c2       | secret  |              | 401    | 2026-01-02T00:00:00 |
c2       | odd     | user         | 200    | 2026-01-02T00:00:00 | [3]
c2       | strange | user         | 200    | 2026-01-02T00:00:00 | {"user": "strange", "numFollowers": -2, "colour": "red"}
"""


def test_the_newest_response_counts_and_only_counts_are_stored_for_users(spark: SparkSession) -> None:
    found = {row["account"]: row for row in accounts.transform(drawn(spark, bronze.ACCOUNTS, RESPONSES)).collect()}
    columns = ("kind", "is_gone", "display_name", "is_verified", "plan", "followers", "members")
    assert {name: tuple(row[c] for c in columns) for name, row in found.items() if not row["quarantine_reason"]} == {
        "ann": ("user", False, None, False, None, 5, None),
        "lab": ("organisation", False, "A Lab", True, "team", None, None),
        "left": (None, True, None, False, None, None, None),
        "secret": (None, False, None, False, None, None, None),
        "strange": ("user", False, None, False, None, None, None),
    }
    assert found["odd"]["quarantine_reason"] == "no_object: the overview is no JSON object"
    assert found["strange"]["oddities"] == ["numFollowers: -2 is out of range", "colour: unknown key"]


def test_silver_drops_accounts_and_repositories_that_have_opted_out_in_any_case(spark: SparkSession) -> None:
    listed = drawn(spark, LISTINGS, LISTED)
    kept = without_opted_out(listed, "repo_id", OptOut(frozenset({"a/words", "b"}))).select("repo_id").collect()
    assert sorted(row[0] for row in kept) == ["a/gone", "a/model", "a/new", "a/part"]
    mixed_case = spark.createDataFrame([("ACME/x",), ("acme",), (None,)], "repo_id string")
    assert [row[0] for row in without_opted_out(mixed_case, "repo_id", OptOut(frozenset({"acme"}))).collect()] == [None]
