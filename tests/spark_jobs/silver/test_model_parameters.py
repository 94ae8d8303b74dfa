"""silver.model_parameters: what models state themselves, and what they take from their parents."""

from pyspark.sql import SparkSession

from hublake.lake.schema.silver.architectures import MODEL_CONFIGS, MODEL_PARAMETERS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.silver.model_parameters import transform
from tests.drawn import drawn

LISTED = """
    model_id        | tags      | library_name
    m/base          | en        |
    m/base-mlx      | mlx       | mlx
    m/copy-of-copy  | exl3      |
    m/lora          | lora      | peft
    m/base-2B-small | gguf      |
    m/guessed       | en        |
    m/two           | en        |
    m/said-7B       | en        |
    m/said-copy     | en        |
    m/tuned-7.9B    | en        |
    m/tuned-copy    | en        |
"""
STORED = """
    model_id   | dtypes | dtype_counts | safetensors_total
    m/base     | BF16   | 8000000000   | 8000000000
    m/base-mlx |        |              | 1250000000
    m/lora     | F32    | 300000       | 300000
    m/two      | BF16   | 100          | 100
"""
EDGES = """
    child_id        | parent_id  | relation  | evidence  | parent_status
    m/base-mlx      | m/base     | quantized | typed_tag | present
    m/copy-of-copy  | m/base-mlx | quantized | typed_tag | present
    m/lora          | m/base     | adapter   | typed_tag | present
    m/base-2B-small | m/base     | quantized | typed_tag | present
    m/guessed       | m/base     | quantized | in_name   | present
    m/two           | m/base     | finetune  | typed_tag | present
    m/said-7B       | m/gone     | quantized | typed_tag | missing
    m/said-copy     | m/said-7B  | quantized | typed_tag | present
    m/tuned-7.9B    | m/base     | adapter   | typed_tag | present
    m/tuned-copy    | m/tuned-7.9B | quantized | typed_tag | present
"""


def test_quantised_models_and_adapters_take_the_count_of_their_parent(spark: SparkSession) -> None:
    frames = (drawn(spark, MODELS, LISTED), drawn(spark, MODEL_CONFIGS, STORED), drawn(spark, LINEAGE_EDGES, EDGES))
    rows = transform(*frames).collect()
    assert set(rows[0].asDict()) == set(MODEL_PARAMETERS.column_names) - {"snapshot_date"}
    found = {(row.model_id, row.source): (row.parameters, row.is_packed, row.is_partial, row.confidence) for row in rows}
    assert found == {
        ("m/base", "safetensors"): (8_000_000_000, False, False, 0.97),
        ("m/base-mlx", "safetensors"): (None, True, False, 0.0),  # a total alone cannot be unpacked
        ("m/base-mlx", "parent"): (8_000_000_000, False, False, 0.95),
        ("m/copy-of-copy", "parent"): (8_000_000_000, False, False, 0.9),
        ("m/lora", "safetensors"): (300_000, False, True, 0.0),
        ("m/lora", "parent"): (8_000_000_000, False, False, 0.94),
        ("m/base-2B-small", "name"): (2_000_000_000, False, False, 0.72),
        ("m/base-2B-small", "parent"): (8_000_000_000, False, False, 0.3),  # its name contradicts
        ("m/two", "safetensors"): (100, False, False, 0.97),
        ("m/said-7B", "name"): (7_000_000_000, False, False, 0.72),
        ("m/said-copy", "parent"): (7_000_000_000, False, False, 0.72),  # no more certain than the name of its parent
        ("m/tuned-7.9B", "name"): (7_900_000_000, False, False, 0.85),
        ("m/tuned-7.9B", "parent"): (8_000_000_000, False, False, 0.94),
        ("m/tuned-copy", "parent"): (8_000_000_000, False, False, 0.9),  # of the base, which is more certain than the name
    }
