"""silver.model_names: what the name of each model says."""

from pyspark.sql import SparkSession

from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.vendors import MODEL_NAMES
from hublake.spark_jobs.silver import model_names
from tests.drawn import drawn


def test_every_model_has_what_its_name_says(spark: SparkSession) -> None:
    models = drawn(spark, MODELS, "hub_id | model_id \n h1 | Qwen/Qwen2.5-Coder-7B-Instruct-AWQ \n h2 | gpt2 \n h3 | someone/thing")
    frame = model_names.transform(models)
    assert {*frame.columns, "snapshot_date"} == set(MODEL_NAMES.column_names)
    rows = {row.model_id: row for row in frame.collect()}
    qwen = rows["Qwen/Qwen2.5-Coder-7B-Instruct-AWQ"]
    assert (qwen.series, qwen.variant, qwen.formats, qwen.is_quantised, qwen.is_vendor_own) == ("qwen2.5", ["coder"], ["awq"], True, True)
    assert (rows["gpt2"].series, rows["someone/thing"].method, rows["someone/thing"].confidence) == ("gpt2", "none", 0)
    assert model_names.transform(models.limit(0)).count() == 0
