"""gold.technique_prevalence, gold.merge_recipes, gold.quantization_formats."""

from pyspark.sql import SparkSession
from pyspark.testing import assertDataFrameEqual

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.techniques import MERGE_RECIPES, QUANTIZATION_FORMATS, TECHNIQUE_PREVALENCE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.techniques import MODEL_TECHNIQUES
from hublake.spark_jobs.gold.techniques import merge_recipes, quantization_formats, technique_prevalence
from tests.drawn import drawn

LISTED = """
    model_id | author | created_at          | downloads_30d
    b/base   | b      | 2024-01-02T00:00:00 | 10
    m/tuned  | m      | 2024-01-03T00:00:00 | 5
    q/quant  | q      | 2024-01-04T00:00:00 | 7
    q/two    | q      | 2024-01-05T00:00:00 |
    r/quant  | r      | 2024-01-05T00:00:00 | 1
"""
TECHNIQUES = """
    model_id | technique | technique_group | detail | bits | source     | evidence      | is_inherited | confidence
    m/tuned  | dpo       | objective       |        |      | tool_tag   | dpo           | no           | 0.98
    m/tuned  | merge     | merge           |        |      | file       | mergekit.yml  | no           | 0.99
    m/tuned  | merge     | merge           | ties   |      | author_tag | ties          | no           | 0.9
    m/tuned  | merge     | merge           | slerp  |      | tool_card  | SLERP         | no           | 0.99
    q/quant  | dpo       | objective       |        |      | name       | dpo           | yes          | 0.9
    q/quant  | merge     | merge           | slerp  |      | name       | slerp         | yes          | 0.9
    q/quant  | gguf      | quantisation    | Q4_K_M | 4    | file       | m.Q4_K_M.gguf | no           | 0.99
    q/quant  | gguf      | quantisation    | Q4_0   | 4    | file       | m.Q4_0.gguf   | no           | 0.99
    q/quant  | gguf      | quantisation    |        |      | tool_tag   | gguf          | no           | 0.98
    q/two    | gguf      | quantisation    | Q4_0   | 4    | file       | m.Q4_0.gguf   | no           | 0.99
    r/quant  | gguf      | quantisation    |        |      | tool_tag   | gguf          | no           | 0.98
    r/quant  | gguf      | quantisation    | Q4_0   | 4    | name       | Q4_0          | no           | 0.9
"""
EDGES = """
    child_id | parent_id | relation  | evidence  | parent_status | confidence | declared_parent
    m/tuned  | b/base    | merge     | typed_tag | present       | 1          | b/base
    m/tuned  | x/gone    | merge     | typed_tag | missing       | 1          | x/gone
    q/quant  | m/tuned   | quantized | typed_tag | present       | 1          | m/tuned
"""
LINEAGE = """
    model_id | root_ids
    m/tuned  | b/base
    q/quant  | b/base
"""


def test_a_technique_counts_for_the_models_that_have_it_themselves(spark: SparkSession) -> None:
    frames = (
        drawn(spark, MODELS, LISTED),
        drawn(spark, MODEL_TECHNIQUES, TECHNIQUES),
        drawn(spark, LINEAGE_EDGES, EDGES),
        drawn(spark, MODEL_LINEAGE, LINEAGE),
    )
    expected = """
    technique | month   | stratum            | models | known_models | all_models | known_share | coverage_share | downloads_30d | top_base_ids
    dpo       | 2024-01 | all                | 1      | 4            | 5          | 0.25        | 0.8            | 5             | b/base
    merge     | 2024-01 | all                | 1      | 4            | 5          | 0.25        | 0.8            | 5             | b/base
    gguf      | 2024-01 | all                | 3      | 4            | 5          | 0.75        | 0.8            | 8             | b/base
    dpo       | 2024-01 | relation:merge     | 1      | 1            | 1          | 1           | 1              | 5             | b/base
    merge     | 2024-01 | relation:merge     | 1      | 1            | 1          | 1           | 1              | 5             | b/base
    gguf      | 2024-01 | relation:quantized | 1      | 1            | 1          | 1           | 1              | 7             | b/base
    gguf      | 2024-01 | relation:none      | 2      | 2            | 3          | 1           | 0.6666666667   | 1             |
    """
    found = technique_prevalence.transform(*frames)
    columns = [column.name for column in TECHNIQUE_PREVALENCE if column.name != "snapshot_date"]
    assertDataFrameEqual(found.select(*columns), drawn(spark, TECHNIQUE_PREVALENCE, expected))


def test_a_recipe_has_the_method_of_the_strongest_source_and_missing_parents_too(spark: SparkSession) -> None:
    found = merge_recipes.transform(drawn(spark, MODEL_TECHNIQUES, TECHNIQUES), drawn(spark, LINEAGE_EDGES, EDGES))
    expected = """
    model_id | method | parent_ids        | has_config
    m/tuned  | slerp  | b/base, x/gone | yes
    """
    assertDataFrameEqual(found.select("model_id", "method", "parent_ids", "has_config"), drawn(spark, MERGE_RECIPES, expected))


def test_a_repository_counts_once_for_a_format_and_width(spark: SparkSession) -> None:
    found = quantization_formats.transform(drawn(spark, MODELS, LISTED), drawn(spark, MODEL_TECHNIQUES, TECHNIQUES))
    expected = """
    format | bits | month   | repos | files | quantisers | top_author_share
    gguf   | 4    | 2024-01 | 3     | 3     | 2          | 0.6666666667
    """
    columns = [column.name for column in QUANTIZATION_FORMATS if column.name != "snapshot_date"]
    assertDataFrameEqual(found.select(*columns), drawn(spark, QUANTIZATION_FORMATS, expected))
