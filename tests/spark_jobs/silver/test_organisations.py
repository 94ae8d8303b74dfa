"""silver.organisations: one row for each publisher, and never a country for a person."""

from pyspark.sql import SparkSession
from pyspark.testing import assertDataFrameEqual

from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS, ORGANISATIONS
from hublake.spark_jobs.silver.organisations import transform
from tests.drawn import drawn

LISTED = """
    model_id                | author                | created_at
    MIT/a                   | MIT                   |
    MIT/b                   | MIT                   |
    baai/c                  | baai                  |
    ann/d                   | ann                   |
    bert-base-uncased       |                       |
    nameless                |                       |
    x-lab/e                 | x-lab                 |
    club/f                  | club                  |
    ann-GGUF/g              | ann-GGUF              |
    sentence-transformers/h | sentence-transformers | 2024-07-01T00:00:00
    bob/1                   | bob                   |
    bob/2                   | bob                   |
    bob/3                   | bob                   |
    bob/4                   | bob                   |
    bob/5                   | bob                   |
"""
KNOWN = """
    account  | kind         | display_name            | details
    MIT      | user         |                         |
    ann      | user         |                         |
    ann-GGUF | user         |                         |
    x-lab    | organisation | NLP at Kyoto University |
    club     | organisation | The Club                | We meet on Mondays.
    bob      | user         |                         |
"""
EDGES = """
    child_id | parent_id | relation
    bob/1    | MIT/a     | quantized
    bob/2    | MIT/a     | quantized
    bob/3    | MIT/b     | quantized
    bob/4    | baai/c    | quantized
    bob/4    | MIT/a     | quantized
    bob/5    | bob/4     | quantized
    ann/d    | MIT/a     | quantized
"""
FOUND = """
    namespace   | country | country_reason | kind       | kind_source | method     | is_repackager
    MIT         |         | person         | person     | account     | account    | no
    ann         |         | person         | person     | account     | account    | no
    ann-GGUF    |         | person         | person     | account     | account    | yes
    baai        | CN      |                | research_institute | curated | curated | no
    google-bert | US      |                | company    | curated     | curated    | no
    x-lab       | JP      |                | university | name_match  | name_match | no
    club        |         | unlisted       | unknown    | none        | none       | no
    bob         |         | person         | person     | account     | account    | yes
    sentence-transformers | DE |           | university | curated     | curated    | no
"""
COLUMNS = ("namespace", "country", "country_reason", "kind", "kind_source", "method", "is_repackager")


def test_every_publisher_has_a_row_and_the_hub_decides_who_is_a_person(spark: SparkSession) -> None:
    found = transform(drawn(spark, MODELS, LISTED), drawn(spark, ACCOUNTS, KNOWN), drawn(spark, LINEAGE_EDGES, EDGES))
    assertDataFrameEqual(found.select(*COLUMNS), drawn(spark, ORGANISATIONS, FOUND).select(*COLUMNS))
