"""Which datasets does each model declare, which listed datasets are meant, and what for?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructType

from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.datasets import DATASETS, MODEL_DATASETS
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.datasets.model_datasets import dataset_rows
from hublake.spark_jobs.dataframes.array_columns import elements_with_prefix, filter_elements, join_elements
from hublake.spark_jobs.dataframes.arrow_functions import map_tables
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import HASH, name_hash
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.dataset_names import former_dataset_names, listed_datasets, resolve_dataset_names
from hublake.spark_jobs.steps.declared_metadata import declaring_models, map_declarations

RESOLVED = ("resolved_id", "dataset_status", "resolved_by")
DECLARED = spark_schema(MODEL_DATASETS, without=("snapshot_date", *RESOLVED))
NAMES = StructType()
for _name in ("name", *RESOLVED):
    NAMES.add(_name, StringType())
ROLE_TAGS = r"^(base_model:.*|generated_from_.*|model-index|eval-results)$"


def transform(models: DataFrame, model_cards: DataFrame, model_configs: DataFrame, datasets: DataFrame, listings: DataFrame) -> DataFrame:
    """One row per dataset of a model, from the strongest source that names it; placeholders are kept, flagged and never resolved.

    Datasets that only the Hub's list of results names have the source eval_results.

    Cost: what models declare passes through Python, alike declarations once. The distinct declared names and the names of all datasets
    pass through one task, which needs some 200 bytes for each of them; the names are broadcast, to search all listings for them.
    """
    cards = model_cards.withColumn("results", F.when(F.col("front_matter").contains('"model-index"'), F.col("front_matter")))
    declaring = declaring_models(models, cards, ("datasets", "results"), elements_with_prefix("tags", "dataset:"), _role_tags())
    evaluated = model_configs.where("size(eval_datasets) > 0").select(name_hash(), F.col("model_id").alias("evaluated"), "eval_datasets")
    joined = declaring.withColumn(HASH, name_hash()).join(evaluated, HASH, how="full")
    declaring = joined.withColumn("model_id", F.coalesce("model_id", "evaluated")).drop(HASH, "evaluated")
    declared = lazy_checkpoint(map_declarations(declaring, dataset_rows, DECLARED, unlike=("card_data", "results")))
    names = declared.where("NOT is_placeholder").select(F.col("dataset_id").alias("name")).distinct()
    frames = {"names": names, "datasets": listed_datasets(datasets), "former_names": former_dataset_names(names, listings)}
    resolved = map_tables(frames, resolve_dataset_names, NAMES)
    named = declared.join(F.broadcast(resolved), F.col("name") == F.col("dataset_id"), how="left")
    status = F.when(F.col("is_placeholder"), "placeholder").otherwise(F.col("dataset_status"))
    is_usable = ~F.col("is_placeholder")
    columns = {name: F.when(is_usable, F.col(name)) for name in RESOLVED} | {"dataset_status": status}
    return named.withColumns(columns).select(*[column.name for column in MODEL_DATASETS if column.name != "snapshot_date"])


def _role_tags() -> Column:
    """The tags that tell what datasets were used for."""
    text = join_elements("tags")
    found = filter_elements("tags", lambda tag: tag.rlike(ROLE_TAGS))
    has_any = text.contains("base_model:") | text.contains("generated_from_") | text.rlike("model-index|eval-results")
    return F.when(text.contains("dataset:") & has_any, found).otherwise(F.array().cast("array<string>")).alias("role_tags")


JOB = Job(reads=(MODELS, MODEL_CARDS, MODEL_CONFIGS, DATASETS, LISTINGS), writes=MODEL_DATASETS, transform=transform)
