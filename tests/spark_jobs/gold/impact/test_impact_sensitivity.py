"""gold.impact_sensitivity: the ranking without each part of the score."""

import pytest
from pyspark.sql import SparkSession

from hublake.lake.schema.gold.impact import IMPACT_SENSITIVITY, MODEL_IMPACT
from hublake.spark_jobs.gold.impact import impact_sensitivity
from hublake.spark_jobs.steps.impact_scores import Params
from tests.drawn import drawn


def test_dropping_the_decisive_part_reverses_the_ranking(spark: SparkSession) -> None:
    impact = drawn(
        spark,
        MODEL_IMPACT,
        """
        model_id | dependants | pagerank_part | dependants_part | descendants_part | downloads_part | impact_score
        a/a      | 1          | 1.0           | 0.1             | 0.1              | 0.1            | 32
        b/b      | 1          | 0.2           | 0.2             | 0.2              | 0.2            | 20
        c/c      | 0          | 1.0           | 1.0             | 1.0              | 1.0            | 100
        """,
    )
    found = impact_sensitivity.transform(impact, params=Params())
    assert {*found.columns, "snapshot_date"} == set(IMPACT_SENSITIVITY.column_names)
    rows = {row.dropped_part: row for row in found.collect()}
    assert (rows["pagerank"].models, rows["pagerank"].rank_correlation) == (2, pytest.approx(-1))
    assert rows["downloads"].rank_correlation == pytest.approx(1)
    assert rows["downloads"].top_100_share == 1
