"""The first page: what the snapshot contains, and where each figure is explained."""

from datetime import date
from typing import Any, NamedTuple

from hublake.explorer.data.pages.shown import NO_DATE, Json, Shown, column, made_of, newest_day, page_of, read_tables, source_of
from hublake.lake.enums import GUESSED_EVIDENCE
from hublake.lake.schema import Table
from hublake.lake.schema.gold.cards import CARD_DOCUMENTATION, DOCUMENTATION_RATES
from hublake.lake.schema.gold.datasets import TRAINING_DISCLOSURE
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.licenses import LICENSE_EDGES
from hublake.lake.schema.gold.lineage import FAMILIES
from hublake.lake.schema.gold.origins import COUNTRY_SHARE
from hublake.lake.schema.gold.timeline import MONTHLY_GROWTH, SURVIVAL_CURVES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.reader import PublishedTables
from hublake.serving.report import MODELS_BY_TYPE, TOP_BY_IMPACT, TYPES


class Figure(NamedTuple):
    """A figure of the first page: its query returns its value, what it is a part of, and the ends of its interval."""

    name: str
    of: str
    page: str
    reads: tuple[Table, ...]
    query: str


FIGURES = (
    Figure("models listed", "", "map", (MODELS,), "SELECT count(*), NULL, NULL, NULL FROM silver.models WHERE snapshot_date = $day"),
    Figure(
        "models that derive from another",
        "models listed",
        "map",
        (LINEAGE_EDGES, MODELS),
        "SELECT count(DISTINCT child_id), (SELECT count(*) FROM silver.models WHERE snapshot_date = $day), NULL, NULL"
        " FROM silver.lineage_edges WHERE snapshot_date = $day AND NOT is_self_loop",
    ),
    Figure(
        "edges of descent that somebody declared",
        "edges, guessed ones included",
        "map",
        (LINEAGE_EDGES,),
        "SELECT count(*) FILTER (NOT list_contains($guessed, evidence)), count(*), NULL, NULL"
        " FROM silver.lineage_edges WHERE snapshot_date = $day",
    ),
    Figure(
        "families: a root and what descends from it",
        "",
        "map",
        (FAMILIES,),
        "SELECT count(*), NULL, NULL, NULL FROM gold.families WHERE snapshot_date = $day",
    ),
    Figure(
        "licences that conflict with the parent's",
        "declared edges between listed models",
        "licenses",
        (LICENSE_EDGES,),
        "SELECT count(*) FILTER (verdict = 'conflict'), count(*), NULL, NULL"
        " FROM gold.license_edges WHERE snapshot_date = $day AND NOT is_guessed",
    ),
    Figure(
        "cards that document bias in own words",
        "cards with text",
        "documentation",
        (DOCUMENTATION_RATES,),
        "SELECT filled, cards, filled_share_low, filled_share_high FROM gold.documentation_rates"
        " WHERE snapshot_date = $day AND section_class = 'bias' AND stratum = 'all'",
    ),
    Figure(
        "models with a card that has text",
        "models listed",
        "documentation",
        (CARD_DOCUMENTATION,),
        "SELECT count(*) FILTER (has_card), count(*), NULL, NULL FROM gold.card_documentation WHERE snapshot_date = $day",
    ),
    Figure(
        "models that others derived from within 30 days",
        "models created since March 2022, those without a derivative included (Kaplan-Meier)",
        "trends",
        (SURVIVAL_CURVES,),
        "SELECT 1 - survival, 1, 1 - survival_high, 1 - survival_low FROM gold.survival_curves WHERE snapshot_date = $day"
        " AND event = 'derivative' AND relation = 'any' AND derived_by = 'others' AND stratum = 'all' AND day = 30",
    ),
    Figure(
        "models that declare training data",
        "models listed",
        "datasets",
        (TRAINING_DISCLOSURE,),
        "SELECT with_dataset, models, disclosed_share_low, disclosed_share_high FROM gold.training_disclosure"
        " WHERE snapshot_date = $day AND stratum = 'all'",
    ),
    Figure(
        "downloads whose publisher's country is known",
        "downloads of 30 days",
        "vendors",
        (COUNTRY_SHARE,),
        "SELECT sum(downloads_by_publisher) FILTER (country NOT IN ('unknown', 'person')), sum(downloads_by_publisher), NULL, NULL"
        " FROM gold.country_share WHERE snapshot_date = $day AND stratum = 'all'",
    ),
)
TITLE = "The Hub at a glance"
LEAD = "Who derives from whom, who matters, what models may be used for, and what their cards admit, in one snapshot of the Hub."
# Name, sentence and page; the first focuses the search.
DOORS = (
    ("A model", "Who builds on it, what it may be used for, what its card admits.", "#/"),
    ("A family", "The map of all connected models: families, hubs and how they grew.", "#/map"),
    ("A licence question", "What derivatives do with their parent's licence; check a list of models.", "#/licenses"),
    ("The tables", "What each column means, how the checks ended, snippets and SQL.", "#/data"),
)
DOES_NOT_SAY = (
    "Impact is what others build on a model. It is not quality.",
    "Models that were deleted before the first crawl are in no figure.",
    "Edges are what authors, the Hub or names state. They are no proof of what is in the weights.",
)
TABLES = (
    Shown(
        "growth",
        (MONTHLY_GROWTH,),
        "New models by month (n = {cumulative} listed)",
        "SELECT month, new_models, cumulative FROM gold.monthly_growth WHERE snapshot_date = $day AND stratum = 'all' ORDER BY month",
        "Listed models by month of creation. Models that were deleted before the first crawl are not in it.",
        chart={
            "kind": "columns",
            "says": "Listed models by month of creation.",
            "x": "month",
            "y": "new_models",
            "unit": "new models a month",
        },
        none=NO_DATE,
    ),
    Shown(
        "types",
        (LINEAGE_EDGES, MODELS),
        "Models by type",
        f"SELECT * FROM ({MODELS_BY_TYPE}) ORDER BY list_position({list(TYPES)}, type)",
        "Each model has one type. A model with a parent is of the relation to it, also if others derive from it;"
        " several: of more than one. Alone: neither. On the map, the relation is that to the main listed parent.",
        {"type": "Type of the model", "models": "Models of the type", "with_derivatives": "Of these, models that others derive from"},
        chart={"kind": "bars", "says": "Number of models of each type.", "value": "models", "label": "type", "unit": "models"},
    ),
    Shown(
        "top",
        (MODEL_IMPACT, MODELS),
        "Models with the highest impact",
        TOP_BY_IMPACT.replace("$top", "12"),
        "Impact is what others build on a model, from 0 to 100. It is not quality. Guessed edges count; their share is a column.",
        {"guessed_share": "Part of the dependants that nobody declared", "pagerank_rank": "Rank by PageRank alone"},
    ),
)
DIFFERENCES = (
    "Edges to parents that are not listed count here; the map and the licences have those between listed models only. A model with several"
    " roots counts in each family here; the map puts it into that of its main parent."
)
UNKNOWN: tuple[Any, ...] = (None, None, None, None)


