"""What does the name of each model say: series, size, stage and format?"""

import pyarrow as pa
from pyspark.sql import DataFrame

from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.vendors import MODEL_NAMES
from hublake.rules.vendors.model_names import ModelName, parse_model_name
from hublake.spark_jobs.dataframes.arrow_functions import map_batches
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import CarryOver, Job

LISTS = ("variant", "formats")


def transform(models: DataFrame) -> DataFrame:
    """One row per model. Cost: about 10 µs of a core per name, without a shuffle, since few names repeat."""
    return map_batches(models.select("model_id"), _parsed, spark_schema(MODEL_NAMES, without=("snapshot_date",)))


def _parsed(batch: pa.RecordBatch) -> pa.RecordBatch:
    names = [parse_model_name(model_id) for model_id in batch["model_id"].to_pylist()]
    columns = dict(zip(ModelName._fields, zip(*names, strict=True), strict=True)) if names else dict.fromkeys(ModelName._fields, ())
    arrays = {name: pa.array(values, pa.list_(pa.string()) if name in LISTS else None) for name, values in columns.items()}
    confidence = pa.array([name.confidence for name in names], pa.float64())
    return pa.RecordBatch.from_pydict({"model_id": batch["model_id"], **arrays, "confidence": confidence})


JOB = Job(reads=(MODELS,), writes=MODEL_NAMES, transform=transform, carries=CarryOver("model_id"))
