"""How much do others build on each model, by the edges that somebody declared or stated alone?"""

from pyspark.sql import DataFrame

from hublake.lake.schema.gold.impact import MODEL_IMPACT_WITHOUT_GUESSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.job import DEFAULT_EXECUTION, Execution, Job
from hublake.spark_jobs.steps.derivation_edges import is_guess
from hublake.spark_jobs.steps.impact_scores import Params, impact_scores


def transform(models: DataFrame, lineage_edges: DataFrame, *, params: Params, execution: Execution = DEFAULT_EXECUTION) -> DataFrame:
    """As gold.model_impact, without guessed edges."""
    return impact_scores(models, lineage_edges.where(~is_guess()), params, execution)


JOB = Job(reads=(MODELS, LINEAGE_EDGES), writes=MODEL_IMPACT_WITHOUT_GUESSES, transform=transform, params=Params(), takes_execution=True)
