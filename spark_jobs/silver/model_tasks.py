"""What is each model for, by its card, the Hub, its class, library, datasets, results, tags, text and name?"""

from collections.abc import Iterator, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, StringType, StructType

from hublake.lake.enums import TASK_SOURCES
from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.datasets import DATASETS, MODEL_DATASETS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.tasks import MODEL_TASKS
from hublake.rules.tasks.class_tasks import InferredTask, strongest_of_classes, task_of_task_type
from hublake.rules.tasks.library_tasks import task_of_libraries
from hublake.rules.tasks.strongest_task import MIN_CONFIDENCE_TO_REFINE, REFINING_SOURCES, STATED
from hublake.rules.tasks.task_phrases import MAX_CARD_CHARS, task_in_name, tasks_in_texts
from hublake.rules.tasks.vocabulary import tasks, tasks_by_spelling, tasks_in_tags
from hublake.spark_jobs.dataframes.array_columns import join_elements
from hublake.spark_jobs.dataframes.arrow_functions import Record, Row, map_columns, map_records, map_values
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.dataframes.text_columns import beginning
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.job import CarryOver, Job
from hublake.spark_jobs.steps.dataset_uses import IS_USE

ROW = StructType()
for _name in ("model_id", "source", *InferredTask._fields):
    ROW.add(_name, DoubleType() if _name == "confidence" else StringType())
CLASS_COLUMNS = ("architecture", "diffusers_class", "auto_model", "gguf_architecture", "peft_task_type")
INFERRED = StructType()
for _name in (*CLASS_COLUMNS, "task", "evidence"):
    INFERRED.add(_name, StringType())
INFERRED.add("confidence", DoubleType())

CONFIDENCE_OF_CARD, CONFIDENCE_OF_HUB, CONFIDENCE_OF_HUB_INFERENCE = 1.0, 0.99, 0.95
# Measured by benchmarks/task_truth.py.
CONFIDENCE_OF_TAG, CONFIDENCE_OF_RESULT, CONFIDENCE_OF_ONE_TASK, CONFIDENCE_OF_SEVERAL = 0.7, 0.8, 0.84, 0.2
MAX_RESULT_TYPES = 20
RESULT_TYPE = r'([A-Za-z][^"\[\],]{1,80})'  # get_json_object returns a text or an array of texts
VALUE = "struct<source:string,evidence:string,confidence:double>"


def transform(
    models: DataFrame, model_cards: DataFrame, model_configs: DataFrame, model_datasets: DataFrame, datasets: DataFrame
) -> DataFrame:
    """One row per source and task of a model; values that are no task of the vocabulary are left out.

    Cost: listings and the beginnings of the cards pass through Python once, distinct classes too; the rest is columns and small broadcasts.
    One shuffle of all rows finds the strongest.
    """
    spelled = models.sparkSession.createDataFrame(sorted(tasks_by_spelling().items()), "spelling string, task string")
    beginnings = model_cards.where("text IS NOT NULL").select("model_id", beginning("text", MAX_CARD_CHARS))
    sources = (
        _stated(models, model_cards, spelled),
        _of_classes(model_configs),
        _of_listings(models),
        _of_datasets(model_datasets, datasets, spelled),
        map_columns(beginnings, _in_texts, ROW),
    )
    return _with_strongest(union_by_name(sources))


