"""Which models derive from which, and what is the evidence?"""

from collections.abc import Iterator

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, DoubleType, StringType, StructType

from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.cards.front_matter import parse_card_data
from hublake.rules.lineage.card_statements import StatedParent
from hublake.rules.lineage.declared_parents import ModelMetadata, declared_parents
from hublake.rules.lineage.relation_inference import ADAPTER_LIBRARIES, ADAPTER_TAGS, CONVERTED_TAGS, TRAINABLE_TAGS
from hublake.rules.lineage.tags import BASE_MODEL_TAG
from hublake.spark_jobs.dataframes.array_columns import any_element
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records, map_tables
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import QUARANTINE_REASON, Job
from hublake.spark_jobs.steps.parent_claims import edges_from_claims

DECLARED = StructType()
for _name in ("child_id", "parent", "declared_parent", "relation", "evidence", "problem"):
    DECLARED.add(_name, StringType())
DECLARED.add("is_relation_declared", BooleanType()).add("confidence", DoubleType())
EDGES = spark_schema(LINEAGE_EDGES, without=("snapshot_date",)).add(QUARANTINE_REASON, StringType())


def transform(models: DataFrame, model_cards: DataFrame, listings: DataFrame) -> DataFrame:
    """One row per child, parent and relation. A parent that cannot be the name of a model is quarantined (parent_not_a_name).

    Cost: models that may declare a parent pass through Python. Their claims and the names of all
    models pass through one task, which needs 0.2 kB per model and 0.4 kB per claim. Declared names are broadcast, to search all listings
    for them.
    """
    declared = lazy_checkpoint(map_records(_declaring_models(models, model_cards), _declared_parents, DECLARED))
    created_at = F.unix_micros("created_at").alias("created_at")
    is_whole = (F.col("pipeline_tag").isNotNull() | F.col("architecture").isNotNull()).alias("is_whole")
    facts = ("is_created_at_floor", "downloads_30d", "architecture", _is_adapter(), is_whole, _is_converted())
    names = models.select("model_id", "hub_id", "author", created_at, *facts)
    frames = {"declared": declared, "models": names, "former_names": _former_names(declared, listings)}
    return map_tables(frames, edges_from_claims, EDGES)


def _is_adapter() -> Column:
    """Whether a model's library or tags are those of an adapter."""
    is_of_library = F.coalesce(F.lower("library_name").isin(sorted(ADAPTER_LIBRARIES)), F.lit(False))
    return (is_of_library | _has_tag(ADAPTER_TAGS)).alias("is_adapter")


def _is_converted() -> Column:
    """Whether a model's tags name files of other runtimes only, on which nobody trains."""
    return (_has_tag(CONVERTED_TAGS) & ~_has_tag(TRAINABLE_TAGS)).alias("is_converted")


def _has_tag(wanted: frozenset[str]) -> Column:
    return any_element("tags", lambda tag: F.lower(tag).isin(sorted(wanted)))


def _declaring_models(models: DataFrame, model_cards: DataFrame) -> DataFrame:
    """The models that may declare a parent, so that the others need not pass through Python."""
    of_card = ("base_models", "base_model_relation", "stated_parents", "stated_relations")
    cards = model_cards.select("hub_id", *of_card, F.lit(True).alias("has_card_row"))
    known = models.join(cards, "hub_id", how="left")
    is_fetched = F.coalesce("has_card_row", F.lit(False))
    card_data = F.when(~is_fetched, F.col("card_data"))
    may_declare: Column = (
        any_element("tags", lambda tag: tag.startswith(BASE_MODEL_TAG) | (tag.contains("/") & ~tag.contains(":")))
        | (F.size("hub_parents") > 0)
        | (F.coalesce(F.size("base_models"), F.lit(0)) > 0)
        | F.coalesce(card_data.rlike("base[_-]model"), F.lit(False))
        | (F.coalesce(F.size("stated_parents"), F.lit(0)) > 0)
    )
    columns = ("model_id", "tags", "file_names", "library_name", "hub_parents", "hub_relation")
    return known.where(may_declare).select(*columns, *of_card, card_data.alias("card_data"))


def _declared_parents(row: Record) -> Iterator[Record]:
    card = parse_card_data(row.pop("card_data"))
    row["base_models"] = row["base_models"] or card.base_models
    row["base_model_relation"] = row["base_model_relation"] or card.base_model_relation
    stated = zip(row["stated_parents"] or (), row.pop("stated_relations") or (), strict=True)
    row["stated_parents"] = [StatedParent(*parent) for parent in stated]
    for parent in declared_parents(ModelMetadata(**row)):
        yield {"child_id": row["model_id"], **parent._asdict()}


def _former_names(declared: DataFrame, listings: DataFrame) -> DataFrame:
    """(hub_id, parent) of every repository that was ever listed under the name of a declared parent."""
    names = F.broadcast(declared.select("parent").distinct())
    listed = listings.where("repo_type = 'model'").select("hub_id", F.col("repo_id").alias("parent"))
    return listed.join(names, "parent", how="left_semi").select("hub_id", "parent").distinct()


JOB = Job(reads=(MODELS, MODEL_CARDS, LISTINGS), writes=LINEAGE_EDGES, transform=transform)
