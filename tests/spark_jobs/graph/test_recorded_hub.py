"""PageRank of a recorded hub, computed from its listing, against NetworkX."""

import gzip
import json
from pathlib import Path

import networkx as nx
import pytest
from pyspark.sql import SparkSession

from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.gold.impact import model_impact
from hublake.spark_jobs.job import QUARANTINE_REASON
from hublake.spark_jobs.silver import lineage_edges
from hublake.spark_jobs.steps.impact_scores import Params
from tests.drawn import drawn
from tests.rules.listings.both_parsers import parsed_model


def test_ranks_of_the_recorded_hub_equal_those_of_networkx(spark: SparkSession, shared_data: Path) -> None:
    with gzip.open(shared_data / "hub2026" / "models-2026-08-21.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [
            parsed_model(json.loads(line)) | {"hub_id": str(number), "card_data": None, "record_digest": 0}
            for number, line in enumerate(lines)
        ]
    schema = spark_schema(MODELS, without=("snapshot_date",))
    models = spark.createDataFrame([tuple(model[name] for name in schema.names) for model in rows], schema).localCheckpoint()
    edges = (
        lineage_edges.transform(models, drawn(spark, MODEL_CARDS, "hub_id"), drawn(spark, LISTINGS, "hub_id"))
        .where(f"{QUARANTINE_REASON} is null")
        .localCheckpoint()
    )
    impact = model_impact.transform(models, edges, params=Params()).collect()

    downloads = {model["model_id"]: model["downloads_30d"] or 0 for model in rows}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(downloads)
    listed = edges.where("parent_status <> 'missing' and not is_self_loop").select("child_id", "parent_id").collect()
    graph.add_edges_from(tuple(pair) for pair in listed)
    assert graph.number_of_edges() > 3_000

    uniform = nx.pagerank(graph, tol=1e-17, max_iter=2_000)
    by_downloads = nx.pagerank(graph, personalization=downloads, tol=1e-17, max_iter=2_000)
    assert {row.model_id: row.pagerank for row in impact} == pytest.approx(uniform, rel=1e-6)
    assert {row.model_id: row.pagerank_by_downloads for row in impact} == pytest.approx(by_downloads, rel=1e-6, abs=1e-18)
