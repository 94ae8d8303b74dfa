"""The sections of the report on countries and institutions."""

from rich.console import Group, RenderableType
from rich.text import Text

from hublake.serving.report import Row
from hublake.serving.report_grid import abbreviate, report_grid

NO_PERSONS = "Countries are those of organisations' headquarters. Persons have none: nothing is inferred about them."


def origin_sections(report: Row, width: int) -> list[RenderableType]:
    """The sections of the facts that `read_origins` found."""
    origins = report["origins"]
    if not origins or not origins["coverage"]:
        return []
    countries = Group(_countries(origins, width), *_others(origins), Text(NO_PERSONS, "dim"))
    return [countries, _concentration(origins, width), _institutions(origins, width)]


def _countries(origins: Row, width: int) -> Group:
    coverage = origins["coverage"]
    of_downloads, of_organisations = (_share(coverage[f"{name}_coverage_share"]) or "none" for name in ("downloads", "organisation"))
    known = f"{of_downloads} of downloads, {of_organisations} without persons', {coverage['coverage_share']:.1%} of models"
    title = f"Countries by downloads; known for {known}"
    shares = ("models_share", "downloads_by_publisher_share", "without_top_model_share", "downloads_by_origin_share", "published_share")
    rows = [(row["country"], f"{row['models']:,}", *(_share(row[name]) for name in shares)) for row in origins["countries"]]
    columns = ("country", "models", "of models", "downloads", "without top model", "by origin", "published")
    return report_grid(title, columns, rows, width, first_out=("published", "models"))


def _others(origins: Row) -> list[Text]:
    sources = {
        f"  published: {row['published_source']}, {row['published_date']}; {row['published_denominator']}"
        for row in origins["countries"]
        if row["published_share"] is not None
    }
    return [Text(source, "dim") for source in sorted(sources)]


def _concentration(origins: Row, width: int) -> Group:
    shares = ("coverage_share", "top_1_share", "top_10_share", "hhi", "hhi_without_top_model", "gini")
    rows = [
        (row["unit"], f"{row['units']:,}", *(_share(row[name]) for name in shares[:3]), *(_index(row[name]) for name in shares[3:]))
        for row in origins["concentration"]
    ]
    columns = ("unit", "units", "known", "largest", "ten largest", "HHI", "HHI without top model", "Gini")
    return report_grid("Concentration of downloads", columns, rows, width, first_out=("HHI without top model", "units"))


def _institutions(origins: Row, width: int) -> Group:
    rows = [
        (
            row["institution"],
            row["country"] or "",
            *(f"{row[name]:,}" for name in ("models", "dependants", "lineage_h_index")),
            abbreviate(row["downloads_by_publisher"]),
            abbreviate(row["downloads_by_origin"]),
        )
        for row in origins["institutions"]
    ]
    columns = ("institution", "country", "models", "dependants of others", "h-index", "downloads", "by origin")
    empty = [("no institution is known", *[""] * 6)]
    return report_grid("Institutions that others build on", columns, rows or empty, width, first_out=("h-index", "models"))


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _index(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
