"""silver.organisations: one row for each publisher, and never a country for a person."""

from pyspark.sql import SparkSession
from pyspark.testing import assertDataFrameEqual

from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS, ORGANISATIONS
from hublake.spark_jobs.silver.organisations import transform
from tests.drawn import drawn

LISTED = """
    model_id          | author
    MIT/a             | MIT
    MIT/b             | MIT
    baai/c            | baai
    ann/d             | ann
    bert-base-uncased |
    nameless          |
    x-lab/e           | x-lab
    club/f            | club
    ann-GGUF/g        | ann-GGUF
"""
KNOWN = """
    account  | kind         | display_name            | details
    MIT      | user         |                         |
    ann      | user         |                         |
    ann-GGUF | user         |                         |
    x-lab    | organisation | NLP at Kyoto University |
    club     | organisation | The Club                | We meet on Mondays.
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
"""
COLUMNS = ("namespace", "country", "country_reason", "kind", "kind_source", "method", "is_repackager")


def test_every_publisher_has_a_row_and_the_hub_decides_who_is_a_person(spark: SparkSession) -> None:
    found = transform(drawn(spark, MODELS, LISTED), drawn(spark, ACCOUNTS, KNOWN))
    assertDataFrameEqual(found.select(*COLUMNS), drawn(spark, ORGANISATIONS, FOUND).select(*COLUMNS))
