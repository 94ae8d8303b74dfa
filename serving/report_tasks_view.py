"""The sections of the report on tasks."""

from rich.console import Group, RenderableType
from rich.text import Text

from hublake.serving.report import Row
from hublake.serving.report_grid import report_grid

COLUMNS = ("task", "last 12 months", "share", "12 before", "share then", "difference")


def task_sections(report: Row, width: int) -> list[RenderableType]:
    """The sections of the facts that `read_tasks` found."""
    tasks = report["tasks"]
    if not tasks:
        return []
    known = tasks["coverage"]["known"] / max(tasks["coverage"]["models"], 1)
    grown = _trends(f"Tasks that grow among new models; {known:.1%} of all models have a known task", tasks["growing"], width)
    shrunk = _trends("Tasks that shrink among new models", tasks["shrinking"], width)
    return [Group(grown, Text(), shrunk), Group(_changes(tasks, width), *_others(tasks))]


def _trends(title: str, trends: list[Row], width: int) -> Group:
    rows = [
        (
            row["task"],
            f"{row['late_models']:,}",
            _share(row["late_share"]),
            f"{row['early_models']:,}",
            _share(row["early_share"]),
            f"{row['difference']:+.1%}",
        )
        for row in trends
    ]
    empty = [("none in 24 months", *[""] * (len(COLUMNS) - 1))]
    return report_grid(title, COLUMNS, rows or empty, width, first_out=("12 before", "last 12 months"))


def _changes(tasks: Row, width: int) -> Group:
    rows = [
        (
            row["relation"],
            f"{row['known'] or 0:,}",
            _part(row["changed"], row["known"]),
            f"{row['strong'] or 0:,}",
            _part(row["strong_changed"], row["strong"]),
        )
        for row in tasks["changes"]
    ]
    columns = ("relation", "both tasks known", "changed", "both declared", "changed of these")
    empty = [("no edge between listed models", "", "", "", "")]
    return report_grid("Derivatives with another task than their parent", columns, rows or empty, width)


def _others(tasks: Row) -> list[Text]:
    return [
        Text(f"  {row['figure'].replace('_', ' ')}: {row['value']} ({row['source']}, {row['date']}; {row['denominator']})", "dim")
        for row in tasks["published"]
    ]


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _part(part: int | None, whole: int | None) -> str:
    return f"{(part or 0) / whole:.1%}" if whole else ""