def _stated(models: DataFrame, model_cards: DataFrame, spelled: DataFrame) -> DataFrame:
    """What the card, the Hub and the results in the card state. The Hub inferred its field if the author wrote none.

    That is certain where a front matter is known and has none, where the card has no front matter, and where no listed file is a card.
    Cost: only what these texts state is shuffled, not the texts.
    """
    read = F.col("front_matter").isNotNull().alias("has_front_matter")
    of_cards = ("hub_id", F.col("pipeline_tag").alias("of_card"), _result_types("front_matter").alias("results"), read, "yaml_status")
    has_no_card = ~F.col("has_card") & (F.size("file_names") > 0)
    of_models = (
        F.when(F.col("card_data").contains("pipeline_tag"), F.get_json_object("card_data", "$.pipeline_tag")).alias("of_data"),
        _result_types("card_data").alias("results_of_data"),
        F.col("card_data").isNotNull().alias("has_data"),
        has_no_card.alias("has_no_card"),
    )
    listed = models.select("hub_id", "model_id", "pipeline_tag", *of_models)
    known = join_by_hash(listed, model_cards.select(*of_cards), name="hub_id")
    of_card = F.coalesce("of_card", "of_data")
    has_no_front_matter = F.coalesce(F.col("yaml_status") == "none", F.col("has_no_card"))
    is_inferred = of_card.isNull() & (F.col("has_front_matter") | F.col("has_data") | has_no_front_matter)
    hub_source = F.when(is_inferred, "hub_inferred").otherwise("hub")
    hub_confidence = F.when(is_inferred, CONFIDENCE_OF_HUB_INFERENCE).otherwise(CONFIDENCE_OF_HUB)
    stated = F.array(_value(F.lit("card"), of_card, F.lit(CONFIDENCE_OF_CARD)), _value(hub_source, F.col("pipeline_tag"), hub_confidence))
    results = F.when(F.col("has_front_matter"), F.col("results")).otherwise(F.col("results_of_data"))
    of_results = F.transform(results, lambda found: _value(F.lit("model_index"), found["evidence"], F.lit(CONFIDENCE_OF_RESULT)))
    values = F.concat(stated, F.coalesce(of_results, F.array().cast(f"array<{VALUE}>")))
    return _with_task(known.select("model_id", F.inline(values)).where("evidence IS NOT NULL"), spelled)


def _result_types(written: str) -> Column:
    """(task, evidence) of the types of tasks of the results in a front matter, each task once; null without results.

    Of several spellings of one task, the first in alphabetical order is the evidence.
    """
    types = F.when(F.col(written).contains('"model-index"'), F.get_json_object(written, "$.model-index[*].results[*].task.type"))
    found = F.slice(F.array_distinct(F.regexp_extract_all(types, F.lit(RESULT_TYPE), F.lit(1))), 1, MAX_RESULT_TYPES)
    known = F.create_map(*(F.lit(text) for pair in sorted(tasks_by_spelling().items()) for text in pair))
    spelled = F.array_sort(F.transform(found, lambda text: F.struct(known[_spelling(text)].alias("task"), text.alias("evidence"))))
    return F.filter(spelled, lambda one, place: (place == 0) | ~F.get(spelled, place - 1)["task"].eqNullSafe(one["task"]))


def _spelling(written: Column) -> Column:
    return F.regexp_replace(F.lower(F.trim(written)), r"[\s_/]+", "-")


def _value(source: Column, evidence: Column, confidence: Column) -> Column:
    return F.struct(source.alias("source"), evidence.alias("evidence"), confidence.alias("confidence")).cast(VALUE)


def _with_task(values: DataFrame, spelled: DataFrame) -> DataFrame:
    """The rows whose evidence spells a task."""
    joined = values.withColumn("spelling", _spelling(F.col("evidence"))).join(F.broadcast(spelled), "spelling", how="inner")
    return joined.select(*ROW.fieldNames())


def _of_classes(model_configs: DataFrame) -> DataFrame:
    """The strongest task of a model's classes. Only the distinct combinations of classes pass through Python."""
    columns = {"architecture": F.get("architectures", 0), **{name: F.col(name) for name in CLASS_COLUMNS[1:]}}
    classes = model_configs.select("model_id", *[F.coalesce(column, F.lit("")).alias(name) for name, column in columns.items()])
    inferred = map_records(classes.select(*CLASS_COLUMNS).distinct(), _infer, INFERRED)
    joined = classes.join(F.broadcast(inferred), list(CLASS_COLUMNS), how="inner")
    return joined.withColumn("source", F.lit("architecture")).select(*ROW.fieldNames())


