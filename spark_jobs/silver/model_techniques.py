"""How was each model made, by its configuration, files, tags, name and card?"""

from functools import lru_cache, reduce
from operator import or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, StringType, StructType

from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.techniques import MODEL_TECHNIQUES
from hublake.rules.techniques.config_techniques import config_techniques
from hublake.rules.techniques.file_techniques import file_techniques
from hublake.rules.techniques.model_techniques import SOURCES_OF_GUESSED_LORA, distinct_facts
from hublake.rules.techniques.stated_techniques import MERGE_TAG, name_techniques, tag_hints, tag_techniques
from hublake.rules.techniques.text_techniques import text_techniques
from hublake.rules.techniques.tool_cards import MAX_CHARS, tool_card_techniques
from hublake.rules.techniques.vocabulary import ADAPTERS, CONFIDENCE_OF_LORA, QUANTISATION, FoundTechnique, technique_groups
from hublake.spark_jobs.dataframes.array_columns import join_elements
from hublake.spark_jobs.dataframes.arrow_functions import Row, map_values
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.dataframes.text_columns import beginning
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.job import CarryOver, Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation, is_guess

ROW = StructType()
for _name in (*FoundTechnique._fields, "model_id"):
    ROW.add(_name, DoubleType() if _name in ("confidence", "bits") else StringType())
COLUMNS = [column.name for column in MODEL_TECHNIQUES if column.name != "snapshot_date"]
CONFIG = ("quant_method", "quant_bits", "peft_type")
MARKS_OF_FILES = ("adapter_", "pytorch_lora_weights", "mergekit", "quant_config", "quantize_config")
MAX_CACHED_CHARS = 8_000  # the template of the Hub has 5,000


def transform(
    models: DataFrame, model_configs: DataFrame, model_cards: DataFrame, lineage_edges: DataFrame, *, kept: DataFrame | None = None
) -> DataFrame:
    """Models of which nothing is known have no row. Those of `kept` still have the same techniques; what they inherit is found again.

    Cost: configurations, listings and the beginnings of all cards pass through Python once. The facts are stored once and not shuffled;
    quantised copies are joined with their parents, and what they inherit is broadcast.
    """
    facts = union_by_name((_of_config(model_configs), _of_listings(models), _of_cards(model_cards)))
    consistent = _consistent(lazy_checkpoint(facts))
    if kept is not None:
        consistent = consistent.unionByName(kept.select(*ROW.fieldNames()))
    return _with_inheritance(consistent, lineage_edges)


def _of_config(model_configs: DataFrame) -> DataFrame:
    stating = model_configs.where(reduce(or_, [F.col(name).isNotNull() for name in CONFIG]))
    return map_values(stating.select("model_id", *CONFIG), _config, ROW)


def _config(model_id: str, quant_method: str | None, quant_bits: float | None, peft_type: str | None) -> list[Row]:
    return [(*fact, model_id) for fact in _of_settings(quant_method, quant_bits, peft_type)]


@lru_cache(1 << 12)
def _of_settings(quant_method: str | None, quant_bits: float | None, peft_type: str | None) -> list[FoundTechnique]:
    """Models have few combinations of these settings."""
    return distinct_facts(config_techniques(quant_method, quant_bits, peft_type))


def _of_listings(models: DataFrame) -> DataFrame:
    """One pass of all models. Tags are one text each, and so are the names of files, where a rule reads one of them."""
    files = join_elements("file_names")
    has_read = F.exists(F.array(files), _may_be_read)  # an element is computed once for all searches
    texts = (join_elements("tags").alias("tags"), F.when(has_read, files).alias("file_names"))
    return map_values(models.select("model_id", "library_name", *texts), _listing, ROW)


def _may_be_read(file_names: Column) -> Column:
    return reduce(or_, [file_names.contains(mark) for mark in MARKS_OF_FILES]) | F.lower(file_names).contains(".gguf")


def _listing(model_id: str, library_name: str | None, tags: str, file_names: str | None) -> list[Row]:
    of_files = distinct_facts(file_techniques(file_names.split("\n"))) if file_names else ()
    facts = (*_of_tags(tags, library_name or ""), *of_files, *distinct_facts(name_techniques(model_id)))
    return [(*fact, model_id) for fact in facts]


