"""Which languages does each model have, by its card and tags, its name and its datasets?"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.datasets import DATASETS, MODEL_DATASETS
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.languages.declared_languages import MAX_CODE_LETTERS, NOT_A_CODE, look_alike_marks
from hublake.rules.languages.model_languages import declared_language_rows, named_language_rows
from hublake.spark_jobs.dataframes.array_columns import filter_elements
from hublake.spark_jobs.dataframes.arrow_functions import map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import CarryOver, Job
from hublake.spark_jobs.steps.dataset_uses import IS_USE
from hublake.spark_jobs.steps.declared_metadata import declaring_models

SCHEMA = spark_schema(MODEL_LANGUAGES, without=("snapshot_date",))

# Measured by benchmarks/language_truth.py: how often a model declares a language of its datasets, by how many these have at most.
CONFIDENCE_OF_DATASET = ((1, 0.96), (2, 0.82), (3, 0.45), (19, 0.21))
CONFIDENCE_OF_MANY = 0.06


def transform(models: DataFrame, model_cards: DataFrame, model_datasets: DataFrame, datasets: DataFrame) -> DataFrame:
    """One row per kind and language of a model. Declared ones are from its card or, if the card names none, from tags that are languages.
    The language in which a card is written is not the model's: silver.model_cards has it.

    Cost: models that declare anything, and all names, pass through Python; the rest is joins and columns.
    """
    of_language = F.when(F.col("card_data").contains("language"), F.col("card_data"))  # the name of the field
    declaring = declaring_models(models.withColumn("card_data", of_language), model_cards, ("languages",), _relevant_tags())
    declared = map_records(declaring, declared_language_rows, SCHEMA)
    named = map_records(models.select("model_id"), named_language_rows, SCHEMA)
    return declared.unionByName(named).unionByName(_of_datasets(model_datasets, datasets))


def _relevant_tags() -> Column:
    """A superset of the tags that rules.languages needs: also those with characters that may be invisible, which few models have."""

    def may_be_language(tag: Column) -> Column:
        return (F.length(tag) <= MAX_CODE_LETTERS) | tag.isin(*NOT_A_CODE, *sorted(look_alike_marks()))

    def may_be_invisible(text: Column) -> Column:
        return text.rlike("[^ -~]")

    with_invisible = filter_elements("tags", lambda tag: may_be_language(tag) | may_be_invisible(tag))
    return F.when(may_be_invisible(F.array_join("tags", " ")), with_invisible).otherwise(filter_elements("tags", may_be_language))


def _of_datasets(model_datasets: DataFrame, datasets: DataFrame) -> DataFrame:
    """Languages that a listed dataset of the model declares, with the first such dataset; evaluated ones do not count."""
    uses = model_datasets.where(IS_USE).where("resolved_id IS NOT NULL").select("model_id", F.col("resolved_id").alias("dataset_id"))
    languages = datasets.select("dataset_id", F.explode("languages").alias("language"))
    pairs = uses.join(languages, "dataset_id", how="inner").groupBy("model_id", "language").agg(F.min("dataset_id").alias("declared_as"))
    languages_of_model = F.count("*").over(Window.partitionBy("model_id"))
    confidence = F.when(languages_of_model <= CONFIDENCE_OF_DATASET[0][0], CONFIDENCE_OF_DATASET[0][1])
    for most, measured in CONFIDENCE_OF_DATASET[1:]:
        confidence = confidence.when(languages_of_model <= most, measured)
    return _rows(pairs, "in_dataset", "dataset", confidence.otherwise(CONFIDENCE_OF_MANY))


def _rows(found: DataFrame, kind: str, source: str, confidence: Column) -> DataFrame:
    constants = {"kind": F.lit(kind), "source": F.lit(source), "confidence": confidence, "direction": F.lit(None).cast("string")}
    return found.withColumns(constants).select(*SCHEMA.fieldNames())


JOB = Job(reads=(MODELS, MODEL_CARDS, MODEL_DATASETS, DATASETS), writes=MODEL_LANGUAGES, transform=transform, carries=CarryOver("model_id"))
