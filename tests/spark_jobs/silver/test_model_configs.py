"""silver.model_configs: rows out of the pass over listed items."""

from pyspark.sql import SparkSession

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.spark_jobs.silver.model_configs import transform
from tests.drawn import drawn

RUNS = """
crawl_id | snapshot_date | spider | outcome  | started_at
c1       | 2026-01-02    | models | finished | 2026-01-02T00:00:00
"""


def test_a_listed_item_gives_a_row_and_one_without_any_configuration_none(spark: SparkSession) -> None:
    listings = """
        crawl_id | repo_type | page | position | hub_id | repo_id | fetched_at          | body
        c1       | model     | 0    | 0        | h1     | a/x     | 2026-01-02T00:00:00 | {"id": "a/x", "safetensors": {"parameters": {"I32": 8, "F16": 2}, "total": 10}, "config": {"architectures": ["AdaModel"], "quantization_config": {"quant_method": "gptq", "bits": 4}}}
        c1       | model     | 0    | 1        | h2     | a/none  | 2026-01-02T00:00:00 | {"id": "a/none"}
        c1       | model     | 0    | 2        | h3     | a/odd   | 2026-01-02T00:00:00 | {"id": "a/odd", "gguf": {"total": "many"}}
    """
    rows = transform(drawn(spark, LISTINGS, listings), drawn(spark, CRAWL_RUNS, RUNS)).orderBy("model_id").collect()
    columns = ("model_id", "architectures", "quant_method", "quant_bits", "dtypes", "dtype_counts", "oddities")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("a/odd", [], None, None, [], [], ["gguf.total: 'many' where a whole number was expected"]),
        ("a/x", ["AdaModel"], "gptq", 4.0, ["F16", "I32"], [2, 8], []),
    ]
