"""Who derives from whom, and how do we know?"""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DoubleType, StringType, StructType

from lake.tables.bronze import LISTINGS
from lake.tables.silver import LINEAGE_EDGES, MODEL_CARDS, MODELS
from lake.vocabulary import EVIDENCE
from spark_jobs.arrays import has_any
from spark_jobs.boundary import Record, map_records
from spark_jobs.graph.cycles import pairs_on_cycles
from spark_jobs.graph.derivation import derivations
from spark_jobs.job import SET_ASIDE_REASON, Job
from spark_jobs.rules.front_matter import declared_in_json
from spark_jobs.rules.lineage import BASE_MODEL_TAG, ModelFacts, declared_parents
from spark_jobs.silver.parent_resolution import resolved_parents
from spark_jobs.silver.parents_in_names import CONFIDENCE, parents_in_names

DECLARED = StructType()
for _name in ("child_id", "parent", "declared_parent", "relation", "evidence", "problem"):
    DECLARED.add(_name, StringType())
DECLARED.add("is_relation_declared", BooleanType()).add("confidence", DoubleType())


def transform(models: DataFrame, model_cards: DataFrame, listings: DataFrame) -> DataFrame:
    """One row per child, parent and relation; a parent that cannot be a model's name is set aside as parent_not_a_name."""
    declared = map_records(_facts(models, model_cards), _declared, DECLARED).localCheckpoint()
    resolved = resolved_parents(declared, models, listings)
    declared_edges = _one_per_relation(resolved)
    both = declared_edges.unionByName(_told_by_names(models, declared), allowMissingColumns=True)
    edges = both.withColumn("is_self_loop", F.col("child_id") == F.col("parent_id")).localCheckpoint()
    cycles = pairs_on_cycles(derivations(edges.where(F.col(SET_ASIDE_REASON).isNull()))).select(
        F.col("child").alias("child_id"), F.col("parent").alias("parent_id"), F.lit(True).alias("is_cycle")
    )
    flagged = edges.join(cycles, ["child_id", "parent_id"], how="left").fillna(False, ["is_cycle"])
    dated = _with_child_older(flagged, models)
    return dated.select(*[name for name in LINEAGE_EDGES.column_names if name != "snapshot_date"], SET_ASIDE_REASON)


def _facts(models: DataFrame, model_cards: DataFrame) -> DataFrame:
    """Models that may declare a parent at all: the others need not pass through Python."""
    cards = model_cards.select("hub_id", "base_models", "base_model_relation", F.lit(True).alias("has_card_row"))
    known = models.join(cards, "hub_id", how="left")
    is_fetched = F.coalesce("has_card_row", F.lit(False))
    card_data = F.when(~is_fetched, F.col("card_data"))
    may_declare: Column = (
        has_any("tags", lambda tag: tag.startswith(BASE_MODEL_TAG) | (tag.contains("/") & ~tag.contains(":")))
        | (F.size("hub_parents") > 0)
        | (F.coalesce(F.size("base_models"), F.lit(0)) > 0)
        | F.coalesce(card_data.rlike("base[_-]model"), F.lit(False))
    )
    marks = ("model_id", "tags", "file_names", "library_name", "hub_parents", "hub_relation")
    return known.where(may_declare).select(*marks, "base_models", "base_model_relation", card_data.alias("card_data"))


def _declared(row: Record) -> Iterator[Record]:
    card = declared_in_json(row.pop("card_data"))
    row["base_models"] = row["base_models"] or card.base_models
    row["base_model_relation"] = row["base_model_relation"] or card.base_model_relation
    for parent in declared_parents(ModelFacts(**row)):
        yield {"child_id": row["model_id"], **parent._asdict()}


def _one_per_relation(resolved: DataFrame) -> DataFrame:
    """The strongest evidence of each child, parent and relation; what is inferred yields to what is declared.

    Cost: one shuffle by pairs, and one sort for both questions.
    """
    pair = ("child_id", "parent_id")
    strength = F.array_position(F.array(*[F.lit(name) for name in EVIDENCE]), F.col("evidence"))
    is_missing = F.col("parent_status") != "present"
    in_order = Window.partitionBy(*pair, "relation").orderBy(F.desc("is_relation_declared"), strength, is_missing, "declared_parent")
    told = resolved.where((F.col("evidence") != "bare_tag") | ~is_missing).repartition(*pair)
    strongest = told.withColumn("place", F.row_number().over(in_order)).where("place = 1").drop("place")
    is_declared_by_any = F.max("is_relation_declared").over(Window.partitionBy(*pair))
    both = strongest.withColumn("is_declared_by_any", is_declared_by_any)
    return both.where("is_relation_declared OR NOT is_declared_by_any").drop("is_declared_by_any")


def _told_by_names(models: DataFrame, declared: DataFrame) -> DataFrame:
    """Edges of models that declare no parent, not even one that is no name."""
    return parents_in_names(models, declared).select(
        "child_id",
        "parent_id",
        "relation",
        F.lit("in_name").alias("evidence"),
        F.lit(False).alias("is_relation_declared"),
        F.lit(CONFIDENCE).alias("confidence"),
        F.lit("present").alias("parent_status"),
        F.lit(None).cast("string").alias("resolved_by"),
        F.col("parent_id").alias("declared_parent"),
    )


def _with_child_older(edges: DataFrame, models: DataFrame) -> DataFrame:
    names = F.broadcast(edges.select(F.explode(F.array("child_id", "parent_id")).alias("model_id")).distinct())
    created = models.where(~F.col("is_created_at_floor")).select("model_id", "created_at").join(names, "model_id", how="left_semi")
    of_child = created.select(F.col("model_id").alias("child_id"), F.col("created_at").alias("child_created_at"))
    of_parent = created.select(F.col("model_id").alias("parent_id"), F.col("created_at").alias("parent_created_at"))
    dated = edges.join(of_child, "child_id", how="left").join(of_parent, "parent_id", how="left")
    is_older = F.col("child_created_at") < F.col("parent_created_at")
    return dated.withColumn("is_child_older", F.coalesce(is_older, F.lit(False)))


JOB = Job(reads=(MODELS, MODEL_CARDS, LISTINGS), writes=LINEAGE_EDGES, transform=transform)
