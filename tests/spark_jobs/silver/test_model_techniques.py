"""silver.model_techniques."""

from pyspark.sql import SparkSession
from pyspark.testing import assertDataFrameEqual

from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.techniques import MODEL_TECHNIQUES
from hublake.spark_jobs.silver.model_techniques import transform
from tests.drawn import drawn

LISTED = """
    model_id        | library_name | tags                          | file_names
    m/tuned-dpo     | transformers | TRL, dpo, en                  | model.safetensors
    q/tuned-dpo-q   |              | gguf, dpo                     | m.Q4_K_M.gguf, m.Q8_0.gguf, README.md
    f/again         |              | dpo                           |
    m/ia3           | peft         |                               | adapter_config.json
    m/full          |              |                               | model.safetensors
    m/not-full      |              |                               | adapter_model.bin
    m/merged        |              | base_model:merge:m/a          | mergekit_config.yml
    m/silent        |              | en                            | config.json
    m/flora-no-dpo  |              |                               |
"""
CONFIGS = """
    model_id    | quant_method | quant_bits | peft_type
    m/ia3       |              |            | IA3
    m/tuned-dpo | gptq         | 4          |
"""
CARDS = """
    hub_id | model_id   | text
    h1     | m/merged   | This model was merged using the SLERP merge method.
    h2     | m/full     | The model was trained with full fine-tuning.
    h3     | m/not-full | The model was trained with full fine-tuning.
    h4     | m/silent   | It was not trained with DPO.
"""
EDGES = """
    child_id      | parent_id   | relation  | evidence  | parent_status | confidence | declared_parent
    q/tuned-dpo-q | m/tuned-dpo | quantized | typed_tag | present       | 1          | m/tuned-dpo
    f/again       | m/tuned-dpo | finetune  | typed_tag | present       | 1          | m/tuned-dpo
"""
EXPECTED = """
    model_id      | technique | technique_group | detail | bits | source     | evidence                                            | is_inherited | confidence
    m/tuned-dpo   | dpo       | objective       |        |      | tool_tag   | dpo                                                 | no           | 0.98
    m/tuned-dpo   | dpo       | objective       |        |      | name       | dpo                                                 | no           | 0.9
    m/tuned-dpo   | gptq      | quantisation    |        | 4    | config     | config.quantization_config: gptq                    | no           | 0.99
    q/tuned-dpo-q | gguf      | quantisation    | Q4_K_M | 4    | file       | m.Q4_K_M.gguf                                       | no           | 0.99
    q/tuned-dpo-q | gguf      | quantisation    | Q8_0   | 8    | file       | m.Q8_0.gguf                                         | no           | 0.99
    q/tuned-dpo-q | gguf      | quantisation    |        |      | tool_tag   | gguf                                                | no           | 0.98
    q/tuned-dpo-q | dpo       | objective       |        |      | author_tag | dpo                                                 | yes          | 0.9
    q/tuned-dpo-q | dpo       | objective       |        |      | name       | dpo                                                 | yes          | 0.9
    f/again       | dpo       | objective       |        |      | author_tag | dpo                                                 | no           | 0.9
    m/ia3         | peft      | adaptation      | IA3    |      | config     | config.peft.peft_type: IA3                          | no           | 0.99
    m/ia3         | peft      | adaptation      |        |      | file       | adapter_config.json                                 | no           | 0.99
    m/ia3         | peft      | adaptation      |        |      | tool_tag   | library peft                                        | no           | 0.98
    m/full        | full      | adaptation      |        |      | text       | The model was trained with full fine-tuning.        | no           | 0.8
    m/not-full    | peft      | adaptation      |        |      | file       | adapter_model.bin                                   | no           | 0.99
    m/not-full    | lora      | adaptation      |        |      | file       | adapter_model.bin                                   | no           | 0.9
    m/merged      | merge     | merge           |        |      | file       | mergekit_config.yml                                 | no           | 0.99
    m/merged      | merge     | merge           |        |      | hub_tag    | base_model:merge                                    | no           | 0.99
    m/merged      | merge     | merge           | slerp  |      | tool_card  | This model was merged using the SLERP merge method  | no           | 0.99
"""


def test_each_source_is_a_row_and_only_a_quantised_copy_inherits(spark: SparkSession) -> None:
    found = transform(
        drawn(spark, MODELS, LISTED),
        drawn(spark, MODEL_CONFIGS, CONFIGS),
        drawn(spark, MODEL_CARDS, CARDS),
        drawn(spark, LINEAGE_EDGES, EDGES),
    )
    assertDataFrameEqual(found, drawn(spark, MODEL_TECHNIQUES, EXPECTED))
