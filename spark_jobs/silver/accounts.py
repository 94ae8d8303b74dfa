"""Which accounts own the models: users or organisations, verified or not, and with how many followers?"""

import json
from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from hublake.lake.schema import bronze
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.rules.listings.account_overviews import account_row
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON, CarryOver, Job
from hublake.spark_jobs.steps.listed_items import first_per_key, without_opted_out

GONE = (404, 410)


def transform(accounts: DataFrame, *, only: DataFrame | None = None) -> DataFrame:
    """One row per account, from its newest response; only the name if the account is gone or the Hub withholds it."""
    newest = _newest(accounts if only is None else accounts.join(F.broadcast(only), "account", how="left_semi"))
    schema = spark_schema(ACCOUNTS, without=("snapshot_date",)).add(QUARANTINE_REASON, StringType()).add(QUARANTINE_BODY, StringType())
    return map_records(newest.select("account", "kind", "status", "fetched_at", "body"), _parse, schema)


def changed(accounts: DataFrame, *, before: DataFrame) -> DataFrame:
    """(account) of those whose newest response is not that of the row in `before`. Cost: one shuffle of names and times."""
    newest = _newest(accounts.drop("body")).select("account", F.col("fetched_at").alias("newest_at"))
    compared = newest.join(before.select("account", "fetched_at"), "account", how="full")
    return compared.where(~F.col("newest_at").eqNullSafe(F.col("fetched_at"))).select("account")


def _newest(accounts: DataFrame) -> DataFrame:
    return first_per_key(without_opted_out(accounts, "account"), "account", F.desc("fetched_at"), F.desc("crawl_id"))


def _parse(record: Record) -> Iterator[Record]:
    row = {"account": record["account"], "kind": record["kind"], "fetched_at": record["fetched_at"], "is_gone": record["status"] in GONE}
    if record["status"] != 200:
        yield row | {"is_verified": False, "oddities": []}
        return
    try:
        overview = json.loads(record["body"] or "")
    except ValueError as error:
        overview, reason = None, f"not_json: {error}"
    else:
        reason = "no_object: the overview is no JSON object"
    if isinstance(overview, dict):
        yield row | account_row(record["kind"], overview)
    else:
        yield row | {QUARANTINE_REASON: reason, QUARANTINE_BODY: record["body"]}


JOB = Job(
    reads=(bronze.ACCOUNTS,),
    writes=ACCOUNTS,
    transform=transform,
    requires_rows_of=(bronze.ACCOUNTS,),
    carries=CarryOver("account", changed),
)
