"""gold.network_metrics: the derivation graph as a whole."""

import pytest
from pyspark.sql import SparkSession

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.gold.lineage.network_metrics import transform
from tests.drawn import drawn
from tests.spark_jobs.graph.sample_graphs import models_frame


def test_each_metric_counts_what_its_name_states(spark: SparkSession) -> None:
    models = models_frame(spark, dict.fromkeys(("m/base", "m/tuned", "m/gguf", "m/awq", "m/alone")))
    edges = drawn(
        spark,
        LINEAGE_EDGES,
        """
        child_id | parent_id | relation  | evidence   | is_relation_declared | parent_status | is_self_loop
        m/tuned  | m/base    | finetune  | typed_tag  | yes                  | present       | no
        m/gguf   | m/base    | quantized | typed_tag  | yes                  | present       | no
        m/gguf   | m/base    | merge     | card_relation | yes               | present       | no
        m/awq    | m/tuned   | quantized | plain_tag  | no                   | renamed       | no
        m/awq    | gone/base | quantized | plain_tag  | no                   | missing       | no
        m/base   | m/base    | finetune  | plain_tag  | no                   | present       | yes
        """,
    )
    lineage = drawn(
        spark,
        MODEL_LINEAGE,
        """
        model_id | component_id | generation | is_root | is_leaf | has_unknown_parent
        m/base   | m/awq        | 0          | yes     | no      | no
        m/tuned  | m/awq        | 1          | no      | no      | no
        m/gguf   | m/awq        | 1          | no      | yes     | no
        m/awq    | m/awq        | 2          | no      | yes     | yes
        m/alone  | m/alone      | 0          | no      | yes     | no
        """,
    )
    found = {row.metric: row.value for row in transform(models, edges, lineage).collect()}
    expected = {
        "nodes": 5, "edges": 3, "declared_edges": 6, "edges_relation_declared": 3, "self_loops": 1, "cycle_edges": 0,
        "edges_relation_finetune": 2, "edges_relation_quantized": 3, "edges_relation_merge": 1, "edges_relation_adapter": 0,
        "edges_evidence_typed_tag": 2, "edges_evidence_plain_tag": 3, "edges_evidence_bare_tag": 0,
        "edges_parent_status_present": 4, "edges_parent_status_renamed": 1, "edges_parent_status_missing": 1,
        "components": 2, "largest_component": 4, "isolates": 1, "roots": 1, "leaves": 3, "max_generation": 2,
        "models_with_unknown_parent": 1, "max_dependants": 2, "mean_dependants": 1.5, "max_parents": 1, "mean_parents": 1,
        "quantized_models": 2, "quantized_leaf_share": 1, "isolates_share": 0.2,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert found["density"] == pytest.approx(3 / 20)


def test_a_hub_without_edges_has_zero_counts_and_no_undefined_ratios(spark: SparkSession) -> None:
    lineage = drawn(spark, MODEL_LINEAGE, "model_id | component_id | generation | is_leaf \n m/a | m/a | 0 | yes")
    found = {
        row.metric: row.value
        for row in transform(models_frame(spark, {"m/a": 1}), drawn(spark, LINEAGE_EDGES, "child_id"), lineage).collect()
    }
    assert (found["edges"], found["max_dependants"], found["isolates"]) == (0, 0, 1)
    assert not {"density", "mean_parents", "quantized_leaf_share"} & set(found)
