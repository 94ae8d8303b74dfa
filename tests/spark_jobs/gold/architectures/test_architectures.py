"""gold.model_architecture, architecture_evolution and parameter_agreement."""

from itertools import pairwise

from pyspark.sql import SparkSession
from pyspark.testing import assertDataFrameEqual

from hublake.lake.enums import SIZE_BOUNDS
from hublake.lake.schema.gold.architectures import ARCHITECTURE_EVOLUTION, MODEL_ARCHITECTURE, PARAMETER_AGREEMENT
from hublake.lake.schema.silver.architectures import MODEL_CONFIGS, MODEL_PARAMETERS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.gold.architectures import architecture_evolution, model_architecture, parameter_agreement
from tests.drawn import drawn

LISTED = """
    model_id       | tags
    m/stated       | transformers, bert
    m/tagged       | transformers, qwen2
    m/copy         | gguf
    m/second-copy  | gguf
    m/tiny-llama-x | en
    m/mixture      | en
    m/device       | en
    m/unknown      | en
    m/dense        | en
"""
CONFIGS = """
    model_id  | architectures         | model_type | gguf_architecture | experts
    m/stated  | LlamaForCausalLM      | llama      |                   |
    m/mixture |                       | ada        |                   | 8
    m/device  |                       |            | gemma3n           |
"""
COUNTS = """
    model_id      | source      | parameters | active_parameters | is_upper_bound | confidence | evidence
    m/stated      | safetensors | 8000000000 |                   | no             | 0.97       | safetensors: BF16
    m/stated      | name        | 7000000000 |                   | no             | 0.75       | name: 7b
    m/stated      | curated     | 100        |                   | no             | 0.93       | name: other
    m/copy        | name        |            |                   | yes            | 0          | name: 8x7b
    m/tagged      | name        | 30000      | 3000              | no             | 0.75       | name: 30b a3b
    m/device      | name        |            | 4000000           | no             | 0          | name: E4B
    m/dense       | curated     | 1000       |                   | no             | 0.93       | name: series 1k
    m/dense       | name        | 1040       |                   | no             | 0.75       | name: 1k
"""
EDGES = """
    child_id      | parent_id | relation  | evidence  | parent_status
    m/copy        | m/tagged  | quantized | typed_tag | present
    m/second-copy | m/stated  | quantized | typed_tag | present
    m/second-copy | m/tagged  | quantized | typed_tag | present
"""
FOUND = """
    model_id       | architecture     | architecture_family | architecture_source | architecture_confidence | architecture_evidence | parameters | active_parameters | is_moe | size_class | parameters_from | parameters_confidence | parameter_sources | agreement_share | is_confirmed
    m/stated       | LlamaForCausalLM | llama               | config              | 1                       | LlamaForCausalLM      | 8000000000 |                   | no     | 3b-to-9b   | safetensors     | 0.97                  | 3                 | 0.5 | no
    m/tagged       | qwen2            | qwen                | tag                 | 0.99                    | tag: qwen2            | 30000      | 3000              | yes    | up-to-100m | name            | 0.75                  | 1                 | | no
    m/copy         | qwen2            | qwen                | parent              | 0.98                    | parent: m/tagged      |            |                   | yes    | unknown    |                 |                       | 0                 | | no
    m/second-copy  |                  | unknown             |                     |                         |                       |            |                   |        | unknown    |                 |                       | 0                 | | no
    m/tiny-llama-x | llama            | llama               | name                | 0.96                    | name: llama           |            |                   | no     | unknown    |                 |                       | 0                 | | no
    m/mixture      | ada              | other               | model_type          | 1                       | ada                   |            |                   | yes    | unknown    |                 |                       | 0                 | | no
    m/device       | gemma3n          | gemma               | gguf                | 1                       | gemma3n               |            | 4000000           | no     | unknown    |                 |                       | 0                 | | no
    m/dense        |                  | unknown             |                     |                         |                       | 1000       |                   | no     | up-to-100m | curated         | 0.93                  | 2                 | 1 | yes
    m/unknown      |                  | unknown             |                     |                         |                       |            |                   |        | unknown    |                 |                       | 0                 | | no
"""


def test_an_architecture_is_stated_or_inferred_from_tags_parents_or_the_name(spark: SparkSession) -> None:
    """Parents of two families state none; E4B is no mixture of experts, A3B and 8x7b are."""
    found = model_architecture.transform(
        drawn(spark, MODELS, LISTED),
        drawn(spark, MODEL_CONFIGS, CONFIGS),
        drawn(spark, MODEL_PARAMETERS, COUNTS),
        drawn(spark, LINEAGE_EDGES, EDGES),
    )
    assertDataFrameEqual(found, drawn(spark, MODEL_ARCHITECTURE, FOUND))


def test_each_size_class_begins_where_the_one_before_ends(spark: SparkSession) -> None:
    sizes = [(millions * 1_000_000 + shift,) for millions in SIZE_BOUNDS.values() for shift in (-1, 0) if millions + shift > 0]
    frame = spark.createDataFrame(sizes, "parameters long").orderBy("parameters")
    classes = [row[0] for row in frame.select(model_architecture.size_class(frame["parameters"])).collect()]
    bounds = list(SIZE_BOUNDS)
    assert classes == [name for pair in pairwise(bounds) for name in pair]


