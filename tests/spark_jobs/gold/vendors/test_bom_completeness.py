"""Which fields of a bill of materials a model states, and which do not apply to it."""

from pyspark.sql import SparkSession

from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE, MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.gold.vendors.bom_completeness import transform
from tests.drawn import drawn

LISTED = """
    model_id  | author | sha | created_at          | is_created_at_floor | pipeline_tag    | library_name | architecture     | model_type | parameters
    a/full    | a      | c1  | 2024-01-01T00:00:00 | no                  | text-generation | transformers | LlamaForCausalLM | llama      | 7
    b/declares| b      | c2  | 2024-02-01T00:00:00 | no                  | text-generation | transformers |                  | llama      | 7
    b/guessed | b      | c3  | 2022-03-02T23:29:04 | yes                 |                 |              |                  |            |
    gpt2      |        |     |                     | no                  |                 |              |                  |            |
"""
LICENSES = """
    model_id   | license | resolved_license | license_link
    a/full     | mit     |                  |
    b/declares | other   |                  | https://example.org/terms
    b/guessed  | other   |                  |
    gpt2       | unknown |                  |
"""
CATALOGUE = "license | spdx_id \n mit | MIT \n other |"
EDGES = """
    child_id   | parent_id | evidence   | is_self_loop
    b/declares | a/full    | card_field | no
    b/declares | a/other   | in_name    | no
    b/guessed  | a/full    | in_name    | no
    a/full     | a/full    | card_field | yes
"""
DATASETS = """
    model_id   | dataset_id | is_placeholder
    a/full     | d/words    | no
    b/declares | None       | yes
"""
CARDS = """
    model_id   | sections_filled           | has_limitations | has_risks | has_environment
    a/full     | intended_use, limitations | yes             | yes       | yes
    b/declares |                           | no              | no        | no
    b/guessed  |                           | no              | no        | no
    gpt2       |                           | no              | no        | no
"""
EXPECTED = {
    "a/full": (14, 14, ""),
    "b/declares": (15, 10, "datasets use_cases technical_limitations ethical_considerations environment"),
    "b/guessed": (
        15,
        3,
        "release_time license_text task library architecture parameters ancestors datasets"
        " use_cases technical_limitations ethical_considerations environment",
    ),
    "gpt2": (
        14,
        0,
        "supplier version release_time license license_text task library architecture parameters datasets"
        " use_cases technical_limitations ethical_considerations environment",
    ),
}


def test_a_guessed_parent_is_a_missing_field_and_a_model_without_parents_misses_none(spark: SparkSession) -> None:
    frames = (
        drawn(spark, table, text)
        for table, text in (
            (MODELS, LISTED),
            (MODEL_LICENSES, LICENSES),
            (LICENSE_CATALOGUE, CATALOGUE),
            (LINEAGE_EDGES, EDGES),
            (MODEL_DATASETS, DATASETS),
            (CARD_DOCUMENTATION, CARDS),
        )
    )
    rows = {row.model_id: row for row in transform(*frames).collect()}
    found = {name: (row.fields_applicable, row.fields_present, " ".join(row.missing_fields)) for name, row in rows.items()}
    assert found == EXPECTED
    assert rows["a/full"].provenance_share == 1
    assert rows["b/declares"].provenance_share == 0.5
    assert round(rows["b/guessed"].completeness_share, 3) == 0.2
