"""The gate validates a table by its declaration and its checks."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hublake.expectations import query_plan
from hublake.expectations.gate import Gate, Verdict
from hublake.expectations.suite import suite_of
from hublake.lake.errors import GateClosed
from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.bronze import CARDS
from hublake.lake.schema.gold.cards import DOCUMENTATION_RATES
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.lineage import NETWORK_METRICS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from tests.drawn import drawn


def validate(spark: SparkSession, folder: Path, table: Table, text: str) -> Verdict:
    frame = drawn(spark, table, text, with_snapshot=True).persist()
    verdict = Gate(str(folder)).validate(frame, table)
    frame.unpersist()
    return verdict


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_table_has_a_critical_expectation_on_its_key(table: Table) -> None:
    unique = [e for e in suite_of(table) if "unique" in e.expectation_type or "unique" in type(e).__name__.lower()]
    assert unique
    assert unique[0].severity == "critical"


def test_a_valid_table_passes(spark: SparkSession, tmp_path: Path) -> None:
    text = "snapshot_date | metric | value\n 2026-01-01 | nodes | 3\n 2026-01-01 | edges | 2"
    verdict = validate(spark, tmp_path, NETWORK_METRICS, text)
    assert (verdict.rows, verdict.failures) == (2, ())


@pytest.mark.parametrize(
    ("table", "text", "expected"),
    [
        (NETWORK_METRICS, "snapshot_date | metric | value\n 2026-01-01 | nodes |", "not_be_null(value): 1 of 1 rows"),
        (NETWORK_METRICS, "snapshot_date | metric | value", "row_count_to_be_between(table): observed 0"),
        (
            LINEAGE_EDGES,
            "snapshot_date | child_id | parent_id | relation\n 2026-01-01 | a/x | b/y | distill",
            "in_set(relation): 1 of 1 rows, first 'distill'",
        ),
        (
            LINEAGE_EDGES,
            "snapshot_date | child_id | parent_id\n 2026-01-01 | a/x | a/x",
            "is_self_loop is true exactly for an edge from a model to itself",
        ),
        (MODEL_IMPACT, "snapshot_date | model_id | pagerank\n 2026-01-01 | a/x | 0.5", "column_sum_to_be_between(pagerank): observed 0.5"),
        (CARDS, "crawl_id | hub_id | status | body\n c1 | h1 | 404 | Entry not found", "error pages stored as cards"),
        (
            DOCUMENTATION_RATES,
            "snapshot_date | section_class | stratum | models | cards | filled\n 2026-01-01 | bias | all | 5 | 2 | 3",
            "a share above one",
        ),
    ],
)
def test_a_failed_critical_expectation_closes_the_gate_with_the_reason(
    spark: SparkSession, tmp_path: Path, table: Table, text: str, expected: str
) -> None:
    verdict = validate(spark, tmp_path, table, text)
    assert expected in "\n".join(map(str, verdict.critical))
    with pytest.raises(GateClosed, match="readers stay on the last good version"):
        verdict.raise_if_closed()


def test_the_sample_of_a_large_table_is_deterministic(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_plan, "SAMPLE_ROWS", 50)
    frame = spark.range(1000).selectExpr("DATE '2026-01-01' AS snapshot_date", "concat('m', id) AS metric", "id AS value")
    samples = [
        {row["metric"] for row in query_plan.sample_of(rows, 1000, NETWORK_METRICS).collect()} for rows in (frame, frame.repartition(3))
    ]
    assert samples[0] == samples[1]
    assert 25 < len(samples[0]) < 100
    assert query_plan.sample_of(frame, 99, NETWORK_METRICS) is frame


def test_a_warning_is_reported_and_leaves_the_gate_open(spark: SparkSession, tmp_path: Path) -> None:
    text = "snapshot_date | hub_id | model_id | author | downloads_30d | created_at | oddities\n 2026-01-01 | h1 | a/x | a | 3 | 2024-01-01T00:00:00 | colour: unknown key"
    verdict = validate(spark, tmp_path, MODELS, text)
    verdict.raise_if_closed()
    assert [warning.expectation for warning in verdict.warnings] == ["every key of a listed item is known and every value has its type"]


def test_data_docs_contain_the_table(spark: SparkSession, tmp_path: Path) -> None:
    gate = Gate(str(tmp_path))
    gate.validate(
        drawn(spark, NETWORK_METRICS, "snapshot_date | metric | value\n 2026-01-01 | nodes | 3", with_snapshot=True), NETWORK_METRICS
    )
    assert "gold.network_metrics" in gate.write_docs().read_text("utf-8")