def _of_tags(text: str, library: str) -> list[FoundTechnique]:
    """Only the tags that the rule reads; a model's other tags would make its combination unique."""
    tags = text.lower().split("\n")
    read = set(tag_hints().intersection(tags))
    if MERGE_TAG in text.lower() and any(tag.startswith(MERGE_TAG) for tag in tags):
        read.add(MERGE_TAG)
    return _of_combination(tuple(sorted(read)), "peft" if library.lower() == "peft" else None)


@lru_cache(1 << 14)
def _of_combination(tags: tuple[str, ...], library: str | None) -> list[FoundTechnique]:
    """Models have few combinations of these tags."""
    return distinct_facts(tag_techniques(tags, library))


def _of_cards(model_cards: DataFrame) -> DataFrame:
    """One pass of the beginnings of all cards: a search for marks and phrases in Python is faster than in Spark."""
    return map_values(model_cards.where("text IS NOT NULL").select("model_id", beginning("text", MAX_CHARS)), _card, ROW)


def _card(model_id: str, text: str) -> list[Row]:
    return [(*fact, model_id) for fact in (_of_template(text) if len(text) <= MAX_CACHED_CHARS else _of_text(text))]


@lru_cache(1 << 9)
def _of_template(text: str) -> list[FoundTechnique]:
    """As _of_text: many models have the same unchanged template."""
    return _of_text(text)


def _of_text(text: str) -> list[FoundTechnique]:
    return distinct_facts([*tool_card_techniques(text), *text_techniques(text)])


def _consistent(facts: DataFrame) -> DataFrame:
    """The rows that rules.techniques.model_techniques.consistent_techniques keeps. Few models have facts that refute others."""
    technique, detail = F.col("technique"), F.col("detail")
    is_full, is_adapter = technique == "full", technique.isin(sorted(ADAPTERS))
    flags = {
        "has_full": F.max(is_full),
        "has_adapter": F.max(is_adapter),
        "has_other_type": F.max((technique == "peft") & detail.isNotNull() & (detail != "LORA")),
    }
    of_model = facts.where(is_full | is_adapter).groupBy(name_hash()).agg(*[flag.alias(name) for name, flag in flags.items()])
    refuting = F.broadcast(of_model.where("(has_full AND has_adapter) OR has_other_type"))
    is_guessed_lora = (technique == "lora") & F.col("source").isin(*SOURCES_OF_GUESSED_LORA) & (F.col("confidence") == CONFIDENCE_OF_LORA)
    is_refuted = (is_full & F.col("has_adapter")) | (is_guessed_lora & F.col("has_other_type"))
    with_flags = facts.withColumn(HASH, name_hash()).join(refuting, HASH, how="left")
    return with_flags.where(~F.coalesce(is_refuted, F.lit(False))).drop(*flags, HASH)


def _with_inheritance(facts: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """Add the group, and whether the parent that a model quantises has the technique too."""
    groups = F.create_map(*(F.lit(text) for pair in technique_groups().items() for text in pair))
    grouped = facts.withColumn("technique_group", groups[F.col("technique")])
    copies = lineage_edges.where(is_derivation() & ~is_guess() & (F.col("relation") == "quantized")).select("child_id", "parent_id")
    of_parents = at_ends(grouped.where(F.col("technique_group") != QUANTISATION), copies, ["parent_id"])
    inheritable = of_parents.select("model_id", "technique").distinct()
    of_parent = join_by_hash(copies, inheritable.withColumnRenamed("model_id", "parent_id"), how="inner", name="parent_id")
    inherited = of_parent.select(name_hash("child_id"), "technique", F.lit(True).alias("of_parent")).distinct()
    with_parents = grouped.withColumn(HASH, name_hash()).join(F.broadcast(inherited), [HASH, "technique"], how="left")
    return with_parents.withColumn("is_inherited", F.coalesce("of_parent", F.lit(False))).select(*COLUMNS)


JOB = Job(
    reads=(MODELS, MODEL_CONFIGS, MODEL_CARDS, LINEAGE_EDGES),
    writes=MODEL_TECHNIQUES,
    transform=transform,
    carries=CarryOver("model_id", revises=True),
)
