"""Who derives from whom, and how do we know?"""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DoubleType, StringType, StructType

from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.cards.front_matter import declared_in_json
from hublake.rules.lineage.declared_parents import BASE_MODEL_TAG, ModelFacts, declared_parents
from hublake.spark_jobs.dataframes.array_columns import any_element
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records, map_tables
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_REASON, Job
from hublake.spark_jobs.steps.lineage_edges import edges

DECLARED = StructType()
for _name in ("child_id", "parent", "declared_parent", "relation", "evidence", "problem"):
    DECLARED.add(_name, StringType())
DECLARED.add("is_relation_declared", BooleanType()).add("confidence", DoubleType())
EDGES = spark_schema(LINEAGE_EDGES, without=("snapshot_date",)).add(QUARANTINE_REASON, StringType())


def transform(models: DataFrame, model_cards: DataFrame, listings: DataFrame) -> DataFrame:
    """One row per child, parent and relation; a parent that cannot be a model's name is set aside as parent_not_a_name.

    Cost: models that may declare a parent go through Python; what they declare and the names of all models go through one task, of which
    every model takes 0.2 kB and every reading 0.4; declared names go to every executor, which looks for them in all listings.
    """
    declared = lazy_checkpoint(map_records(_facts(models, model_cards), _declared, DECLARED))
    made = F.unix_micros("created_at").alias("created_at")
    known = models.select("model_id", "hub_id", "author", made, "is_created_at_floor", "downloads_30d")
    frames = {"readings": declared, "models": known, "former_names": _former_names(declared, listings)}
    return map_tables(frames, edges, EDGES)


def _facts(models: DataFrame, model_cards: DataFrame) -> DataFrame:
    """Models that may declare a parent at all: the others need not pass through Python."""
    cards = model_cards.select("hub_id", "base_models", "base_model_relation", F.lit(True).alias("has_card_row"))
    known = models.join(cards, "hub_id", how="left")
    is_fetched = F.coalesce("has_card_row", F.lit(False))
    card_data = F.when(~is_fetched, F.col("card_data"))
    may_declare: Column = (
        any_element("tags", lambda tag: tag.startswith(BASE_MODEL_TAG) | (tag.contains("/") & ~tag.contains(":")))
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


def _former_names(declared: DataFrame, listings: DataFrame) -> DataFrame:
    """(hub_id, parent) of every repository that a listing has under a declared name."""
    names = F.broadcast(declared.select("parent").distinct())
    listed = listings.where("repo_type = 'model'").select("hub_id", F.col("repo_id").alias("parent"))
    return listed.join(names, "parent", how="left_semi").select("hub_id", "parent").distinct()


JOB = Job(reads=(MODELS, MODEL_CARDS, LISTINGS), writes=LINEAGE_EDGES, transform=transform)
