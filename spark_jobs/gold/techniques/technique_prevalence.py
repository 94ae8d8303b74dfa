"""How many new models are made by each technique, by month and relation to their parents?"""

from functools import cache

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.techniques import TECHNIQUE_PREVALENCE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.techniques import MODEL_TECHNIQUES
from hublake.rules.techniques.vocabulary import technique_groups
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.other_roots import other_roots
from hublake.spark_jobs.steps.strata import relations_of_children, strata_of_relations
from hublake.spark_jobs.steps.tasks_by_model import created_month

TOP_BASES = 5
GROUP = ("technique", "month", "stratum")
ALIKE = ("month", "relations", "low", "high", "roots")
LOW_BITS = 60  # of techniques, whose bits are in two numbers


def transform(models: DataFrame, model_techniques: DataFrame, lineage_edges: DataFrame, model_lineage: DataFrame) -> DataFrame:
    """A model counts for each of its techniques and each of its relations; listed models only.

    Cost: one join of all models with their techniques, relations and roots, and one aggregation of those that are alike in all of these,
    which is stored; one aggregation by root, from which the other figures follow.
    """
    listed = models.select("model_id", created_month().alias("month"), F.coalesce("downloads_30d", F.lit(0)).alias("downloads"))
    own = model_techniques.where("NOT is_inherited").groupBy(name_hash()).agg(*_bits_of_techniques())
    joined = join_by_hash(listed, relations_of_children(lineage_edges), own, other_roots(model_lineage))
    described = joined.withColumn("roots", F.when(F.col("low").isNotNull(), F.col("roots")))  # nothing reads those of the other models
    alike = lazy_checkpoint(described.groupBy(*ALIKE).agg(F.count("*").alias("models"), F.sum("downloads").alias("downloads")))
    strata = F.concat(F.array(F.lit("all")), strata_of_relations())
    each_stratum = alike.withColumn("stratum", F.explode(strata))
    known_models = F.coalesce(F.sum(F.when(F.col("low").isNotNull(), F.col("models"))), F.lit(0))
    sizes = each_stratum.groupBy("month", "stratum").agg(F.sum("models").alias("all_models"), known_models.alias("known_models"))
    facts = each_stratum.withColumn("technique", F.explode(_techniques()))
    each = facts.select(*GROUP, "models", "downloads", F.posexplode_outer("roots").alias("place", "root_id"))
    is_first = F.coalesce(F.col("place"), F.lit(0)) == 0
    by_root = lazy_checkpoint(
        each.groupBy(*GROUP, "root_id").agg(
            F.sum("models").alias("members"),
            F.sum(F.when(is_first, F.col("models")).otherwise(0)).alias("models"),
            F.sum(F.when(is_first, F.col("downloads"))).alias("downloads"),
        )
    )
    counted = by_root.groupBy(*GROUP).agg(F.sum("models").alias("models"), F.sum("downloads").alias("downloads_30d"))
    rank = F.row_number().over(Window.partitionBy(*GROUP).orderBy(F.desc("members"), "root_id"))
    bases = by_root.where("root_id IS NOT NULL").withColumn("rank", rank)
    ranked = bases.where(F.col("rank") <= TOP_BASES).groupBy(*GROUP)
    tops = ranked.agg(
        F.transform(F.array_sort(F.collect_list(F.struct("rank", "root_id"))), lambda of: of["root_id"]).alias("top_base_ids")
    )
    totals = counted.join(sizes, ["month", "stratum"], how="inner").join(tops, list(GROUP), how="left")
    return totals.withColumns(
        {
            "top_base_ids": F.coalesce("top_base_ids", F.array().cast("array<string>")),
            "known_share": F.col("models") / F.col("known_models"),
            "coverage_share": F.col("known_models") / F.col("all_models"),
        }
    )


def _bits_of_techniques() -> list[Column]:
    """Numbers with a bit for each technique of the rows of a group. Spark aggregates numbers faster than sets of texts."""
    maps = {
        part: F.create_map(*[item for name, bit in bits.items() for item in (F.lit(name), F.lit(bit).cast("long"))])
        for part, bits in _bits().items()
    }
    return [F.bit_or(F.coalesce(bits[F.col("technique")], F.lit(0))).alias(part) for part, bits in maps.items()]


def _techniques() -> Column:
    """The techniques of these numbers."""
    named = [F.when(F.col(part).bitwiseAND(bit) != 0, name) for part, bits in _bits().items() for name, bit in bits.items()]
    return F.array_compact(F.array(*named))


@cache
def _bits() -> dict[str, dict[str, int]]:
    """Technique -> bit, in the two numbers `low` and `high`."""
    names = sorted(technique_groups())
    parts = {"low": names[:LOW_BITS], "high": names[LOW_BITS:]}
    return {part: {name: 1 << place for place, name in enumerate(of)} for part, of in parts.items()}


JOB = Job(reads=(MODELS, MODEL_TECHNIQUES, LINEAGE_EDGES, MODEL_LINEAGE), writes=TECHNIQUE_PREVALENCE, transform=transform)
