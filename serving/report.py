"""The facts of the report on a snapshot, ready for JSON."""

import shlex
from datetime import date
from pathlib import Path
from typing import Any

from hublake.lake.enums import GUESSED_EVIDENCE, RELATIONS
from hublake.lake.errors import MissingTable
from hublake.lake.paths import data_docs, is_local, log_folder
from hublake.lake.schema.bronze import CARDS, CRAWL_FAILURES
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, DOCUMENTATION_RATES
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables
from hublake.serving.report_architectures import read_architectures
from hublake.serving.report_languages import read_languages
from hublake.serving.report_origins import read_origins
from hublake.serving.report_rights import read_rights
from hublake.serving.report_tasks import read_tasks
from hublake.serving.report_techniques import read_techniques
from hublake.serving.report_time import read_time
from hublake.serving.report_vendors import read_vendors

TOP = 20
Row = dict[str, Any]

# Each model has one type. A model with a parent is of the relation to it, also if others derive from it.
MODELS_BY_TYPE = """
    WITH edges AS (SELECT child_id, parent_id, relation FROM silver.lineage_edges WHERE snapshot_date = $day AND NOT is_self_loop),
    children AS (
        SELECT child_id AS model_id, CASE WHEN count(DISTINCT relation) > 1 THEN 'several' ELSE min(relation) END AS relation
        FROM edges GROUP BY child_id
    ),
    parents AS (SELECT DISTINCT parent_id FROM edges)
    SELECT coalesce(relation, CASE WHEN parent_id IS NULL THEN 'alone' ELSE 'base' END) AS type, count(*) AS models,
           count(parent_id) AS with_derivatives, coalesce(sum(downloads_30d), 0) AS downloads_30d
    FROM silver.models LEFT JOIN children USING (model_id) LEFT JOIN parents ON parent_id = model_id
    WHERE snapshot_date = $day GROUP BY type
"""
TYPES = ("base", *RELATIONS, "several", "alone")

TOP_BY_IMPACT = """
    SELECT model_id, impact_score, descendants, dependants, dependants_guessed / greatest(dependants, 1) AS guessed_share,
           coalesce(downloads_30d, 0) AS downloads_30d, downloads_attributed, rank() OVER (ORDER BY pagerank DESC) AS pagerank_rank
    FROM gold.model_impact JOIN silver.models USING (snapshot_date, model_id) WHERE snapshot_date = $day
    ORDER BY impact_score DESC, model_id LIMIT $top
"""

SECTIONS = """
    SELECT section_class, filled, filled_share, filled_share_low, filled_share_high FROM gold.documentation_rates
    WHERE snapshot_date = $day AND stratum = 'all' AND section_class <> 'other' AND filled_share IS NOT NULL
    ORDER BY filled DESC, section_class
"""

COUNTS = """
    SELECT (SELECT count(*) FROM silver.models WHERE snapshot_date = $day) AS models,
           (SELECT count(*) FROM gold.card_documentation WHERE snapshot_date = $day AND has_card) AS cards_with_text,
           count(*) AS lineage_edges, count(*) FILTER (evidence IN (SELECT unnest($guessed))) AS guessed_edges
    FROM silver.lineage_edges WHERE snapshot_date = $day
"""

REJECTED = {
    QUARANTINE: """
        SELECT table_name || ': ' || replace(rule, '_', ' ') AS reason, count(*) AS records FROM silver.quarantine
        WHERE snapshot_date = $day GROUP BY ALL ORDER BY 2 DESC, 1
    """,
    CARDS: """
        SELECT 'card refused by the hub: HTTP ' || status AS reason, count(*) AS records FROM bronze.cards
        WHERE snapshot_date = $day AND status NOT IN (200, 304) GROUP BY ALL ORDER BY 2 DESC, 1
    """,
    CRAWL_FAILURES: """
        SELECT 'failed requests of the spider ' || spider AS reason, count(*) AS records FROM bronze.crawl_failures
        WHERE snapshot_date = $day GROUP BY ALL ORDER BY 2 DESC, 1
    """,
}


def read_report(published: PublishedTables) -> Row:
    """The facts on the newest snapshot. Raises MissingTable where a table that the report reads is not published."""
    for table in (MODELS, LINEAGE_EDGES, MODEL_IMPACT, CARD_DOCUMENTATION, DOCUMENTATION_RATES):
        published.require(table)
    day = published.value("SELECT max(snapshot_date) FROM gold.model_impact")
    if day is None:
        up_to = f" up to {published.day}" if published.day else ""
        raise MissingTable(
            f"gold.model_impact in {published.address} has no row{up_to}: no model was listed. Run: hublake crawl models --full"
        )
    (counts,) = published.records(COUNTS, day=day, guessed=list(GUESSED_EVIDENCE))
    types = {row["type"]: row for row in published.records(MODELS_BY_TYPE, day=day)}
    none = {"models": 0, "with_derivatives": 0, "downloads_30d": 0}
    top = published.records(TOP_BY_IMPACT, day=day, top=TOP)
    return {
        "snapshot_date": str(day),
        **counts,
        "has_guesses": not published.without_guesses,
        "models_by_type": [types.get(name, {"type": name, **none}) for name in TYPES],
        "top_by_impact": top,
        "sections": published.records(SECTIONS, day=day),
        "rejected": _rejected(published, day),
        **read_time(published, day),
        **read_rights(published, day),
        **read_vendors(published, day),
        **read_languages(published, day),
        **read_tasks(published, day),
        **read_techniques(published, day),
        **read_origins(published, day),
        **read_architectures(published, day),
        "locations": result_locations(published.address),
        "next": next_commands(published.address, top, has_cards=counts["cards_with_text"] > 0),
    }


def _rejected(published: PublishedTables, day: date) -> list[Row]:
    present = [query for table, query in REJECTED.items() if table.full_name in published.tables]
    return [row for query in present for row in published.records(query, day=day)]


def result_locations(address: str) -> dict[str, str]:
    """The locations of tables, Data Docs and engine logs of a warehouse."""
    found = {"tables": str(Path(address).resolve()) if is_local(address) else address}
    pages = {"quality": data_docs(address), "engine logs": log_folder(address)}
    return found | {label: str(path) for label, path in pages.items() if path.exists()}


def next_commands(address: str, top: list[Row], *, has_cards: bool) -> dict[str, str]:
    """Commands to run next, each with what it gives."""
    where = f"--warehouse {shlex.quote(address)}"
    commands = {}
    if not has_cards:
        commands[f"hublake crawl cards {where} && hublake build {where}"] = "the model cards, which are missing here"
    if top:
        root = shlex.quote(top[0]["model_id"])
        commands[f"hublake export --root {root} --format csv --out results {where}"] = "everything that derives from the first model"
    return commands | {
        f"hublake export --format duckdb --out results {where}": "all tables in one DuckDB file",
        f"hublake serve {where}": "the tables for BI tools, over JDBC and ODBC",
        "hublake tables model_impact": "what each column means",
    }
