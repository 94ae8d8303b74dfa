"""How many parameters does each model have, according to every source that states it?"""

from functools import reduce
from operator import or_
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from hublake.lake.schema.silver.architectures import MODEL_CONFIGS, MODEL_PARAMETERS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.architectures.network_size import Network
from hublake.rules.architectures.parameter_counts import (
    NEAR,
    PARENT_CONTRADICTED,
    PARENT_OF_ADAPTER,
    PARENT_OF_PARENT,
    PARENT_OF_QUANTISED,
    ModelFacts,
    ParameterCount,
    own_counts,
)
from hublake.rules.architectures.parameters_in_name import hint_of_size, published_parameters
from hublake.rules.architectures.weight_formats import FORMAT_TAGS
from hublake.spark_jobs.dataframes.array_columns import elements_with_prefix, listed_elements
from hublake.spark_jobs.dataframes.arrow_functions import Row, map_values
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import CarryOver, Job
from hublake.spark_jobs.steps.derivation_edges import is_derivation, is_guess

ROWS = spark_schema(MODEL_PARAMETERS, without=("snapshot_date",))
OF_CONFIG = ("peft_base", "quant_method", "quant_bits", "quant_group", "dtypes", "dtype_counts", "safetensors_total", "gguf_total")
OF_NETWORK = tuple(name for name in Network._fields if name != "model_type")
OWN = tuple(name for name in ModelFacts._fields if name != "network")  # the columns of these precede those of the network
DTYPES, HIDDEN_SIZE = OWN.index("dtypes"), Network._fields.index("hidden_size")
COUNT = StructType([ROWS[name] for name in (*ParameterCount._fields, "model_id")])
SAME = 1.1  # ratio of the largest to the smallest count of several parents


def transform(models: DataFrame, model_configs: DataFrame, lineage_edges: DataFrame, *, kept: DataFrame | None = None) -> DataFrame:
    """Models that state nothing themselves and have no such parent have no row. Those of `kept` still state the same.

    Cost: one pass through Python of the models that may state a number, two joins of the quantised models and adapters with the counts.
    """
    tags = listed_elements("tags", FORMAT_TAGS).alias("tags")
    described = models.select("model_id", tags, "library_name", "model_type", _adapter_files().alias("file_names"))
    facts = join_by_hash(described, model_configs.select("model_id", *OF_CONFIG, *OF_NETWORK))
    counts = [F.col(name).isNotNull() for name in ("safetensors_total", "gguf_total", "hidden_size")]
    counted = reduce(or_, counts) | (F.size("dtypes") > 0)
    may_state = counted | F.col("model_id").rlike(hint_of_size())  # Spark searches only the names of the others
    own = map_values(facts.where(may_state).select(*OWN, *Network._fields), _own_rows, COUNT).select(*ROWS.fieldNames())
    if kept is not None:
        own = own.unionByName(kept.where("source <> 'parent'"))
    own = lazy_checkpoint(own)
    return own.unionByName(_parent_rows(own, lineage_edges))


def _adapter_files() -> Column:
    """Only the names that a rule reads; repositories have up to thousands of files."""
    return elements_with_prefix("file_names", "adapter_")


def _own_rows(*values: Any) -> list[Row]:
    stated, settings = values[: len(OWN)], values[len(OWN) :]
    network = Network._make(settings) if settings[HIDDEN_SIZE] else None
    facts = ModelFacts._make((*stated, network))
    if stated[DTYPES] is None:  # the listing gives no configuration
        facts = facts._replace(dtypes=(), dtype_counts=())
    return [(*count, facts.model_id) for count in own_counts(facts, published_parameters(facts.model_id))]


def _parent_rows(own: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """The counts of the parents of quantised models and adapters, or of their parents where that is more certain.

    No count is more certain than its source: one from the name of a parent is as uncertain as that name.
    """
    is_copy = is_derivation() & ~is_guess() & F.col("relation").isin("quantized", "adapter")
    of_relation = F.when(F.col("relation") == "quantized", PARENT_OF_QUANTISED).otherwise(PARENT_OF_ADAPTER)
    edges = lineage_edges.where(is_copy).select("child_id", "parent_id", of_relation.alias("of_relation"))
    certain = own.where("parameters IS NOT NULL AND confidence > 0").withColumnRenamed("model_id", "parent_id")
    parents = F.broadcast(edges.select(name_hash("parent_id")).distinct())
    of_parents = certain.withColumn(HASH, name_hash("parent_id")).join(parents, HASH, how="left_semi")
    counted = lazy_checkpoint(join_by_hash(edges, _strongest(of_parents, HASH), name="parent_id"))
    first = counted.where("parameters IS NOT NULL").withColumn("confidence", F.least("of_relation", "confidence"))
    is_uncertain = F.col("confidence").isNull() | (F.col("confidence") < PARENT_OF_PARENT)
    uncertain = counted.where(is_uncertain).select("child_id", "parent_id")
    inherited = _strongest(first, "child_id").withColumnRenamed("child_id", "parent_id")
    second = uncertain.join(inherited, "parent_id", how="inner").withColumn("confidence", F.least(F.lit(PARENT_OF_PARENT), "confidence"))
    found = (
        _strongest(first.drop("of_relation").unionByName(second), "child_id", "parent_id")
        .groupBy(F.col("child_id").alias("model_id"))
        .agg(
            F.max("parameters").alias("parameters"),
            F.min("parameters").alias("least"),
            F.max("active_parameters").alias("active_parameters"),
            F.min("confidence").alias("certainty"),
            F.min("parent_id").alias("parent_id"),
        )
        .where(F.col("parameters") <= F.col("least") * SAME)
    )
    named = own.where("source = 'name' AND parameters IS NOT NULL").select("model_id", F.col("parameters").alias("named"))
    ratio = F.col("named") / F.col("parameters")
    confidence = F.when((ratio > NEAR) | (ratio < 1 / NEAR), PARENT_CONTRADICTED).otherwise(F.col("certainty"))
    return join_by_hash(found, named).select(
        "model_id",
        F.lit("parent").alias("source"),
        "parameters",
        "active_parameters",
        *[F.lit(False).alias(name) for name in ("is_packed", "is_upper_bound", "is_partial")],
        F.lit(None).cast("string").alias("unpacked_by"),
        confidence.alias("confidence"),
        F.concat(F.lit("parent: "), "parent_id").alias("evidence"),
    )


def _strongest(counts: DataFrame, *keys: str) -> DataFrame:
    """(keys, parameters, active_parameters, confidence) of the most certain count; of equally certain ones the largest."""
    columns = ("confidence", "parameters", "active_parameters")
    best = counts.groupBy(*keys).agg(F.max(F.struct(*columns)).alias("best"))
    return best.select(*keys, *[F.col(f"best.{name}").alias(name) for name in columns])


JOB = Job(
    reads=(MODELS, MODEL_CONFIGS, LINEAGE_EDGES), writes=MODEL_PARAMETERS, transform=transform, carries=CarryOver("model_id", revises=True)
)
