"""gold.task_transitions, gold.task_adaptation and gold.task_trends."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.testing import assertDataFrameEqual

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.gold.tasks import TASK_ADAPTATION, TASK_TRANSITIONS, TASK_TRENDS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.tasks import MODEL_TASKS
from hublake.spark_jobs.gold.tasks import task_adaptation, task_transitions, task_trends
from tests.drawn import drawn

HUB = """
    hub_id | model_id | author | downloads_30d | created_at          | is_created_at_floor
    1      | a/base   | a      | 100           | 2022-03-02T23:29:04 | yes
    2      | b/chat   | b      | 10            | 2026-01-11T00:00:00 | no
    3      | b/label  | b      | 5             | 2026-01-12T00:00:00 | no
    4      | c/gguf   | c      |               | 2026-02-01T00:00:00 | no
    5      | d/alone  | d      | 1             |                     | no
"""
TASKS = """
    model_id | source       | task                | is_strongest
    a/base   | card         | text-generation     | yes
    a/base   | name         | translation         | no
    b/chat   | card         | conversational      | yes
    b/label  | hub          | text-classification | yes
    c/gguf   | hub_inferred | text-classification | yes
"""
EDGES = """
    child_id | parent_id | relation  | parent_status | evidence
    b/chat   | a/base    | finetune  | present       | typed_tag
    b/label  | a/base    | finetune  | present       | in_name
    c/gguf   | b/label   | quantized | present       | typed_tag
    d/alone  | b/label   | quantized | present       | typed_tag
    d/alone  | gone      | finetune  | missing       | typed_tag
"""
LINEAGE = """
    model_id | root_ids
    a/base   | a/base
    b/chat   | a/base
    b/label  | a/base
    c/gguf   | a/base
    d/alone  | a/base
"""


def frames(spark: SparkSession) -> tuple[DataFrame, DataFrame, DataFrame]:
    return drawn(spark, MODELS, HUB), drawn(spark, LINEAGE_EDGES, EDGES), drawn(spark, MODEL_TASKS, TASKS)


def test_a_retired_task_is_no_change_and_an_edge_is_strong_if_both_tasks_are_declared(spark: SparkSession) -> None:
    expected = """
        relation  | parent_task         | child_task          | is_change | edges | edges_guessed | strong_edges | downloads_30d | edges_share_of_parent | strong_share
        finetune  | text-generation     | conversational      | no        | 1     | 0             | 1            | 10            | 0.5                   | 1
        finetune  | text-generation     | text-classification | yes       | 1     | 1             | 1            | 5             | 0.5                   | 1
        quantized | text-classification | text-classification | no        | 1     | 0             | 0            | 0             | 0.5                   | 0
        quantized | text-classification |                     | no        | 1     | 0             | 0            | 1             | 0.5                   | 0
    """
    found = task_transitions.transform(*frames(spark)).select(*TASK_TRANSITIONS.column_names[1:]).fillna("")
    assertDataFrameEqual(found, drawn(spark, TASK_TRANSITIONS, expected).fillna(""))


def test_small_bases_are_one_row_and_each_relation_of_a_descendant_counts(spark: SparkSession) -> None:
    expected = """
        base_id | task                | month   | relation  | is_change | models | authors | downloads_30d
        (other) | conversational      | 2026-01 | finetune  | no        | 1      | 1       | 10
        (other) | text-classification | 2026-01 | finetune  | yes       | 1      | 1       | 5
        (other) | text-classification | 2026-02 | quantized | yes       | 1      | 1       | 0
        (other) |                     |         | quantized | no        | 1      | 1       | 1
    """
    found = task_adaptation.transform(*frames(spark), drawn(spark, MODEL_LINEAGE, LINEAGE))
    assertDataFrameEqual(found.select(*TASK_ADAPTATION.column_names[1:]), drawn(spark, TASK_ADAPTATION, expected).fillna(""))


def test_a_base_with_ten_descendants_has_rows_of_its_own(spark: SparkSession) -> None:
    children = [f"x/{number}" for number in range(10)]
    models = drawn(spark, MODELS, "hub_id | model_id \n" + "\n".join(f"{name} | {name}" for name in ["a/base", *children]))
    edges = "child_id | parent_id | relation | parent_status \n" + "\n".join(f"{name} | a/base | adapter | present" for name in children)
    lineage = "model_id | root_ids \n" + "\n".join(f"{name} | a/base" for name in children)
    tasks = drawn(spark, MODEL_TASKS, "model_id | source | task | is_strongest \n a/base | card | fill-mask | yes")
    found = task_adaptation.transform(models, drawn(spark, LINEAGE_EDGES, edges), tasks, drawn(spark, MODEL_LINEAGE, lineage))
    assert [(row.base_id, row.task, row.models) for row in found.collect()] == [("a/base", "", 10)]


def test_months_have_their_share_of_known_tasks_and_the_floor_counts_before_all(spark: SparkSession) -> None:
    models, _, tasks = frames(spark)
    expected = """
        task                | month   | new_models | known_models | all_models | known_share | cumulative | top_base_id
        text-generation     |         | 1          | 1            | 2          | 1           | 1          |
                            |         | 1          | 1            | 2          |             | 1          | a/base
        conversational      | 2026-01 | 1          | 2            | 2          | 0.5         | 1          | a/base
        text-classification | 2026-01 | 1          | 2            | 2          | 0.5         | 1          | a/base
        text-classification | 2026-02 | 1          | 1            | 1          | 1           | 2          | a/base
    """
    found = task_trends.transform(models, tasks, drawn(spark, MODEL_LINEAGE, LINEAGE)).select(*TASK_TRENDS.column_names[1:])
    assertDataFrameEqual(found, drawn(spark, TASK_TRENDS, expected).fillna("", ["task", "month"]))
