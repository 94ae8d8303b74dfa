"""The section of the report on vendors."""

from rich.console import Group, RenderableType
from rich.text import Text

from hublake.lake.terminal import printable
from hublake.serving.report import Row
from hublake.serving.report_grid import report_grid


def vendor_sections(report: Row, width: int) -> list[RenderableType]:
    """The section of the facts that `read_vendors` found."""
    vendors = report["vendors"]
    return [Group(_by_series(vendors["by_series"], width), *_succession(vendors["succession"]))] if vendors else []


def _by_series(vendors: list[Row], width: int) -> Group:
    columns = ("vendor", "country", "series", "12 months", "days between", "built on it", "most used")
    rows = [
        (
            row["vendor"],
            row["country"] or "",
            f"{row['released_series']:,}",
            f"{row['releases_12m']:,}",
            "" if row["median_days_between"] is None else f"{row['median_days_between']:.0f}",
            f"{row['descendants_by_others']:,}",
            printable(row["most_used_series"]),
        )
        for row in vendors
    ]
    title = "Vendors by what others build on their series; releases of twelve months, median days between releases"
    empty = [("no series in this snapshot", *[""] * 6)]
    return report_grid(title, columns, rows or empty, width, first_out=("country", "days between", "12 months", "series"))


def _succession(succession: Row) -> list[Text]:
    if not succession["successions"]:
        return []
    pairs = f"median of {succession['successions']:,} that others build on"
    days = f"  a series gives way to the next after {succession['median_days']:.0f} days ({pairs})"
    moved = succession["moved_share"]
    share = "" if moved is None else f"; in 90 days {moved:.0%} of new derivatives move to it (median of {succession['with_share']:,})"
    return [Text(days + share, "dim")]
