"""The terminal report on a snapshot."""

from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table as Grid
from rich.text import Text

from hublake.lake.enums import DOCUMENTED_SECTIONS, GUESSED_EVIDENCE, RELATIONS
from hublake.lake.errors import MissingTable
from hublake.lake.paths import data_docs, is_local, log_folder
from hublake.lake.schema.bronze import CARDS, CRAWL_FAILURES
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, DOCUMENTATION_RATES
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables

TOP = 20
MIN_NAME_WIDTH, MAX_NAME_WIDTH = 12, 44
TWO_COLUMN_WIDTH = 150  # characters from which the report has two columns

MODELS_BY_TYPE = """
    WITH edges AS (SELECT child_id, parent_id, relation FROM silver.lineage_edges WHERE snapshot_date = $day AND NOT is_self_loop),
    types AS (
        SELECT DISTINCT child_id AS model_id, relation AS type FROM edges
        UNION ALL SELECT DISTINCT parent_id, 'base' FROM edges
        UNION ALL SELECT model_id, 'alone' FROM silver.models WHERE snapshot_date = $day
            AND model_id NOT IN (SELECT child_id FROM edges) AND model_id NOT IN (SELECT parent_id FROM edges)
    )
    SELECT type, count(*), coalesce(sum(downloads_30d), 0)
    FROM types JOIN silver.models USING (model_id) WHERE snapshot_date = $day GROUP BY type
"""

LABELS = {
    "base": "base (others derive from it)",
    **{relation: relation for relation in RELATIONS},
    "alone": "alone (no known relation)",
}

TOP_BY_IMPACT = """
    SELECT model_id, impact_score, dependants, dependants_guessed / greatest(dependants, 1) AS guessed_share, descendants,
           downloads_attributed, downloads_30d,
           rank() OVER (ORDER BY pagerank DESC) AS pagerank_rank
    FROM gold.model_impact JOIN silver.models USING (snapshot_date, model_id) WHERE snapshot_date = $day
    ORDER BY impact_score DESC, model_id LIMIT $top
"""


def render_report(published: PublishedTables, width: int = TWO_COLUMN_WIDTH) -> RenderableType:
    """The report on the newest snapshot. Raises MissingTable where a table that it reads is not published."""
    for table in (MODELS, LINEAGE_EDGES, MODEL_IMPACT, CARD_DOCUMENTATION, DOCUMENTATION_RATES):
        published.require(table)
    day = published.value("SELECT max(snapshot_date) FROM gold.model_impact")
    if day is None:
        raise MissingTable(f"{published.address} has no snapshot up to {published.day}. Build one: hublake build --as-of {published.day}")
    models = published.value("SELECT count(*) FROM silver.models WHERE snapshot_date = $day", day=day)
    counts = Group(_models_by_type(published, day), Text(), _sections(published, day), Text(), _rejected(published, day))
    impact = _top_by_impact(published, day, width)
    body: RenderableType = Group(impact, Text(), counts)
    if width >= TWO_COLUMN_WIDTH:
        body = Grid.grid(padding=(0, 3))
        body.add_row(counts, impact)
    title = Text.assemble(("Hublake", "bold"), f"  snapshot {day}  ", (f"{models:,} models", "bold"), _card_counts(published, day))
    return Group(Text(), title, Text(), body, Text(), _locations(published))


def _card_counts(published: PublishedTables, day: date) -> str:
    cards, edges, guesses = published.rows(
        "SELECT (SELECT count(*) FROM gold.card_documentation WHERE snapshot_date = $day AND has_card), count(*),"
        " count(*) FILTER (evidence IN (SELECT unnest($guessed))) FROM silver.lineage_edges WHERE snapshot_date = $day",
        day=day,
        guessed=list(GUESSED_EVIDENCE),
    )[0]
    guessed = ", guesses left out" if published.without_guesses else f" ({guesses / max(edges, 1):.0%} guessed)"
    return f", {cards:,} cards with text, {edges:,} lineage edges{guessed}"


def _grid(title: str, *columns: str) -> Grid:
    grid = Grid(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 1), header_style="dim", show_edge=False)
    for number, column in enumerate(columns):
        grid.add_column(column, justify="left" if number == 0 else "right", no_wrap=True)
    return grid