def read(published: PublishedTables) -> Json:
    """The tables of the page."""
    return {"doors": DOORS} | page_of(
        globals(), {"headlines": _headlines(published, newest_day(published)), **read_tables(published, TABLES)}
    )


def _headlines(published: PublishedTables, day: date) -> Json:
    columns = [
        column("figure", "text", "What is counted"),
        column("value", "number", "How many; null if it is estimated, or not built"),
        column("of", "text", "What it is a part of"),
        column("total", "number", "How many these are"),
        column("share", "share", "value divided by total"),
        column("share_low", "share", "Lower end of its 95% interval, where the table has one"),
        column("share_high", "share", "Upper end"),
        column("page", "text", "Page that shows more"),
        column("source", "text", "Table and version that the figure is from"),
    ]
    rows = [_headline(published, day, figure) for figure in FIGURES]
    return made_of("The snapshot in figures", columns, rows, "the tables of the last column", DIFFERENCES)


def _headline(published: PublishedTables, day: date, figure: Figure) -> list[Any]:
    is_built = all(table.full_name in published.tables for table in figure.reads)
    given = {"day": day} | ({"guessed": list(GUESSED_EVIDENCE)} if "$guessed" in figure.query else {})
    found = published.rows(figure.query, **given) if is_built else []
    value, total, low, high = found[0] if found else UNKNOWN
    share = value / total if value is not None and total else None
    is_estimate = total == 1
    counts = (None, None) if is_estimate else (value, total)
    return [figure.name, counts[0], figure.of, counts[1], share, low, high, figure.page, source_of(published, figure.reads[0])]
