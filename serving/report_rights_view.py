"""The sections of the report on licences and on datasets."""

from rich.console import Group, RenderableType
from rich.text import Text

from hublake.lake.terminal import printable
from hublake.serving.report import Row
from hublake.serving.report_grid import abbreviate, report_grid


def rights_sections(report: Row, width: int) -> list[RenderableType]:
    """The sections of the facts that `read_rights` found."""
    sections: list[RenderableType] = []
    if report["licenses"]:
        views = (_drift, _undeclared, _conflicts)
        parts = [part for view in views for part in (view(report["licenses"], width), Text())]
        sections.append(Group(*parts[:-1], Text(report["licenses"]["notice"], "dim")))
    if report["datasets"]:
        sections.append(_datasets(report["datasets"], width))
    return sections


def _drift(licenses: Row, width: int) -> Group:
    figures = ("models", "kept", "dropped", "replaced", "arrived")
    rows = [(row["license"], *(f"{row[name]:,}" for name in figures)) for row in licenses["drift"]]
    title = "Licences: edges to derivatives that keep, drop or replace them, and edges that arrive at them"
    return report_grid(title, ("licence", *figures), rows or [("no licence in this snapshot", *[""] * 5)], width, first_out=("models",))


def _undeclared(licenses: Row, width: int) -> Group:
    rows = [
        (row["relation"], f"{row['edges']:,}", f"{row['undeclared_share']:.1%}", _share(row["dropped_share"]))
        for row in licenses["undeclared"]
    ]
    columns = ("relation", "edges", "of all", "where the parent does")
    return report_grid("Derivatives that declare no licence", columns, rows or [("no edge between listed models", "", "", "")], width)


def _conflicts(licenses: Row, width: int) -> Group:
    rows = [(row["clause"].replace("_", " "), f"{row['edges']:,}") for row in licenses["conflicts"]]
    grid = report_grid("Conflicts of licences by deciding clause", ("clause", "edges"), rows or [("none", "0")], width)
    examples = [
        Text(f"  {row['clause'].replace('_', ' ')}: {printable('; '.join(row['examples']))}", "dim") for row in licenses["conflicts"]
    ]
    return Group(grid, *examples)


def _datasets(datasets: Row, width: int) -> Group:
    rows = [
        (
            row["dataset_id"],
            *(f"{row[name]:,}" for name in ("models_direct", "models_reached", "families")),
            abbreviate(row["downloads_attributed"]),
        )
        for row in datasets["reach"]
    ]
    title = f"Datasets by reach; {_share(datasets['disclosed_share']) or 'no part'} of all models disclose any"
    columns = ("dataset", "declare it", "reached", "families", "attributed")
    empty = [("no model declares a dataset", *[""] * 4)]
    return report_grid(title, columns, rows or empty, width, first_out=("attributed", "families"))


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
