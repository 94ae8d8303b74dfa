"""The datasets that models disclose as more than evaluated, and the edges over which descendants inherit them."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import RELATIONS
from hublake.spark_jobs.steps.dataset_names import dataset_identity
from hublake.spark_jobs.steps.derivation_edges import is_derivation, is_guess

IS_USE = "NOT is_placeholder AND role <> 'eval'"


def dataset_uses(model_datasets: DataFrame) -> DataFrame:
    """(model_id, dataset_id: the listed dataset, else as declared), distinct."""
    return model_datasets.where(IS_USE).select("model_id", dataset_identity().alias("dataset_id")).distinct()


def inheritance_edges(lineage_edges: DataFrame) -> DataFrame:
    """(child_id, parent_id, relation: index in RELATIONS, is_guessed); a pair of models may occur once per relation."""
    relation = F.array_position(F.lit(list(RELATIONS)), F.col("relation")) - 1
    guessed = is_guess().alias("is_guessed")
    return lineage_edges.where(is_derivation()).select("child_id", "parent_id", relation.alias("relation"), guessed)
