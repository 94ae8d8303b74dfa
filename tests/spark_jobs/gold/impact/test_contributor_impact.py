"""gold.contributor_impact: how much others build on an author, the author's reputation, and how both change."""

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hublake.lake.enums import REPUTATION_PARTS
from hublake.lake.schema.gold.impact import CONTRIBUTOR_IMPACT, MODEL_IMPACT
from hublake.lake.schema.gold.vendors import MODEL_SERIES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.gold.impact import contributor_impact
from hublake.spark_jobs.gold.impact.contributor_impact import Params
from tests.drawn import drawn

IMPACT = "model_id | downloads_attributed \n one/base | 136 \n one/tuned | 11 \n two/left | 21 \n one/lost | 64"
SERIES = "model_id | is_release \n one/base | yes \n one/late | yes \n one/gguf | no \n two/left | yes"
BEFORE = """
hub_id | model_id | author | downloads_30d | likes
1      | one/base | one    | 79            | 3
"""
POPULAR = """
hub_id | model_id  | author | downloads_30d | likes | created_at          | is_created_at_floor
1      | one/base  | one    | 100           | 15    | 2024-01-01T00:00:00 | no
2      | one/late  | one    | 0             | 0     | 2024-03-01T00:00:00 | no
3      | two/left  | two    | 10            | 0     | 2024-04-10T00:00:00 | no
4      | old/first | old    |               |       | 2022-03-02T23:29:04 | yes
"""


def transformed(spark: SparkSession, models: DataFrame, edges: DataFrame, before: str = "") -> DataFrame:
    models_before = drawn(spark, MODELS, before or "model_id").withColumn("days_before", F.lit(7))
    edges_before = drawn(spark, LINEAGE_EDGES, "child_id").withColumn("days_before", F.lit(7))
    impact, series = drawn(spark, MODEL_IMPACT, IMPACT), drawn(spark, MODEL_SERIES, SERIES)
    return contributor_impact.transform(models, edges, impact, series, models_before, edges_before, params=Params())


def test_an_author_is_measured_by_what_others_build_on(
    spark: SparkSession, two_author_models: DataFrame, two_author_edges: DataFrame
) -> None:
    found = transformed(spark, two_author_models, two_author_edges, BEFORE)
    assert {*found.columns, "snapshot_date"} == set(CONTRIBUTOR_IMPACT.column_names)
    by_author = {row.author: row for row in found.collect()}
    one, two = by_author["one"], by_author["two"]
    assert (one.models, one.dependants, one.lineage_h_index, one.downloads_own, one.downloads_attributed) == (5, 2, 1, 179, 200)
    assert (two.models, two.dependants, two.lineage_h_index, two.originality_share) == (2, 1, 1, 0)
    assert one.originality_share == 0.8, "only one/late derives from another author"
    assert (one.releases, one.downloads_per_release, one.built_on_share) == (2, 89.5, 0.4)
    assert (one.compared_days, one.models_gained, one.likes_gained, one.downloads_gained, one.dependants_gained) == (7, 4, -3, 100, 2)
    assert two.models_gained == 2, "all of it is new for an author who was not there"


def test_dependants_by_guess_alone_are_counted(spark: SparkSession, two_author_models: DataFrame, guessed_edges: DataFrame) -> None:
    authors = {row.author: row for row in transformed(spark, two_author_models, guessed_edges).collect()}
    assert (authors["one"].dependants, authors["one"].dependants_guessed) == (2, 1)
    assert (authors["two"].dependants, authors["two"].dependants_guessed) == (0, 0)
    assert authors["one"].compared_days is authors["one"].models_gained is None, "without a previous snapshot nothing has changed"


def test_reputation_is_the_weighted_sum_of_its_parts(spark: SparkSession) -> None:
    edges = drawn(spark, LINEAGE_EDGES, "child_id | parent_id | relation | parent_status \n two/left | one/base | finetune | present")
    authors = {row.author: row for row in transformed(spark, drawn(spark, MODELS, POPULAR), edges).collect()}
    one, two, old = authors["one"], authors["two"], authors["old"]
    assert (one.likes_part, two.likes_part, one.release_part) == (1, 0, 1)
    assert (one.tenure_days, two.tenure_days, old.tenure_days) == (100, 0, None)
    assert (one.tenure_part, two.tenure_part, old.tenure_part) == (1, 0, 1), "at the floor: as long as any"
    assert 0 < one.built_on_part < one.built_on_share == 0.5
    for author in authors.values():
        parts = {part: author[f"{part}_part"] for part in REPUTATION_PARTS}
        assert author.reputation_score == pytest.approx(100 * sum(weight * parts[part] for part, weight in vars(Params()).items()))
    assert sum(vars(Params()).values()) == pytest.approx(1)
