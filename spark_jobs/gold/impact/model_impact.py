"""How much do others build on each model?"""

from pyspark.sql import DataFrame

from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.job import DEFAULT_EXECUTION, Execution, Job
from hublake.spark_jobs.steps.impact_scores import Params, impact_scores


def transform(models: DataFrame, lineage_edges: DataFrame, *, params: Params, execution: Execution = DEFAULT_EXECUTION) -> DataFrame:
    """One row per model, by all edges between listed models."""
    return impact_scores(models, lineage_edges, params, execution)


JOB = Job(reads=(MODELS, LINEAGE_EDGES), writes=MODEL_IMPACT, transform=transform, params=Params(), takes_execution=True)
