"""The sections of the report on techniques."""

from rich.console import Group, RenderableType
from rich.text import Text

from hublake.serving.report import Row
from hublake.serving.report_grid import report_grid


def technique_sections(report: Row, width: int) -> list[RenderableType]:
    """The sections of the facts that `read_techniques` found."""
    techniques = report["techniques"]
    if not techniques:
        return []
    formats, merges = _formats(techniques["formats"], width), _merges(techniques["merges"], width)
    return [_trends(techniques["trends"], width), Group(formats, Text(), merges)]


def _trends(trends: list[Row], width: int) -> Group:
    rows = [
        (row["technique"], f"{row['late_models']:,}", _share(row["late_share"]), f"{row['early_models']:,}", _share(row["early_share"]))
        for row in trends
    ]
    columns = ("technique", "last 12 months", "share", "12 before", "share then")
    title = "Techniques of new models, as a share of those with a known technique"
    return report_grid(title, columns, rows or [("none in 24 months", "", "", "", "")], width)


def _formats(formats: list[Row], width: int) -> Group:
    rows = [(row["format"], f"{row['repos']:,}", ", ".join(f"{bits:g}" for bits in row["widths"] or ())) for row in formats]
    return report_grid(
        "Formats of quantised models", ("format", "repositories by width and month", "bits"), rows or [("none", "", "")], width
    )


def _merges(merges: list[Row], width: int) -> Group:
    rows = [(row["method"] or "(unknown)", f"{row['models']:,}") for row in merges]
    return report_grid("Methods of merged models", ("method", "models"), rows or [("none", "")], width)


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
