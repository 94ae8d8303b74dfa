"""How was each model made, by its configuration, files, tags, name and card?"""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, StringType, StructType

from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.techniques import MODEL_TECHNIQUES
from hublake.rules.techniques.config_techniques import config_techniques
from hublake.rules.techniques.file_techniques import file_techniques
from hublake.rules.techniques.model_techniques import SOURCES_OF_GUESSED_LORA
from hublake.rules.techniques.stated_techniques import MERGE_TAG, name_hints, name_techniques, tag_hints, tag_techniques
from hublake.rules.techniques.text_techniques import text_techniques
from hublake.rules.techniques.tool_cards import MAX_CHARS, tool_card_techniques
from hublake.rules.techniques.vocabulary import ADAPTERS, CONFIDENCE_OF_LORA, QUANTISATION, FoundTechnique, technique_groups
from hublake.spark_jobs.dataframes.array_columns import (
    copy_array,
    filter_elements,
    has_listed_element,
    join_elements,
    listed_elements,
    no_text,
)
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.job import CarryOver, Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation, is_guess

FACT = StructType()
for _name in ("technique", "source", "evidence", "detail"):
    FACT.add(_name, StringType())
FACT.add("confidence", DoubleType()).add("bits", DoubleType())
ROW = StructType([*FACT.fields]).add("model_id", StringType())
COLUMNS = [column.name for column in MODEL_TECHNIQUES if column.name != "snapshot_date"]
CONFIG = ("quant_method", "quant_bits", "peft_type")
FILE_HINT = r"(?i)\.gguf$|adapter_|pytorch_lora_weights|mergekit|quant_config|quantize_config"
MAX_CACHED_CHARS = 8_000  # the template of the Hub has 5,000
WIDTH_HINT = r"q[2-8]|bpw|[0-9]bit"


def transform(
    models: DataFrame, model_configs: DataFrame, model_cards: DataFrame, lineage_edges: DataFrame, *, kept: DataFrame | None = None
) -> DataFrame:
    """Models of which nothing is known have no row. Those of `kept` still have the same techniques; what they inherit is found again.

    Cost: distinct configurations and combinations of tags pass through Python, and their facts are broadcast. Models with a file or a name
    that may state a technique and the beginnings of all cards pass through Python once. One shuffle of all facts by model, and a join of
    quantised copies with their parents.
    """
    facts = union_by_name((_of_config(model_configs), _of_tags(models), _of_files_and_names(models), _of_cards(model_cards)))
    consistent = _consistent(facts)
    if kept is not None:
        consistent = consistent.unionByName(kept.select(*ROW.fieldNames()))
    consistent = lazy_checkpoint(consistent)
    return _with_inheritance(consistent, lineage_edges)


def _of_config(model_configs: DataFrame) -> DataFrame:
    return _of_distinct(model_configs.select("model_id", *CONFIG), CONFIG, lambda row: config_techniques(*[row[name] for name in CONFIG]))


def _of_tags(models: DataFrame) -> DataFrame:
    """Only the tags that the rule reads; a model's other tags would make its combination unique."""
    lower = F.transform(copy_array("tags"), F.lower)
    merge = F.when(join_elements("tags").rlike(f"(?im)^{MERGE_TAG}"), F.array(F.lit(MERGE_TAG))).otherwise(no_text())
    read = F.array_sort(F.concat(listed_elements(lower, tag_hints()), merge))
    library = F.when(F.lower("library_name") == "peft", F.lit("peft"))
    described = models.select("model_id", read.alias("tags"), library.alias("library"))
    described = described.where((F.size("tags") > 0) | F.col("library").isNotNull())
    return _of_distinct(described, ("tags", "library"), lambda row: tag_techniques(row["tags"], row["library"]))


def _of_distinct(described: DataFrame, columns: tuple[str, ...], rule: Callable[[Record], list[FoundTechnique]]) -> DataFrame:
    """The facts that a rule finds in these columns, whose distinct values alone pass through Python."""
    key = F.to_json(F.struct(*columns))
    keyed = described.withColumn("key", key)
    schema = StructType([*FACT.fields]).add("key", StringType())

    def facts_of(row: Record) -> Iterator[Record]:
        for fact in rule(dict.fromkeys(columns) | json.loads(row["key"])):
            yield {"key": row["key"], **fact._asdict()}

    found = map_records(keyed.select("key").distinct(), facts_of, schema)
    return keyed.join(F.broadcast(found), "key", how="inner").select(*ROW.fieldNames())


