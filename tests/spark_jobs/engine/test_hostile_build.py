"""A build of records that no honest hub sends: no row is lost, each that cannot be used is quarantined, and no job fails."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.crawler.hostile.test_hostile_records import DAMAGED, RECORDS
from tests.drawn import drawn
from tests.nasty_names import NASTY_NAMES
from tests.spark_jobs.warehouses import DAY, RUNS, build_of

# What a card or the Hub may state as base -> the parents of that child, with their status; the others are no edges.
BASES: dict[str, tuple[Any, set[tuple[str, str]] | None]] = {
    "text": ("acme/flora", {("acme/flora", "present")}),
    "list": (
        ["acme/flora", "acme/flora", None, 7, True, ["acme/rose"], ""],
        {("acme/flora", "present"), ("acme/rose", "present"), ("7", "missing")},
    ),
    "mapping": ({"model": "acme/flora", "revision": "main"}, {("acme/flora", "present")}),
    "number": (7, {("7", "missing")}),
    "true": (True, set()),
    "deep": (json.loads("[" * 200 + '"acme/flora"' + "]" * 200), set()),
    "address": ("https://huggingface.co/acme/flora/tree/main", {("acme/flora", "present")}),
    "path": ("../../etc/passwd", set()),
    "placeholder": ("todo", set()),
    "invisible": ("acme/flo\u200bra\u202e", {("acme/flora", "present")}),
    "case": ("ACME/FLORA", {("acme/flora", "renamed")}),
    "itself": ("base/itself", {("base/itself", "present")}),
    "nowhere": ("nobody/nothing", {("nobody/nothing", "missing")}),
    "long": ("a/" + "x" * 100_000, set()),
    "many": ([f"nobody/m{number}" for number in range(3000)], None),
}
TAGS: dict[str, Any] = {
    "no-list": "base_model:acme/flora",
    "other-types": [None, 7, ["base_model:acme/flora"], {"base_model": "acme/flora"}, "base_model:acme/flora"],
    "empty-names": ["base_model:", "base_model:finetune:", "base_model:nothing:acme/flora", "base_model:merge:merge:acme/flora"],
    "terms-only": ["gguf"],
}


def hostile_bodies() -> list[str]:
    items: list[dict[str, Any]] = [{"id": f"acme/{name}"} for name in ("flora", "rose")]
    items += [{"id": f"base/{name}", "cardData": {"base_model": base}} for name, (base, _) in BASES.items()]
    items += [{"id": f"tags/{name}", "tags": tags, "downloads": 10**400} for name, tags in TAGS.items()]
    items += [{"id": name, "tags": [f"base_model:{name}", name], "library_name": name} for name in NASTY_NAMES]
    items += [{"id": f"names/{name}-GGUF"} for name in ("flora", "-" * 90, "gguf-" * 18, "finetuned-" * 9, "é" * 40, "ft")]
    texts = [json.dumps(item) for item in items]
    return [*texts, *(text for text, _ in RECORDS.values()), *(text.decode("utf-8", "replace") for text, _ in DAMAGED.values())]


def test_no_hostile_record_is_lost_or_fails_a_build(spark: SparkSession, tmp_path: Path) -> None:
    bodies = hostile_bodies()
    now = datetime(2026, 1, 2, tzinfo=UTC)
    rows: list[dict[str, Any]] = [
        {"crawl_id": "c1", "snapshot_date": DAY, "repo_type": "model", "page": 0, "position": number, "hub_id": f"{number:024x}"}
        | {"repo_id": None, "fetched_at": now, "body": body}
        for number, body in enumerate(bodies)
    ]
    schema = spark_schema(LISTINGS)
    warehouse = Warehouse(spark, str(tmp_path / "warehouse"))
    listings = spark.createDataFrame([tuple(row[field.name] for field in schema) for row in rows], schema)
    warehouse.overwrite(listings, LISTINGS, {"snapshot_date": DAY}, {})
    warehouse.overwrite(drawn(spark, CRAWL_RUNS, RUNS), CRAWL_RUNS, {"snapshot_date": DAY}, {})
    build_of(warehouse).run([MODEL_LINEAGE])

    published = PublishedTables(warehouse.address, {})
    models = dict(published.rows(f"SELECT hub_id, model_id FROM {MODELS.full_name}"))
    quarantined = published.rows("SELECT table_name, record_id, reason FROM silver.quarantine")
    of_models = [record for table, record, _ in quarantined if table == MODELS.full_name]
    lost = [row["body"][:80] for row in rows if row["hub_id"] not in models and not any(row["hub_id"] in record for record in of_models)]
    assert lost == []
    assert all(reason.strip() for _, _, reason in quarantined)
    assert Counter(table for table, _, _ in quarantined)[LINEAGE_EDGES.full_name] > 0

    edges = published.rows(f"SELECT child_id, parent_id, parent_status FROM {LINEAGE_EDGES.full_name}")
    found = {name: {edge[1:] for edge in edges if edge[0] == f"base/{name}"} for name in BASES}
    assert found == {name: found[name] if expected is None else expected for name, (_, expected) in BASES.items()}
    assert {edge[1:] for edge in edges if edge[0] == "tags/other-types"} == {("acme/flora", "present")}
    assert {model_id for (model_id,) in published.rows(f"SELECT model_id FROM {MODEL_LINEAGE.full_name}")} == set(models.values())
