"""Which institution publishes under each name, of what kind is it, and in which country are its headquarters?"""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS, ORGANISATIONS
from hublake.rules.origins.curated_organisations import curated_organisations
from hublake.rules.origins.organisation_origins import ORGANISATION, REPACKAGING_NAMES, OrganisationOrigin, organisation_origin
from hublake.rules.origins.self_descriptions import MAX_CHARS
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.publishers import with_publisher

SCHEMA = spark_schema(ORGANISATIONS, without=("snapshot_date",))
INPUTS = ("namespace", "kind", "display_name", "details")


def transform(models: DataFrame, accounts: DataFrame) -> DataFrame:
    """One row per publisher of a listed model. Canonical models whose home is unknown have no publisher.

    The rules apply to each account alone. Cost: organisations, names on the curated list and names of re-packagers pass through Python.
    """
    namespaces = with_publisher(models).where("publisher IS NOT NULL").select(F.col("publisher").alias("namespace")).distinct()
    details = F.substring("details", 1, MAX_CHARS).alias("details")
    known = accounts.select(F.col("account").alias("namespace"), "kind", "display_name", details)
    described = namespaces.join(known, "namespace", how="left").select(*INPUTS)
    lower = F.lower("namespace")
    is_listed = lower.isin(*sorted(curated_organisations())) | lower.rlike(REPACKAGING_NAMES)
    has_origin = is_listed | F.coalesce(F.col("kind") == ORGANISATION, F.lit(False))
    found = map_records(described.where(has_origin), _rows, SCHEMA)
    return found.unionByName(described.where(~has_origin).select("namespace", *_unlisted()))


def _rows(record: Record) -> Iterator[Record]:
    origin = organisation_origin(*(record[name] for name in INPUTS))
    yield {"namespace": record["namespace"], **origin._asdict()}


def _unlisted() -> list[Column]:
    """What the rule says of a user, and of an account of unknown kind, that are on no list."""
    user, unknown = (organisation_origin("", kind, None, None)._asdict() for kind in ("user", None))
    is_user = F.coalesce(F.col("kind") == "user", F.lit(False))
    return [
        F.when(is_user, F.lit(user[name])).otherwise(F.lit(unknown[name])).cast(SCHEMA[name].dataType).alias(name)
        for name in OrganisationOrigin._fields
    ]


JOB = Job(reads=(MODELS, ACCOUNTS), writes=ORGANISATIONS, transform=transform)
