"""The sections of the report on growth and on how soon others derive from a model."""

from rich.console import Group, RenderableType
from rich.text import Text

from hublake.serving.report import Row
from hublake.serving.report_grid import report_grid
from hublake.serving.report_time import DAYS

BAR, REST = "█", "░"
BAR_WIDTH = 18  # characters of the month with most new models; fits a terminal of 80
NOT_OBSERVED = "-"  # no model was observed for so long
LABELS = {"any": "any relation"}
STRATA = {"all": "", "notable": ", 10 likes or more"}
GROWTH_LEGEND = "Models listed now, by month of creation; the last month may not be over."
LEGEND = "Estimates over all models, also those that nobody has derived from yet (Kaplan-Meier), with 95 % bands."


def time_sections(report: Row, width: int) -> list[RenderableType]:
    """The sections of the facts that `read_time` found."""
    sections: list[RenderableType] = []
    if report["growth"] is not None:
        sections.append(Group(_growth(report["growth"], width), Text(GROWTH_LEGEND, "dim")))
    if report["time_to_derivative"] is not None:
        sections.append(Group(_times(report["time_to_derivative"], width), Text(LEGEND, "dim")))
    return sections


def _growth(months: list[Row], width: int) -> Group:
    most = max((row["new_models"] for row in months), default=0)
    rows = [
        (
            row["month"],
            f"{row['new_models']:,}",
            f"{row['new_authors']:,}",
            f"{row['removed']:,}",
            f"{row['cumulative']:,}",
            _bar(row["new_models"] / max(most, 1)),
        )
        for row in months
    ]
    columns = ("month", "new models", "new authors", "removed", "so far", "")
    empty = [("no month with a new model", *[""] * 5)]
    return report_grid("Growth by month", columns, rows or empty, width, first_out=("new authors", "", "removed"))


def _bar(share: float) -> str:
    length = round(BAR_WIDTH * share)
    return BAR * length + REST * (BAR_WIDTH - length)


def _times(curves: list[Row], width: int) -> Group:
    rows = [
        (
            f"{LABELS.get(curve['relation'], curve['relation'])}{STRATA[curve['stratum']]}",
            f"{curve['models']:,}",
            f"{curve['derived_models']:,}",
            *(_share(curve["after"].get(str(day))) for day in DAYS),
        )
        for curve in curves
    ]
    columns = ("derivatives by others", "models", "derived from", *(f"{day} days" for day in DAYS))
    empty = [("nobody has derived from a model", *[""] * (len(columns) - 1))]
    title = "Time to the first derivative: share of models that others have derived from"
    return report_grid(title, columns, rows or empty, width, first_out=("derived from", "90 days", "7 days"))


def _share(shares: Row | None) -> str:
    if shares is None:
        return NOT_OBSERVED
    if shares["derived_share"] == 0:
        return "0%"  # a band begins with the first event
    return f"{shares['derived_share']:.2%} ({shares['derived_share_low']:.2%}-{shares['derived_share_high']:.2%})"
