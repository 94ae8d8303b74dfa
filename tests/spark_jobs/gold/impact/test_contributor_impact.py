"""gold.contributor_impact: how much others build on an author."""

from pyspark.sql import DataFrame, SparkSession

from hublake.lake.schema.gold.impact import CONTRIBUTOR_IMPACT, MODEL_IMPACT
from hublake.spark_jobs.gold.impact import contributor_impact
from tests.drawn import drawn


def test_an_author_is_measured_by_what_others_build_on(
    spark: SparkSession, two_author_models: DataFrame, two_author_edges: DataFrame
) -> None:
    impact = drawn(
        spark, MODEL_IMPACT, "model_id | downloads_attributed \n one/base | 136 \n one/tuned | 11 \n two/left | 21 \n one/lost | 64"
    )
    found = contributor_impact.transform(two_author_models, two_author_edges, impact)
    assert {*found.columns, "snapshot_date"} == set(CONTRIBUTOR_IMPACT.column_names)
    by_author = {row.author: row for row in found.collect()}
    one, two = by_author["one"], by_author["two"]
    assert (one.models, one.dependants, one.lineage_h_index, one.downloads_own, one.downloads_attributed) == (5, 2, 1, 179, 200)
    assert (two.models, two.dependants, two.lineage_h_index, two.originality_share) == (2, 1, 1, 0)
    assert one.originality_share == 0.8, "only one/late derives from another author"


def test_dependants_by_guess_alone_are_counted(spark: SparkSession, two_author_models: DataFrame, guessed_edges: DataFrame) -> None:
    impact = drawn(spark, MODEL_IMPACT, "model_id | downloads_attributed \n one/base | 136")
    found = contributor_impact.transform(two_author_models, guessed_edges, impact)
    authors = {row.author: row for row in found.collect()}
    assert (authors["one"].dependants, authors["one"].dependants_guessed) == (2, 1)
    assert (authors["two"].dependants, authors["two"].dependants_guessed) == (0, 0)
