"""silver.model_tasks and silver.model_domains."""

from pyspark.sql import SparkSession
from pyspark.testing import assertDataFrameEqual

from hublake.lake.schema.silver.architectures import MODEL_CONFIGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.datasets import DATASETS, MODEL_DATASETS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.tasks import MODEL_DOMAINS, MODEL_TASKS
from hublake.rules.tasks.strongest_task import FoundTask, strongest_task
from hublake.spark_jobs.silver import model_domains, model_tasks
from tests.drawn import drawn

LISTED = """
    hub_id | model_id          | pipeline_tag         | library_name | file_names        | tags                             | card_data
    h1     | m/declared        | text-generation      |              |                   | text-generation, question-answering |
    h2     | m/inferred        | text-classification  | Transformers |                   |                                  | {"license": "mit"}
    h3     | m/unknown-card    | fill-mask            |              |                   |                                  |
    h4     | m/t5-summarization |                      | transformers |                  |                                  |
    h5     | m/embedder        |                      | sentence-transformers |          | setfit                           |
    h6     | m/silent          |                      |              |                   | en, conversational               |
    h7     | m/results         |                      |              |                   |                                  | {"model-index": [{"results": [{"task": {"type": "named-entity-recognition"}}, {"task": {"type": "x"}}, {"task": {"type": "token-classification"}}]}]}
    h8     | m/odd             | no-such-task         |              |                   |                                  |
    h9     | m/no-front-matter | fill-mask            |              |                   |                                  |
    h10    | m/no-card         | fill-mask            |              | model.safetensors |                                  |
"""
CARDS = """
    hub_id | model_id          | yaml_status | pipeline_tag    | front_matter                        | text
    h1     | m/declared        | valid       | Text Generation | {"pipeline_tag": "Text Generation"} | nlp = pipeline("summarization")
    h9     | m/no-front-matter | none        |                 |                                     | A model.
"""
CONFIGS = """
    model_id   | architectures                 | peft_task_type
    m/inferred | BertForSequenceClassification |
    m/t5-summarization | T5ForConditionalGeneration |
    m/unknown-card |                           | CAUSAL_LM
"""
USES = """
    model_id   | dataset_id | resolved_id | role
    m/embedder | sst2       | s/sst2      | tune
    m/embedder | eval       | s/eval      | eval
"""
EXPECTED = """
    model_id       | source       | task                 | modality | evidence                      | confidence | is_strongest
    m/declared     | card         | text-generation      | nlp      | Text Generation               | 1          | yes
    m/declared     | hub          | text-generation      | nlp      | text-generation               | 0.99       | no
    m/declared     | card_text    | summarization        | nlp      | pipeline("summarization")     | 0.98       | no
    m/declared     | tag          | question-answering   | nlp      | question-answering            | 0.7        | no
    m/inferred     | hub_inferred | text-classification  | nlp      | text-classification           | 0.95       | yes
    m/inferred     | architecture | text-classification  | nlp      | BertForSequenceClassification | 0.97       | no
    m/unknown-card | hub          | fill-mask            | nlp      | fill-mask                     | 0.99       | yes
    m/no-front-matter | hub_inferred | fill-mask         | nlp      | fill-mask                     | 0.95       | yes
    m/no-card      | hub_inferred | fill-mask            | nlp      | fill-mask                     | 0.95       | yes
    m/unknown-card | architecture | text-generation      | nlp      | CAUSAL_LM                     | 0.85       | no
    m/t5-summarization | architecture | text2text-generation | nlp  | T5ForConditionalGeneration    | 0.85       | no
    m/t5-summarization | name     | summarization        | nlp      | summarization                 | 0.8        | yes
    m/embedder     | library      | text-classification  | nlp      | setfit                        | 0.98       | yes
    m/embedder     | dataset      | text-classification  | nlp      | sentiment-classification      | 0.84       | no
    m/silent       | tag          | text-generation      | nlp      | text-generation               | 0.7        | yes
    m/results      | model_index  | token-classification | nlp      | named-entity-recognition      | 0.8        | yes
"""


def test_each_source_is_a_row_and_one_row_of_a_model_is_the_strongest(spark: SparkSession) -> None:
    datasets = "hub_id | dataset_id | task_categories \n 1 | s/sst2 | sentiment-classification, nonsense \n 2 | s/eval | translation"
    frames = (
        drawn(spark, MODELS, LISTED),
        drawn(spark, MODEL_CARDS, CARDS),
        drawn(spark, MODEL_CONFIGS, CONFIGS),
        drawn(spark, MODEL_DATASETS, USES),
        drawn(spark, DATASETS, datasets),
    )
    found = model_tasks.transform(*frames).select(*MODEL_TASKS.column_names[1:])
    assertDataFrameEqual(found, drawn(spark, MODEL_TASKS, EXPECTED))
    by_model: dict[str, list[FoundTask]] = {}
    for row in found.collect():
        by_model.setdefault(row.model_id, []).append(FoundTask(row.task, row.source, row.confidence))
    strongest = {(name, *(strongest_task(rows) or ())[:2]) for name, rows in by_model.items()}
    assert strongest == {(row.model_id, row.task, row.source) for row in found.where("is_strongest").collect()}


def test_domains_are_found_in_tags_and_in_the_parts_of_names(spark: SparkSession) -> None:
    listed = """
        hub_id | model_id                 | tags
        h1     | m/Bio-Medical-Llama      | biology, medical, en
        h2     | legal/stock-photo-lora   | stock
        h3     | m/barcode-reader         |
    """
    expected = """
        model_id               | domain  | source | evidence | confidence
        m/Bio-Medical-Llama    | biology | tag    | biology  | 0.9
        m/Bio-Medical-Llama    | medical | tag    | medical  | 0.9
        m/Bio-Medical-Llama    | medical | name   | medical  | 0.8
        legal/stock-photo-lora | finance | tag    | stock    | 0.9
    """
    found = model_domains.transform(drawn(spark, MODELS, listed)).select(*MODEL_DOMAINS.column_names[1:])
    assertDataFrameEqual(found, drawn(spark, MODEL_DOMAINS, expected))