CREATED = """
    model_id | created_at          | is_created_at_floor | downloads_30d
    m/a      | 2024-07-01T00:00:00 | no                  | 10
    m/b      | 2024-07-09T00:00:00 | no                  | 30
    m/c      | 2024-07-31T23:59:59 | no                  |
    m/old    | 2022-03-02T23:29:04 | yes                 | 5
    m/none   |                     | no                  | 1
"""
ARCHITECTURES = """
    model_id | architecture_family | size_class | parameters | is_moe
    m/a      | llama               | 1b-to-3b   | 1000000000 | no
    m/b      | llama               | 3b-to-9b   | 5000000000 | yes
    m/c      | qwen                | unknown    |            |
    m/old    | bert                | up-to-100m | 60000000   | no
    m/none   | unknown             | unknown    |            |
"""
EVOLUTION = """
    month          | architecture_family | size_class | new_models | new_models_share   | with_parameters | coverage_share     | median_parameters | p90_parameters | moe_known | moe_share | downloads_30d | mean_parameters_downloaded
    2024-07        | all                 | all        | 3          | 1                  | 2               | 0.6666666666666666 | 3000000000        | 4600000000     | 2         | 0.5       | 40            | 4000000000
    2024-07        | llama               | all        | 2          | 0.6666666666666666 | 2               | 1                  | 3000000000        | 4600000000     | 2         | 0.5       | 40            | 4000000000
    2024-07        | qwen                | all        | 1          | 0.3333333333333333 | 0               | 0                  |                   |                | 0         |           | 0             |
    2024-07        | all                 | 1b-to-3b   | 1          | 0.3333333333333333 | 1               | 1                  | 1000000000        | 1000000000     | 1         | 0         | 10            | 1000000000
    2024-07        | all                 | 3b-to-9b   | 1          | 0.3333333333333333 | 1               | 1                  | 5000000000        | 5000000000     | 1         | 1         | 30            | 5000000000
    2024-07        | all                 | unknown    | 1          | 0.3333333333333333 | 0               | 0                  |                   |                | 0         |           | 0             |
    2024-07        | llama               | 1b-to-3b   | 1          | 0.3333333333333333 | 1               | 1                  | 1000000000        | 1000000000     | 1         | 0         | 10            | 1000000000
    2024-07        | llama               | 3b-to-9b   | 1          | 0.3333333333333333 | 1               | 1                  | 5000000000        | 5000000000     | 1         | 1         | 30            | 5000000000
    2024-07        | qwen                | unknown    | 1          | 0.3333333333333333 | 0               | 0                  |                   |                | 0         |           | 0             |
    before-2022-03 | all                 | all        | 1          | 1                  | 1               | 1                  | 60000000          | 60000000       | 1         | 0         | 5             | 60000000
    before-2022-03 | bert                | all        | 1          | 1                  | 1               | 1                  | 60000000          | 60000000       | 1         | 0         | 5             | 60000000
    before-2022-03 | all                 | up-to-100m | 1          | 1                  | 1               | 1                  | 60000000          | 60000000       | 1         | 0         | 5             | 60000000
    before-2022-03 | bert                | up-to-100m | 1          | 1                  | 1               | 1                  | 60000000          | 60000000       | 1         | 0         | 5             | 60000000
    unknown-month  | all                 | all        | 1          | 1                  | 0               | 0                  |                   |                | 0         |           | 0             |
    unknown-month  | unknown             | all        | 1          | 1                  | 0               | 0                  |                   |                | 0         |           | 0             |
    unknown-month  | all                 | unknown    | 1          | 1                  | 0               | 0                  |                   |                | 0         |           | 0             |
    unknown-month  | unknown             | unknown    | 1          | 1                  | 0               | 0                  |                   |                | 0         |           | 0             |
"""


def test_new_models_are_counted_by_month_family_and_size_with_sums(spark: SparkSession) -> None:
    found = architecture_evolution.transform(drawn(spark, MODELS, CREATED), drawn(spark, MODEL_ARCHITECTURE, ARCHITECTURES))
    assertDataFrameEqual(found, drawn(spark, ARCHITECTURE_EVOLUTION, EVOLUTION))


def test_sources_are_compared_on_the_models_that_have_both(spark: SparkSession) -> None:
    counts = """
        model_id | source      | parameters | confidence
        m/a      | safetensors | 100        | 0.97
        m/a      | name        | 96         | 0.75
        m/b      | name        | 80         | 0.75
        m/b      | safetensors | 100        | 0.97
        m/b      | gguf        | 7          | 0
        m/c      | parent      |            | 0
    """
    agreement = """
        source_a    | source_b | pairs | within_5_share | within_25_share | median_ratio
        safetensors | name     | 2     | 0.5            | 1               | 0.88
    """
    found = parameter_agreement.transform(drawn(spark, MODEL_PARAMETERS, counts))
    assertDataFrameEqual(found, drawn(spark, PARAMETER_AGREEMENT, agreement))
