"""A table that a page shows: one declaration, from which its query, its columns and its source are derived."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from hublake.lake.enums import GUESSED_EVIDENCE
from hublake.lake.errors import MissingTable
from hublake.lake.schema import Table
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.origins import ORGANISATIONS
from hublake.serving.output import plain_value
from hublake.serving.reader import PublishedTables

Json = dict[str, Any]
Kind = Literal["text", "words", "verdict", "model", "author", "number", "share", "date", "month", "boolean"]

PARAMETER = re.compile(r"\$([a-z]+)\b")
SHARE = re.compile(r"(^|_)share(_low|_high|_of_parent)?$")
SIGNIFICANT_DIGITS = 9
MODELS_NAMED = ("model_id", "child_id", "parent_id", "root_id", "base_id", "example_id", "top_base_id")
VENDORS = ("vendor", "institution")  # display names, which lead to an account
VERDICTS = ("verdict", "worst_verdict")  # "ok" reads: fits
LABELS = {
    "depth": "depth of words on limits, bias and risks",
    "at_risk": "models still observed",
    "ecosystem": "models in its families",
    "free_cards": "cards that did not copy it from a parent",
    "own_reuse_share": "share of derivatives that are its own",
    "lineage_h_index": "lineage h-index",
    "hhi": "concentration (HHI)",
    "gini": "Gini coefficient",
    "iqr_days_between": "interquartile range of days between",
    "moe_known": "known whether mixture of experts",
    "moe_share": "mixture of experts share",
    "own_copies_same_day_share": "share with own copies on the same day",
    "p90_parameters": "90th percentile of parameters",
    "pagerank_rank": "rank by PageRank",
    "pipeline_tag": "task",
    "section_class": "subject",
    "verdict": "licence against the parent's",
    "worst_verdict": "licences on the path, at worst",
    "set_aside": "quarantined",
}
NO_DATE = "No model that counts here has a known time of creation."
NUMBERS = ("DOUBLE", "FLOAT", "DECIMAL", "BIGINT", "INTEGER", "HUGEINT")


@dataclass(frozen=True)
class Shown:
    """A bounded query of published tables; of `reads`, the first is its source.

    In the query, $day is the day of the snapshot and $guessed the evidence of guessed edges. `meanings` describes columns that the query
    computes; others have the description of the same column in `reads`. If `is_declared_only`, it leaves out guessed edges, which the
    tables count; without `counts_edges`, none of its figures depends on an edge. `chart` is drawn by static/js/charts.js: its kind, what
    it `says`, and the columns that it shows. A title may contain {columns}: the values of the last row. `section` is the heading in the
    contents of the page, `none` the sentence in place of no row.
    """

    name: str
    reads: tuple[Table, ...]
    title: str
    query: str
    note: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict)
    is_declared_only: bool = False
    counts_edges: bool = True
    chart: Json = field(default_factory=dict)
    section: str = ""
    none: str = ""

    def read(self, published: PublishedTables, day: date) -> Json:
        """The table as a page needs it; where a table that it reads is not published, a sentence as `missing`."""
        try:
            for table in self.reads:
                published.require(table)
            given = {"day": day, "guessed": list(GUESSED_EVIDENCE)}
            found = published.rows(self.query, **{name: given[name] for name in sorted(set(PARAMETER.findall(self.query)))})
        except MissingTable as error:
            return {
                "title": plain_title(self.title),
                "section": self.section,
                "missing": sentence(error, published),
                "columns": [],
                "rows": [],
            }
        types = [(str(column[0]), str(column[1])) for column in published.connection.description or ()]
        columns = [self._column(name, type_) for name, type_ in types]
        for at, (name, _) in enumerate(types):
            if name in VENDORS:
                columns[at] |= {"type": "author", "targets": accounts(published, day, {row[at] for row in found})}
        return {
            "title": title_of(self.title, columns, found),
            "note": self.note,
            "section": self.section,
            "none": self.none,
            "chart": self.chart,
            "source": ", ".join(source_of(published, table) for table in self.reads),
            "counts_guesses": self.counts_edges and not self.is_declared_only and any(table.counts_guesses for table in self.reads),
            "columns": columns,
            "rows": [[shown_value(value) for value in row] for row in found],
        }

    def _column(self, name: str, type_: str) -> Json:
        declared = next((table.by_name[name] for table in self.reads if name in table.by_name), None)
        is_word = declared and declared.values and type_ == "VARCHAR" and name not in VERDICTS
        kind: Kind = "words" if is_word else kind_of(name, type_)
        return column(name, kind, self.meanings.get(name) or (declared.comment.replace(" %", "%") if declared else ""))


def accounts(published: PublishedTables, day: date, vendors: Iterable[str]) -> dict[str, str]:
    """The account of each vendor that has one on the Hub; of several, that of its name, else the one with most models."""
    organisations = "SELECT namespace, institution FROM silver.organisations WHERE snapshot_date = $day"
    if ORGANISATIONS.full_name not in published.tables:
        organisations = "SELECT '' AS namespace, '' AS institution"
    return dict(
        published.rows(
            f"""
            SELECT coalesce(institution, author) AS vendor,
                   arg_max(author, (lower(author) = lower(replace(vendor, ' ', '')), models, author))
            FROM (SELECT author, count(*) AS models FROM silver.models WHERE snapshot_date = $day AND author <> '' GROUP BY author)
            LEFT JOIN ({organisations}) ON namespace = author
            WHERE vendor IN (SELECT unnest($vendors)) GROUP BY vendor ORDER BY vendor
            """,
            day=day,
            vendors=sorted(filter(None, vendors)),
        )
    )


def column(name: str, kind: Kind, meaning: str = "") -> Json:
    """A column of a table that a page shows."""
    return {"name": name, "type": kind, "label": label_of(name), "meaning": meaning}


def sentence(error: MissingTable, published: PublishedTables) -> str:
    """What is missing, without the address of the warehouse: a static folder may be published."""
    text = str(error).replace(f" in the warehouse {published.address}", " in this warehouse")
    return text.replace(published.address, "...")


def title_of(title: str, columns: Sequence[Json], rows: Sequence[Sequence[Any]]) -> str:
    """The title with the values of the last row.

    >>> title_of("Cards (n = {cards}, {known_share} known)", [column("cards", "number"), column("known_share", "share")], [(12566, 0.097)])
    'Cards (n = 12,566, 9.7% known)'
    """
    if not rows:
        return plain_title(title)
    texts = {each["name"]: value_in_title(value, each["type"]) for each, value in zip(columns, rows[-1], strict=True)}
    return title.format_map(texts)


def plain_title(title: str) -> str:
    """The title without the part that has values.

    >>> plain_title("Cards (n = {cards})")
    'Cards'
    """
    return re.sub(r" \([^()]*\{[^()]*\)", "", title)


def value_in_title(value: Any, kind: Kind) -> str:
    """A value in a title."""
    if value is None:
        return "unknown"
    return f"{value:.1%}" if kind == "share" else f"{value:,}" if isinstance(value, int) else str(value)


def source_of(published: PublishedTables, table: Table) -> str:
    """Name and version of a published table."""
    version = published.opened_versions.get(table.full_name)
    return table.full_name if version is None else f"{table.full_name}@{version}"


def label_of(name: str) -> str:
    """The heading of a column.

    >>> label_of("filled_share_low"), label_of("downloads_30d"), label_of("is_guessed"), label_of("root_id")
    ('filled share, low', 'downloads, 30 days', 'guessed', 'root')
    """
    if name in LABELS:
        return LABELS[name]
    words = re.sub(r"_(low|high)$", r", \1", name).removeprefix("is_").removeprefix("has_")
    words = words.replace("_30d", ", 30 days").replace("_12m", ", 12 months").replace("hhi", "HHI").replace("license", "licence")
    return re.sub(r"_(id|at|date)$", "", words).replace("_", " ")


def kind_of(name: str, type_: str) -> Kind:
    """How the values of a column are written: `words` have underscores for spaces.

    >>> kind_of("filled_share_low", "DOUBLE"), kind_of("models", "HUGEINT"), kind_of("child_id", "VARCHAR"), kind_of("first_at", "DATE")
    ('share', 'number', 'model', 'date')
    """
    if name in VERDICTS:
        return "verdict"
    if SHARE.search(name):
        return "share"
    if name == "month":
        return "month"
    if name in MODELS_NAMED:
        return "model"
    if type_.startswith(("DATE", "TIMESTAMP")):
        return "date"
    if type_.endswith("[]"):
        return "text"
    return "number" if type_.startswith(NUMBERS) else "boolean" if type_ == "BOOLEAN" else "text"


def shown_value(value: Any) -> Any:
    """The value as JSON: floats with nine significant digits, times as days.

    >>> shown_value(0.12345678912), shown_value(float("nan")), shown_value(date(2026, 1, 2))
    (0.123456789, None, '2026-01-02')
    """
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()[:10]
    return plain_value(value)


def newest_day(published: PublishedTables) -> date:
    """The day of the newest snapshot. Raises MissingTable where no model is published."""
    published.require(MODELS)
    found: date | None = published.value("SELECT max(snapshot_date) FROM silver.models")
    if found is None:
        raise MissingTable("silver.models has no row: no model was listed. Run: hublake crawl models --full")
    return found


def read_tables(published: PublishedTables, shown: Iterable[Shown]) -> Json:
    """The tables of a page by name, in its order."""
    day = newest_day(published)
    return {table.name: table.read(published, day) for table in shown}


def page_of(module: Mapping[str, Any], tables: Json) -> Json:
    """The content of a page: title and lead, what it does not say, where it is explained, and its tables."""
    return {"title": module["TITLE"], "lead": module["LEAD"], "doesNotSay": module["DOES_NOT_SAY"], "tables": tables}


def made_of(title: str, columns: Sequence[Json], rows: Sequence[Sequence[Any]], source: str, note: str = "") -> Json:
    """A table that is not the result of one query."""
    return {
        "title": title,
        "note": note,
        "chart": {},
        "source": source,
        "counts_guesses": False,
        "columns": list(columns),
        "rows": [[shown_value(value) for value in row] for row in rows],
    }
