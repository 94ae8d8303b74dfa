"""The section of the report on architectures and sizes."""

from rich.console import Group, RenderableType
from rich.text import Text

from hublake.serving.report import Row
from hublake.serving.report_grid import abbreviate, report_grid


def architecture_sections(report: Row, width: int) -> list[RenderableType]:
    """The section of the facts that `read_architectures` found."""
    architectures = report["architectures"]
    return [Group(_medians(architectures, width), _coverage(architectures["coverage"]))] if architectures else []


def _medians(architectures: Row, width: int) -> Group:
    """Months in rows, families in columns."""
    cells = {(row["month"], row["family"]): row for row in architectures["medians"]}
    months = list(dict.fromkeys(month for month, _ in cells))
    families = ["all", *dict.fromkeys(family for _, family in cells if family != "all")]
    rows = [(month, *_of_month(cells[month, "all"]), *(_median(cells.get((month, family))) for family in families)) for month in months]
    title = "Median number of parameters of new models, by month and architecture"
    columns = ("month", "new models", "size known", *families)
    empty = [("no model with a date", *[""] * (len(columns) - 1))]
    return report_grid(title, columns, rows or empty, width, first_out=families[:0:-1])


def _of_month(every: Row) -> tuple[str, str]:
    return f"{every['new_models']:,}", f"{every['with_parameters'] / every['new_models']:.0%}"


def _median(cell: Row | None) -> str:
    return abbreviate(cell["median_parameters"]) if cell and cell["median_parameters"] is not None else ""


def _coverage(coverage: Row) -> Text:
    parts = {name: coverage[name] / max(coverage["models"], 1) for name in ("with_architecture", "inferred", "with_parameters")}
    mixtures = coverage["mixtures"] / max(coverage["moe_known"], 1)
    text = f"  architecture known of {parts['with_architecture']:.1%} of all models, {parts['inferred']:.1%} inferred; "
    text += f"parameters of {parts['with_parameters']:.1%}; "
    return Text(text + f"{mixtures:.1%} of the {coverage['moe_known']:,} known are mixtures of experts", "dim")