def _of_files_and_names(models: DataFrame) -> DataFrame:
    """One pass of the models with a file or a word that a rule reads."""
    files = filter_elements("file_names", lambda name: name.rlike(FILE_HINT))
    words = F.split(F.lower(F.substring_index("model_id", "/", -1)), "[^a-z0-9]+")
    may_state = has_listed_element(words, name_hints()) | F.lower("model_id").rlike(WIDTH_HINT)
    described = models.select("model_id", files.alias("file_names"), may_state.alias("may_state")).where(
        "may_state OR size(file_names) > 0"
    )
    return map_records(described, _files_and_name, ROW)


def _files_and_name(row: Record) -> Iterator[Record]:
    for fact in (*file_techniques(row["file_names"]), *(name_techniques(row["model_id"]) if row["may_state"] else ())):
        yield {"model_id": row["model_id"], **fact._asdict()}


def _of_cards(model_cards: DataFrame) -> DataFrame:
    """One pass of the beginnings of all cards: a search for marks and phrases in Python is faster than in Spark."""
    return map_records(
        model_cards.where("text IS NOT NULL").select("model_id", F.substring("text", 1, MAX_CHARS).alias("text")), _card, ROW
    )


def _card(row: Record) -> Iterator[Record]:
    text = row["text"]
    for fact in _of_template(text) if len(text) <= MAX_CACHED_CHARS else _of_text(text):
        yield {"model_id": row["model_id"], **fact._asdict()}


@lru_cache(1 << 9)
def _of_template(text: str) -> tuple[FoundTechnique, ...]:
    """As _of_text: many models have the same unchanged template."""
    return _of_text(text)


def _of_text(text: str) -> tuple[FoundTechnique, ...]:
    return (*tool_card_techniques(text), *text_techniques(text))


def _consistent(facts: DataFrame) -> DataFrame:
    """The rows that rules.techniques.model_techniques.consistent_techniques keeps, each once. One shuffle and one sort by model."""
    hashed = facts.withColumns({HASH: name_hash(), "fact": F.xxhash64("technique", "source", "evidence")})
    distinct = hashed.repartition(HASH).dropDuplicates([HASH, "fact"])  # sorted as numbers
    of_model = Window.partitionBy(HASH)
    technique, detail = F.col("technique"), F.col("detail")
    flags = {
        "has_adapter": F.max(technique.isin(sorted(ADAPTERS))).over(of_model),
        "has_other_type": F.max((technique == "peft") & detail.isNotNull() & (detail != "LORA")).over(of_model),
    }
    is_guessed_lora = (technique == "lora") & F.col("source").isin(*SOURCES_OF_GUESSED_LORA) & (F.col("confidence") == CONFIDENCE_OF_LORA)
    is_refuted = ((technique == "full") & F.col("has_adapter")) | (is_guessed_lora & F.coalesce("has_other_type", F.lit(False)))
    return distinct.withColumns(flags).where(~is_refuted).drop(*flags, HASH, "fact")


def _with_inheritance(facts: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """Add the group, and whether the parent that a model quantises has the technique too."""
    groups = F.create_map(*(F.lit(text) for pair in technique_groups().items() for text in pair))
    grouped = facts.withColumn("technique_group", groups[F.col("technique")])
    copies = lineage_edges.where(is_derivation() & ~is_guess() & (F.col("relation") == "quantized")).select("child_id", "parent_id")
    of_parents = at_ends(grouped.where(F.col("technique_group") != QUANTISATION), copies, ["parent_id"])
    inheritable = of_parents.select("model_id", "technique").distinct()
    of_parent = join_by_hash(copies, inheritable.withColumnRenamed("model_id", "parent_id"), how="inner", name="parent_id")
    inherited = of_parent.groupBy(name_hash("child_id")).agg(F.collect_set("technique").alias("of_parents"))
    is_inherited = F.coalesce(F.array_contains("of_parents", F.col("technique")), F.lit(False))
    return join_by_hash(grouped, inherited).withColumn("is_inherited", is_inherited).select(*COLUMNS)


JOB = Job(
    reads=(MODELS, MODEL_CONFIGS, MODEL_CARDS, LINEAGE_EDGES),
    writes=MODEL_TECHNIQUES,
    transform=transform,
    carries=CarryOver("model_id", revises=True),
)
