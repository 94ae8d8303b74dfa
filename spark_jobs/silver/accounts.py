"""Who owns the models: persons or organisations, verified or not, followed by how many?"""

import json
from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from hublake.lake.schema import bronze
from hublake.lake.schema.silver.origins import ACCOUNTS
from hublake.rules.listings.accounts import account_facts
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_BODY, QUARANTINE_REASON, Job
from hublake.spark_jobs.steps.listed_items import first_of, without_opted_out

GONE = (404, 410)


def transform(accounts: DataFrame) -> DataFrame:
    """The newest answer of each account; of one that is gone, or that the Hub withholds, the name alone."""
    newest = first_of(without_opted_out(accounts, "account"), "account", F.desc("fetched_at"), F.desc("crawl_id"))
    schema = spark_schema(ACCOUNTS, without=("snapshot_date",)).add(QUARANTINE_REASON, StringType()).add(QUARANTINE_BODY, StringType())
    return map_records(newest.select("account", "kind", "status", "fetched_at", "body"), _read, schema)


def _read(row: Record) -> Iterator[Record]:
    kept = {"account": row["account"], "kind": row["kind"], "fetched_at": row["fetched_at"], "is_gone": row["status"] in GONE}
    if row["status"] != 200:
        yield kept | {"is_verified": False, "oddities": []}
        return
    try:
        overview = json.loads(row["body"] or "")
    except ValueError as error:
        overview, reason = None, f"not_json: {error}"
    else:
        reason = "no_object: the overview is no JSON object"
    if isinstance(overview, dict):
        yield kept | account_facts(row["kind"], overview)
    else:
        yield kept | {QUARANTINE_REASON: reason, QUARANTINE_BODY: row["body"]}


JOB = Job(reads=(bronze.ACCOUNTS,), writes=ACCOUNTS, transform=transform, requires_rows_of=(bronze.ACCOUNTS,))
