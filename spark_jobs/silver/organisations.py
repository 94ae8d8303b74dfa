"""Which institution publishes under each name, of what kind is it, and in which country are its headquarters?"""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS, ORGANISATIONS
from hublake.rules.origins.curated_organisations import curated_organisations
from hublake.rules.origins.organisation_origins import ORGANISATION, REPACKAGING_NAMES, OrganisationOrigin, organisation_origin
from hublake.rules.origins.self_descriptions import MAX_CHARS
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import name_hash
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.publishers import with_publisher

SCHEMA = spark_schema(ORGANISATIONS, without=("snapshot_date",))
# A publisher with so many models, of which so many are quantised from others', re-packages. The bounds are ours: of 379 publishers with
# five models on the recorded hub of 2026, 268 have less than a tenth of such models, 57 at least eight tenths.
MIN_MODELS, MIN_SHARE = 5, 0.8
INPUTS = ("namespace", "kind", "display_name", "details", "as_of")


def transform(models: DataFrame, accounts: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """One row per publisher of a listed model. Canonical models whose home is unknown have no publisher.

    Rows of the curated list hold since a day: the one that held when the newest model was created counts. The rules apply to each account
    alone. Cost: organisations, names on the curated list and names of re-packagers pass through Python.
    """
    owned = with_publisher(models).where("publisher IS NOT NULL")
    namespaces = owned.groupBy(F.col("publisher").alias("namespace")).agg(F.count("*").alias("models"))
    (newest,) = models.agg(F.to_date(F.max("created_at")).alias("day")).collect()
    known = accounts.select(F.col("account").alias("namespace"), "kind", "display_name", "details")
    lower = F.lower("namespace")
    is_listed = lower.isin(*sorted(curated_organisations())) | lower.rlike(REPACKAGING_NAMES)
    has_origin = is_listed | F.coalesce(F.col("kind") == ORGANISATION, F.lit(False))
    details = F.when(F.col("has_origin"), F.substring("details", 1, MAX_CHARS))
    joined = namespaces.join(known, "namespace", how="left").withColumn("has_origin", has_origin)
    described = lazy_checkpoint(joined.withColumns({"details": details, "as_of": F.lit(newest["day"]).cast("date")}))
    found = map_records(described.where("has_origin").select(*INPUTS), _rows, SCHEMA)
    origins = found.unionByName(described.where("NOT has_origin").select("namespace", *_unlisted()))
    repackagers = _repackagers(described, lineage_edges).withColumn("repackages", F.lit(True))
    is_repackager = F.col("is_repackager") | F.coalesce("repackages", F.lit(False))
    return origins.join(F.broadcast(repackagers), "namespace", how="left").withColumn("is_repackager", is_repackager).drop("repackages")


def _repackagers(namespaces: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(namespace) of publishers most of whose models are quantised from another publisher's."""
    child, parent = (F.substring_index(name, "/", 1) for name in ("child_id", "parent_id"))
    of_others = lineage_edges.where((F.col("relation") == "quantized") & (child != parent))
    children = of_others.select(child.alias("namespace"), name_hash("child_id")).distinct()
    counted = children.groupBy("namespace").agg(F.count("*").alias("repackaged")).where(F.col("repackaged") >= MIN_SHARE * MIN_MODELS)
    is_most = (F.col("models") >= MIN_MODELS) & (F.col("repackaged") >= MIN_SHARE * F.col("models"))
    return namespaces.join(F.broadcast(counted), "namespace", how="inner").where(is_most).select("namespace")


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


JOB = Job(reads=(MODELS, ACCOUNTS, LINEAGE_EDGES), writes=ORGANISATIONS, transform=transform)
