"""How long do others go on deriving from a root and its descendants, and when does a family fall silent?"""

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.timeline import FAMILY_LIFESPANS
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends
from hublake.spark_jobs.steps.observation import days_between, observed_until

SILENCES = (90, 180, 365)  # days; a family is dead after 180, the others show how much that matters
DEATH = 180
YEAR = 365  # days from which shares of the members so far are published: in younger families, most are still to come
SHARES = {"months_to_half": 0.5, "months_to_90_percent": 0.9}


def transform(models: DataFrame, model_lineage: DataFrame, *, day: date) -> DataFrame:
    """One row per root with other members and a known time of creation. A model with several roots is a member of each family.

    A silence begins with the birth or with a member, and ends with the next member or the observation: the day on which the first one has
    lasted N days does not depend on what comes later. Cost: two joins and two windows over the members of families; models without a family
    are left out before.
    """
    pairs = model_lineage.select("model_id", F.explode("root_ids").alias("root_id")).where("model_id <> root_id")
    pairs = lazy_checkpoint(pairs)
    until = observed_until(models, day)
    of_families = at_ends(models.select("model_id", "author", "created_at", "is_created_at_floor"), pairs, ["model_id", "root_id"])
    dated = lazy_checkpoint(of_families.where(~F.col("is_created_at_floor") & (F.col("created_at") <= until)).drop("is_created_at_floor"))
    births = dated.select(
        *(F.col("model_id").alias("root_id"), F.col("author").alias("root_author"), F.col("created_at").alias("birth_at")),
        until.alias("observed_until"),
    )
    members = join_by_hash(pairs, dated)
    by_family = births.join(members, "root_id", how="inner")
    is_other = ~F.coalesce("author", F.lit("")).eqNullSafe(F.coalesce("root_author", F.lit("")))
    is_member = is_other & (F.col("created_at") >= F.col("birth_at"))
    member_at = F.when(is_member, F.col("created_at")).alias("member_at")
    family = lazy_checkpoint(by_family.select("root_id", "birth_at", "observed_until", member_at))
    beginnings = family.select("root_id", "birth_at", "observed_until").distinct().withColumn("member_at", F.lit(None).cast("timestamp"))
    events = beginnings.unionByName(family.where("member_at IS NOT NULL"))
    return _lifespans(events).join(_peaks(events), "root_id", how="left")


def _lifespans(events: DataFrame) -> DataFrame:
    """The rows without peak_month, from (root_id, birth_at, observed_until, member_at: null for the birth)."""
    in_order = Window.partitionBy("root_id").orderBy(F.col("member_at").asc_nulls_first())
    whole = Window.partitionBy("root_id")
    begin = F.coalesce("member_at", "birth_at")
    ordered = events.withColumns(
        {
            "gap": days_between(begin, F.coalesce(F.lead("member_at").over(in_order), "observed_until")),
            "number": F.row_number().over(in_order) - 1,
            "members": F.count("member_at").over(whole),
            "month": F.date_trunc("month", "member_at"),
        }
    )
    month = F.months_between(F.col("month"), F.date_trunc("month", "birth_at"))
    silences = [
        F.min(F.when(F.col("gap") >= days, days_between("birth_at", begin) + days)).alias(f"silent_{days}_days") for days in SILENCES
    ]
    shares = [
        F.min(F.when((F.col("number") > 0) & (F.col("number") >= share * F.col("members")), month)).alias(name)
        for name, share in SHARES.items()
    ]
    found = ordered.groupBy("root_id", "birth_at", "observed_until").agg(
        F.count("member_at").alias("members_by_others"),
        F.max("member_at").alias("last_member_at"),
        F.count_distinct("month").alias("active_months"),
        *silences,
        *shares,
    )
    is_old = F.col("observed_days") >= YEAR
    return found.withColumn("observed_days", days_between("birth_at", "observed_until")).select(
        *("root_id", "birth_at", "members_by_others", "last_member_at", "active_months", "observed_days"),
        F.coalesce(days_between("birth_at", "last_member_at"), F.lit(0.0)).alias("lifespan_days"),
        (days_between(F.coalesce("last_member_at", "birth_at"), "observed_until") < DEATH).alias("is_censored"),
        *[f"silent_{days}_days" for days in SILENCES],
        *[F.when(is_old, F.col(name).cast("long")).alias(name) for name in SHARES],
    )


def _peaks(events: DataFrame) -> DataFrame:
    """(root_id, peak_month): the first of the months with most members."""
    monthly = events.where("member_at IS NOT NULL").groupBy("root_id", F.date_format("member_at", "yyyy-MM").alias("peak_month")).count()
    first = F.min(F.struct((-F.col("count")).alias("rank"), "peak_month"))
    return monthly.groupBy("root_id").agg(first["peak_month"].alias("peak_month"))


JOB = Job(reads=(MODELS, MODEL_LINEAGE), takes_day=True, writes=FAMILY_LIFESPANS, transform=transform)
