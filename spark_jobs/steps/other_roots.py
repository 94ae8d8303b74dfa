"""The roots of each model other than itself."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def other_roots(model_lineage: DataFrame) -> DataFrame:
    """(model_id, roots) of the models with a root other than themselves: a model is no descendant of itself."""
    roots = F.filter("root_ids", lambda root: root != F.col("model_id"))
    return model_lineage.select("model_id", roots.alias("roots")).where("size(roots) > 0")