def _infer(row: Record) -> Iterator[Record]:
    found = strongest_of_classes(row[name] for name in CLASS_COLUMNS[:-1]) or task_of_task_type(row["peft_task_type"])
    if found:
        yield {**row, **found._asdict()}


def _of_datasets(model_datasets: DataFrame, datasets: DataFrame, spelled: DataFrame) -> DataFrame:
    """Tasks that the listed datasets of a model declare; evaluated ones do not count. One task in all says more than several."""
    uses = model_datasets.where(IS_USE).where("resolved_id IS NOT NULL").select("model_id", F.col("resolved_id").alias("dataset_id"))
    declared = datasets.select("dataset_id", F.explode("task_categories").alias("category"))
    values = uses.join(declared, "dataset_id", how="inner").select(
        "model_id", F.col("category").alias("evidence"), F.lit("dataset").alias("source"), F.lit(0.0).alias("confidence")
    )
    grouped = _with_task(values, spelled).groupBy("model_id", "task", "source")
    found = grouped.agg(F.min("evidence").alias("evidence"))
    several = F.count("*").over(Window.partitionBy("model_id")) > 1
    return found.withColumn("confidence", F.when(several, CONFIDENCE_OF_SEVERAL).otherwise(CONFIDENCE_OF_ONE_TASK))


def _in_texts(model_ids: Sequence[str], texts: Sequence[str]) -> list[Row]:
    return [(model_id, "card_text", *found) for model_id, found in zip(model_ids, tasks_in_texts(texts), strict=True) if found]


def _of_listings(models: DataFrame) -> DataFrame:
    """What libraries, tags and names imply: one pass of all models, whose tags are one text each."""
    return map_values(models.select("model_id", "pipeline_tag", "library_name", join_elements("tags").alias("tags")), _listing, ROW)


def _listing(model_id: str, pipeline_tag: str | None, library_name: str | None, tags: str) -> Iterator[Row]:
    listed = tags.split("\n")
    for source, found in (("library", task_of_libraries(library_name, listed)), ("name", task_in_name(model_id))):
        if found:
            yield (model_id, source, *found)
    for task in tasks_in_tags(listed, pipeline_tag):
        yield (model_id, "tag", task, CONFIDENCE_OF_TAG, task)


def _with_strongest(found: DataFrame) -> DataFrame:
    """Mark one row per model by the order of rules.tasks.strongest_task, and add the modality."""
    vocabulary = found.sparkSession.createDataFrame(
        [(task.name, task.modality) for task in tasks().values()], "task string, modality string"
    )
    of_model = Window.partitionBy(HASH)  # sorted as numbers
    class_task = F.max(F.when(F.col("source") == "architecture", F.col("task"))).over(of_model)
    refinements = [f"{task.name} {of_class}" for task in tasks().values() for of_class in task.refines]
    is_refinement = (
        F.col("source").isin(*REFINING_SOURCES)
        & (F.col("confidence") >= MIN_CONFIDENCE_TO_REFINE)
        & F.coalesce(F.concat("task", F.lit(" "), class_task).isin(*refinements), F.lit(False))
    )
    source = F.array_position(F.lit(list(TASK_SOURCES)), F.col("source"))
    order = F.struct(F.least(source, F.lit(STATED + 1)), ~F.col("is_refinement"), -F.col("confidence"), source, "task")
    known = found.join(F.broadcast(vocabulary), "task", how="inner").withColumn(HASH, name_hash())
    known = known.withColumn("is_refinement", is_refinement).withColumn("order", order)
    is_strongest = F.col("order") == F.min("order").over(of_model)  # a window without an order needs no second sort
    columns = [column.name for column in MODEL_TASKS if column.name != "snapshot_date"]
    return known.withColumn("is_strongest", is_strongest).select(*columns)


JOB = Job(
    reads=(MODELS, MODEL_CARDS, MODEL_CONFIGS, MODEL_DATASETS, DATASETS),
    writes=MODEL_TASKS,
    transform=transform,
    carries=CarryOver("model_id"),
)
