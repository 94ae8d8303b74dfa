"""A small hub of two authors who derive models from each other."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from tests.drawn import drawn

EDGES = """
child_id   | parent_id | relation  | parent_status
one/tuned  | one/base  | finetune  | present
one/tuned  | one/base  | merge     | present
one/gguf   | one/base  | quantized | present
two/left   | one/base  | finetune  | present
two/merge  | two/left  | merge     | present
two/merge  | one/tuned | merge     | renamed
one/late   | two/merge | finetune  | present
one/lost   | gone/away | finetune  | missing
"""
GUESSED_EDGES = """
child_id  | parent_id | relation | parent_status | evidence
one/tuned | one/base  | finetune | present       | in_name
two/left  | one/base  | finetune | present       | in_name
two/merge | one/base  | merge    | present       | card_field
two/merge | one/base  | finetune | present       | in_name
"""
HUB = """
hub_id | model_id  | author | downloads_30d
1 | one/base  | one | 100
2 | one/tuned | one | 10
3 | one/gguf  | one | 5
4 | two/left  | two | 20
5 | two/merge | two | 1
6 | one/late  | one |
7 | one/lost  | one | 64
8 | gpt2      |     | 800
"""


@pytest.fixture
def two_author_edges(spark: SparkSession) -> DataFrame:
    return drawn(spark, LINEAGE_EDGES, EDGES)


@pytest.fixture
def guessed_edges(spark: SparkSession) -> DataFrame:
    return drawn(spark, LINEAGE_EDGES, GUESSED_EDGES)


@pytest.fixture
def two_author_models(spark: SparkSession) -> DataFrame:
    return drawn(spark, MODELS, HUB)