def _models_by_type(published: PublishedTables, day: date) -> Grid:
    found = {name: (count, downloads) for name, count, downloads in published.rows(MODELS_BY_TYPE, day=day)}
    grid = _grid("Models by type", "a model may have several", "models", "downloads")
    for name, label in LABELS.items():
        count, downloads = found.get(name, (0, 0))
        grid.add_row(label, f"{count:,}", abbreviate(downloads))
    return grid


def _sections(published: PublishedTables, day: date) -> Grid:
    grid = _grid("Cards that document a section in their own words", "section", "cards", "share", "95 % interval")
    rates = published.rows(
        "SELECT section_class, filled, filled_share, filled_share_low, filled_share_high FROM gold.documentation_rates"
        " WHERE snapshot_date = $day AND stratum = 'all' AND section_class <> 'other' ORDER BY filled DESC, section_class",
        day=day,
    )
    for name, filled, share, low, high in rates:
        if share is not None:  # null if no card was fetched
            style = "bold" if name in DOCUMENTED_SECTIONS else ""
            grid.add_row(name.replace("_", " "), f"{filled:,}", f"{share:.1%}", f"{low:.1%} to {high:.1%}", style=style)
    if not grid.row_count:
        grid.add_row("no cards in this snapshot; run hublake crawl cards", "", "", "")
    return grid


def _rejected(published: PublishedTables, day: date) -> Grid:
    grid = _grid("Quarantined or refused", "reason", "records")
    if QUARANTINE.full_name in published.tables:
        for table, rule, count in published.rows(
            "SELECT table_name, rule, count(*) FROM silver.quarantine WHERE snapshot_date = $day GROUP BY ALL ORDER BY 3 DESC, 1, 2",
            day=day,
        ):
            grid.add_row(escape(f"{table}: {rule.replace('_', ' ')}"), f"{count:,}")
    if CARDS.full_name in published.tables:
        for status, count in published.rows(
            "SELECT status, count(*) FROM bronze.cards WHERE snapshot_date = $day AND status <> 200 GROUP BY 1 ORDER BY 2 DESC", day=day
        ):
            grid.add_row(f"card refused by the hub: HTTP {status}", f"{count:,}")
    if CRAWL_FAILURES.full_name in published.tables:
        for spider, count in published.rows(
            "SELECT spider, count(*) FROM bronze.crawl_failures WHERE snapshot_date = $day GROUP BY 1", day=day
        ):
            grid.add_row(f"failed requests of the spider {spider}", f"{count:,}")
    if not grid.row_count:
        grid.add_row("none", "0")
    return grid


def _top_by_impact(published: PublishedTables, day: date, width: int) -> Grid:
    figures = ("score", "derived", "direct", "guess", "downloads", "attributed", "rank")
    title = f"Top {TOP} by impact: derived models (all, direct, guessed), downloads (own, attributed), PageRank"
    grid = _grid(title, "model", *figures)
    # In a narrow terminal names are truncated, figures never.
    name_width = max(MIN_NAME_WIDTH, min(MAX_NAME_WIDTH, width - sum(len(figure) + 2 for figure in figures) - 2))
    for model_id, score, dependants, guessed, descendants, attributed, own, rank in published.rows(TOP_BY_IMPACT, day=day, top=TOP):
        name = model_id if len(model_id) <= name_width else model_id[: name_width - 1] + "\u2026"
        downloads = (abbreviate(own or 0), abbreviate(attributed))
        grid.add_row(escape(name), f"{score:.1f}", f"{descendants:,}", f"{dependants:,}", f"{guessed:.0%}", *downloads, f"#{rank}")
    return grid


def _locations(published: PublishedTables) -> Grid:
    grid = Grid.grid(padding=(0, 2))
    for label, location in result_locations(published.address).items():
        grid.add_row(Text(label, "dim"), Text(location))
    return grid


def result_locations(address: str) -> dict[str, str]:
    """The locations of tables, Data Docs and engine logs of a warehouse."""
    found = {"tables": f"{address if not is_local(address) else Path(address).resolve()} (Delta; hublake tables describes them)"}
    pages = {"quality": data_docs(address), "engine logs": log_folder(address)}
    return found | {label: str(path) for label, path in pages.items() if path.exists()}


def abbreviate(number: float) -> str:
    """A number with three significant digits and a unit: 950, 12.3 k, 4.56 M."""
    value: Any = float(number)
    for unit in ("", " k", " M", " G"):
        if value < 1000:
            return f"{value:.3g}{unit}" if unit else f"{value:.0f}"
        value /= 1000
    return f"{value:.3g} T"
