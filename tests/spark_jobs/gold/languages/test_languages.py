"""gold.model_language, gold.language_transfer and gold.language_adaptation."""

from pyspark.sql import SparkSession
from pyspark.testing import assertDataFrameEqual

from hublake.lake.schema.gold.languages import LANGUAGE_ADAPTATION, LANGUAGE_TRANSFER, MODEL_LANGUAGE
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.languages import MODEL_LANGUAGES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.gold.languages import language_adaptation, language_transfer, model_language
from tests.drawn import drawn

HUB = """
    hub_id | model_id | downloads_30d | created_at          | is_created_at_floor
    1      | a/multi  | 100           | 2026-01-01T00:00:00 | no
    2      | b/german | 10            | 2026-01-11T00:00:00 | no
    3      | b/same   | 5             | 2025-12-01T00:00:00 | no
    4      | c/french |               | 2022-03-02T23:29:04 | yes
    5      | d/silent | 1             | 2024-01-01T00:00:00 | no
    6      | e/word   | 7             | 2026-01-21T00:00:00 | no
    7      | f/both   | 3             |                     | no
"""
FACTS = """
    model_id | kind       | language
    a/multi  | declared   | cmn
    a/multi  | declared   | de
    a/multi  | declared   | zh
    a/multi  | in_name    | de
    a/multi  | in_dataset | de
    b/german | declared   | de
    b/german | declared   | code
    b/german | in_name    | de
    b/same   | declared   | de
    b/same   | in_name    | en
    c/french | declared   | fr
    d/silent | declared   | code
    e/word   | declared   | multilingual
    e/word   | in_name    | fr
    f/both   | declared   | fr
    f/both   | declared   | multilingual
"""
BY_MODEL = """
    model_id | primary_language | declared | is_multilingual | is_english_only | agreement
    a/multi  | de               | de, zh   | yes             | no              | partly
    b/german | de               | de       | no              | no              | all_agree
    b/same   | de               | de       | no              | no              | conflict
    c/french | fr               | fr       | no              | no              | single_source
    d/silent |                  |          |                 |                 | none
    e/word   |                  |          | yes             | no              | single_source
    f/both   | fr               | fr       | yes             | no              | single_source
"""
EDGES = """
    child_id | parent_id | relation | parent_status | evidence  | is_child_older | is_self_loop
    b/german | a/multi   | finetune | present       | typed_tag | no             | no
    e/word   | a/multi   | finetune | present       | in_name   | no             | no
    c/french | a/multi   | finetune | present       | typed_tag | no             | no
    b/same   | b/german  | finetune | present       | typed_tag | yes            | no
    d/silent | b/german  | adapter  | present       | typed_tag | no             | no
    d/silent | e/word    | merge    | present       | typed_tag | no             | no
    c/french | f/both    | merge    | present       | typed_tag | no             | no
    b/same   | gone      | finetune | missing       | typed_tag | no             | no
"""


def test_primary_and_multilingual_follow_declarations_and_the_name_decides_among_several(spark: SparkSession) -> None:
    found = model_language.transform(drawn(spark, MODELS, HUB), drawn(spark, MODEL_LANGUAGES, FACTS))
    assertDataFrameEqual(found, drawn(spark, MODEL_LANGUAGE, BY_MODEL))


def test_an_edge_keeps_narrows_widens_or_moves_languages(spark: SparkSession) -> None:
    known = drawn(spark, MODEL_LANGUAGE, BY_MODEL)
    found = language_transfer.transform(drawn(spark, MODELS, HUB), drawn(spark, LINEAGE_EDGES, EDGES), known)
    third = 1 / 3
    expected = f"""
        relation | parent_language | child_language | change   | edges | edges_guessed | models | downloads_30d | edges_share_of_parent | median_days_between | reporting_edges | parent_languages | child_languages | distance
        finetune | multi           | de             | narrowed | 1     | 0             | 1      | 10            | {third}               | 10          | 1               | 2                | 1               | 0.5
        finetune | multi           | fr             | moved    | 1     | 0             | 1      | 0             | {third}               |             | 1               | 2                | 1               | 1
        finetune | multi           | multi          | widened  | 1     | 1             | 1      | 7             | {third}               | 20          | 0               | 0                | 0               | 0
        finetune | de              | de             | kept     | 1     | 0             | 1      | 5             | 1                     |             | 1               | 1                | 1               | 0
        merge    | multi           | none           | unknown  | 1     | 0             | 1      | 1             | 0.5                   |             | 0               | 0                | 0               | 0
        merge    | multi           | fr             | narrowed | 1     | 0             | 1      | 0             | 0.5                   |             | 1               | 1                | 1               | 0
        adapter  | de              | none           | unknown  | 1     | 0             | 1      | 1             | 1                     |             | 0               | 0                | 0               | 0
    """
    assertDataFrameEqual(found.select(*LANGUAGE_TRANSFER.column_names[1:]), drawn(spark, LANGUAGE_TRANSFER, expected))


def test_a_language_has_its_models_and_the_bases_that_they_derive_from(spark: SparkSession) -> None:
    lineage = """
        model_id | root_ids
        a/multi  | a/multi
        b/german | a/multi
        b/same   | a/multi
        c/french | a/multi, z/other
    """
    frames = (drawn(spark, MODELS, HUB), drawn(spark, LINEAGE_EDGES, EDGES), drawn(spark, MODEL_LANGUAGE, BY_MODEL))
    found = language_adaptation.transform(*frames, drawn(spark, MODEL_LINEAGE, lineage))
    expected = """
        language | models | monolingual_models | monolingual_from_multilingual | downloads_30d | first_model_at      | new_12m | root_ids
        de       | 3      | 2                  | 1                             | 115           | 2025-12-01T00:00:00 | 3       | a/multi
        fr       | 2      | 1                  | 1                             | 3             |                     | 0       | a/multi, z/other
        zh       | 1      | 0                  | 0                             | 100           | 2026-01-01T00:00:00 | 1       |
    """
    assertDataFrameEqual(found.select(*LANGUAGE_ADAPTATION.column_names[1:]), drawn(spark, LANGUAGE_ADAPTATION, expected))
