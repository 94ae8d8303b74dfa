"""Influence of datasets and disclosure of training data."""

from datetime import datetime

import pytest
from pyspark.sql import SparkSession

from hublake.lake.schema.silver.datasets import DATASET_FACTS, MODEL_DATASETS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ACCOUNTS, ORGANISATIONS
from hublake.spark_jobs.gold.datasets import dataset_influence, dataset_licenses, training_disclosure
from hublake.spark_jobs.job import Execution
from tests.drawn import drawn

LISTED = """
    model_id | author | downloads_30d | created_at          | is_created_at_floor
    a/base   | a      | 100           | 2022-03-02T00:00:00 | yes
    a/two    | a      | 10            | 2024-01-05T00:00:00 | no
    b/tuned  | b      | 30            | 2024-01-06T00:00:00 | no
    c/quant  | c      |               | 2024-01-07T00:00:00 | no
    c/named  | c      | 7             | 2024-01-07T00:00:00 | no
    d/alone  | d      | 1000          | 2024-01-07T00:00:00 | no
    d/empty  | d      | 2             | 2024-01-07T00:00:00 | no
"""
DECLARED = """
    model_id | dataset_id | is_placeholder | resolved_id | dataset_status | role
    a/base   | squad      | no             | r/squad     | renamed        | unknown
    a/two    | r/squad    | no             | r/squad     | present        | tune
    a/two    | squad      | no             | r/squad     | renamed        | tune
    b/tuned  | gone/set   | no             |             | missing        | tune
    d/alone  | cais/mmlu  | no             | cais/mmlu   | present        | eval
    d/empty  | generator  | yes            |             | placeholder    | unknown
"""
EDGES = """
    child_id | parent_id | relation  | evidence  | parent_status | is_self_loop
    b/tuned  | a/base    | finetune  | typed_tag | present       | no
    b/tuned  | a/base    | adapter   | typed_tag | present       | no
    c/quant  | b/tuned   | quantized | typed_tag | present       | no
    c/named  | a/two     | finetune  | in_name   | present       | no
    a/base   | z/gone    | finetune  | typed_tag | missing       | no
"""
PUBLISHERS = """
    namespace | country | country_reason
    a         |         | person
    b         | FR      |
    c         |         | international
    d         |         | unlisted
"""
COUNTRIES = {"person": (2, 2), "FR": (1, 1), "international": (2, 0), "unknown": (2, 0)}  # models, and those with a dataset
FACTS = """
    dataset_id | is_synthetic | licenses
    r/squad    |              | cc-by-sa-4.0
    cais/mmlu  |              | mit
"""


def test_influence_follows_lineage_and_attributed_downloads_add_up(spark: SparkSession) -> None:
    frames = ((MODEL_DATASETS, DECLARED), (LINEAGE_EDGES, EDGES), (MODELS, LISTED), (DATASET_FACTS, FACTS))
    rows = {row.dataset_id: row for row in dataset_influence.transform(*(drawn(spark, *frame) for frame in frames)).collect()}
    assert set(rows) == {"r/squad", "gone/set"}
    squad, gone = rows["r/squad"], rows["gone/set"]
    assert (squad.models_direct, squad.models_reached, squad.models_reached_declared, squad.authors, squad.families) == (2, 5, 4, 1, 2)
    assert (gone.models_direct, gone.models_reached, gone.models_reached_declared, gone.authors, gone.families) == (1, 2, 2, 1, 1)
    assert (squad.downloads_direct, squad.downloads_attributed, gone.downloads_attributed) == (110, 100 + 10 + 15 + 7, 15)
    assert (squad.rank, gone.rank, squad.is_listed, gone.is_listed, squad.licenses) == (1, 2, True, False, ["cc-by-sa-4.0"])
    assert (squad.finetune_share, squad.quantized_share, squad.adapter_share) == pytest.approx((2 / 3, 1 / 3, 0))
    assert (gone.quantized_share, gone.merge_share) == (1.0, 0.0)
    assert squad.first_used_at.replace(tzinfo=None) == datetime(2024, 1, 5)  # noqa: DTZ001


@pytest.mark.parametrize("pairs_in_one_task", [100, 0])
def test_disclosure_tells_own_inherited_evaluated_and_placeholders_apart(spark: SparkSession, pairs_in_one_task: int) -> None:
    frames = (
        (MODEL_DATASETS, DECLARED),
        (LINEAGE_EDGES, EDGES),
        (MODELS, LISTED),
        (ACCOUNTS, "account | kind \n a | user"),
        (ORGANISATIONS, PUBLISHERS),
    )
    found = training_disclosure.transform(*(drawn(spark, *frame) for frame in frames), execution=Execution(pairs_in_one_task))
    rows = {row.stratum: row for row in found.collect()}
    every = rows["all"]
    assert (every.models, every.with_dataset, every.resolved, every.inherited_only) == (7, 3, 2, 2)
    assert (every.placeholder_only, every.evaluated_only, every.downloads_30d, every.downloads_disclosed) == (1, 1, 1149, 140)
    assert every.disclosed_share == pytest.approx(3 / 7)
    assert every.published_source
    assert (rows["relation:adapter"].models, rows["author_kind:user"].models, rows["year:before-2022-03"].models) == (1, 2, 1)
    assert rows["year:2024"].published_share is None
    countries = {name.removeprefix("country:"): row for name, row in rows.items() if name.startswith("country:")}
    assert {name: (row.models, row.with_dataset) for name, row in countries.items()} == COUNTRIES
    assert {row.country_coverage_share for row in countries.values()} == {1 / 7}
    assert every.country_coverage_share is None


def test_licences_of_datasets_and_models_stand_side_by_side_without_a_verdict(spark: SparkSession) -> None:
    licenses = "model_id | comparable_license \n a/two | mit \n a/two | apache-2.0"
    frames = ((MODEL_DATASETS, DECLARED), (DATASET_FACTS, FACTS), (MODEL_LICENSES, licenses))
    rows = dataset_licenses.transform(*(drawn(spark, *frame) for frame in frames)).collect()
    assert sorted((row.dataset_license, row.model_license, row.uses, row.distinct_datasets, row.verdict) for row in rows) == [
        ("", "", 1, 1, "unknown"),
        ("cc-by-sa-4.0", "", 1, 1, "unknown"),
        ("cc-by-sa-4.0", "apache-2.0, mit", 1, 1, "unknown"),
    ]
