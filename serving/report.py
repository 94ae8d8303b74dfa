"""One screen that says what a snapshot of the Hub holds."""

from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table as Grid
from rich.text import Text

from hublake.lake.enums import DOCUMENTED_SECTIONS, RELATIONS
from hublake.lake.errors import MissingTable
from hublake.lake.paths import data_docs, is_local, log_folder
from hublake.lake.schema.bronze import CARDS, CRAWL_FAILURES
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, DOCUMENTATION_RATES
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables

TOP = 20
SHORTEST_NAME, LONGEST_NAME = 12, 44
SIDE_BY_SIDE = 150  # columns of a terminal that take both halves of the screen

BY_TYPE = """
    WITH kinds AS (
        SELECT DISTINCT child_id AS model_id, relation AS kind FROM silver.lineage_edges WHERE snapshot_date = $day AND NOT is_self_loop
        UNION ALL
        SELECT model_id, CASE WHEN is_root THEN 'base' ELSE 'alone' END FROM gold.model_lineage
        WHERE snapshot_date = $day AND model_id NOT IN (
            SELECT child_id FROM silver.lineage_edges WHERE snapshot_date = $day AND NOT is_self_loop)
    )
    SELECT kind, count(*), coalesce(sum(downloads_30d), 0)
    FROM kinds JOIN silver.models USING (model_id) WHERE snapshot_date = $day GROUP BY kind
"""

KINDS = {"base": "base (others derive from it)", **{relation: relation for relation in RELATIONS}, "alone": "alone (no known kin)"}

BY_IMPACT = """
    SELECT model_id, impact_score, dependants, descendants, downloads_attributed, downloads_30d,
           rank() OVER (ORDER BY pagerank DESC) AS rank_place
    FROM gold.model_impact JOIN silver.models USING (snapshot_date, model_id) WHERE snapshot_date = $day
    ORDER BY impact_score DESC, model_id LIMIT $top
"""


def screen(published: PublishedTables, width: int = SIDE_BY_SIDE) -> RenderableType:
    """The screen of the newest snapshot that `published` shows. Raises MissingTable where a table that it reads is not there."""
    for table in (MODELS, LINEAGE_EDGES, MODEL_IMPACT, MODEL_LINEAGE, CARD_DOCUMENTATION, DOCUMENTATION_RATES):
        published.require(table)
    day = published.value("SELECT max(snapshot_date) FROM gold.model_impact")
    if day is None:
        raise MissingTable(f"{published.address} has no snapshot up to {published.day}. Build one: hublake build --as-of {published.day}")
    models = published.value("SELECT count(*) FROM silver.models WHERE snapshot_date = $day", day=day)
    counts = Group(_types(published, day), Text(), _sections(published, day), Text(), _set_aside(published, day))
    impact = _impact(published, day, width)
    body: RenderableType = Group(impact, Text(), counts)
    if width >= SIDE_BY_SIDE:
        body = Grid.grid(padding=(0, 3))
        body.add_row(counts, impact)
    title = Text.assemble(("Hublake", "bold"), f"  snapshot {day}  ", (f"{models:,} models", "bold"), _cards_in(published, day))
    return Group(Text(), title, Text(), body, Text(), _places(published))


def _cards_in(published: PublishedTables, day: date) -> str:
    cards, edges = published.rows(
        "SELECT (SELECT count(*) FROM gold.card_documentation WHERE snapshot_date = $day AND has_card),"
        " (SELECT count(*) FROM silver.lineage_edges WHERE snapshot_date = $day)",
        day=day,
    )[0]
    return f", {cards:,} cards with text, {edges:,} lineage edges"


def _grid(title: str, *columns: str) -> Grid:
    grid = Grid(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 1), header_style="dim", show_edge=False)
    for number, column in enumerate(columns):
        grid.add_column(column, justify="left" if number == 0 else "right", no_wrap=True)
    return grid


def _types(published: PublishedTables, day: date) -> Grid:
    found = {kind: (count, downloads) for kind, count, downloads in published.rows(BY_TYPE, day=day)}
    grid = _grid("Models by type", "a model may have several", "models", "downloads")
    for kind, label in KINDS.items():
        count, downloads = found.get(kind, (0, 0))
        grid.add_row(label, f"{count:,}", short(downloads))
    return grid


def _sections(published: PublishedTables, day: date) -> Grid:
    grid = _grid("Cards that fill a section with own words", "section", "cards", "share", "95 % interval")
    rates = published.rows(
        "SELECT section_class, filled, filled_share, filled_share_low, filled_share_high FROM gold.documentation_rates"
        " WHERE snapshot_date = $day AND stratum = 'all' AND section_class <> 'other' ORDER BY filled DESC, section_class",
        day=day,
    )
    for name, filled, share, low, high in rates:
        if share is not None:  # else no card was fetched
            style = "bold" if name in DOCUMENTED_SECTIONS else ""
            grid.add_row(name.replace("_", " "), f"{filled:,}", f"{share:.1%}", f"{low:.1%} to {high:.1%}", style=style)
    if not grid.row_count:
        grid.add_row("no cards in this snapshot: hublake crawl cards", "", "", "")
    return grid


def _set_aside(published: PublishedTables, day: date) -> Grid:
    grid = _grid("Set aside, never lost", "what and why", "records")
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
            grid.add_row(f"requests given up by the spider {spider}", f"{count:,}")
    if not grid.row_count:
        grid.add_row("nothing", "0")
    return grid


def _impact(published: PublishedTables, day: date, width: int) -> Grid:
    figures = ("score", "below", "directly", "downloads", "with below", "PageRank")
    grid = _grid(f"Top {TOP} by impact, and why: who derives from it, and how much they are used", "model", *figures)
    # On a narrow screen names are cut, figures never.
    longest = max(SHORTEST_NAME, min(LONGEST_NAME, width - sum(len(figure) + 2 for figure in figures) - 2))
    for model_id, score, dependants, descendants, attributed, own, place in published.rows(BY_IMPACT, day=day, top=TOP):
        name = model_id if len(model_id) <= longest else model_id[: longest - 1] + "\u2026"
        grid.add_row(escape(name), f"{score:.1f}", f"{descendants:,}", f"{dependants:,}", short(own or 0), short(attributed), f"#{place}")
    return grid


def _places(published: PublishedTables) -> Grid:
    grid = Grid.grid(padding=(0, 2))
    for what, where in places(published.address).items():
        grid.add_row(Text(what, "dim"), Text(where))
    return grid


def places(address: str) -> dict[str, str]:
    """Where the results of a warehouse lie, and how to look closer."""
    found = {"tables": f"{address if not is_local(address) else Path(address).resolve()} (Delta; hublake tables explains each)"}
    pages = {"quality": data_docs(address), "engine logs": log_folder(address)}
    return found | {what: str(where) for what, where in pages.items() if where.exists()}


def short(number: float) -> str:
    """A number in four signs or so: 950, 12.3 k, 4.56 M."""
    value: Any = float(number)
    for unit in ("", " k", " M", " G"):
        if value < 1000:
            return f"{value:.3g}{unit}" if unit else f"{value:.0f}"
        value /= 1000
    return f"{value:.3g} T"
