"""Statistics of selected models as text, CSV or JSON."""

from typing import Any

from hublake.lake.terminal import echo, json_text
from hublake.serving.output import write_rows
from hublake.serving.report_grid import abbreviate

GROUPS = ("tasks", "libraries", "licenses", "relations")


def print_statistics(figures: dict[str, Any], output_format: str, *, raw: bool) -> None:
    """Print what `SelectedModels.statistics` returns. CSV has one row per figure: figure, value, models."""
    if output_format == "json":
        echo(json_text(figures))
        return
    groups = {name: figures[name] for name in GROUPS if name in figures}
    single = {name: value for name, value in figures.items() if name not in GROUPS}
    if output_format == "csv":
        rows = [(name, value, None) for name, value in single.items()]
        rows += [(name, row["value"], row["models"]) for name, found in groups.items() for row in found]
        write_rows(("figure", "value", "models"), rows, "csv", raw=raw)
        return
    write_rows(("figure", "value"), [(name.replace("_", " "), _text(value)) for name, value in single.items()], "text")
    total = max(figures["models"], 1)
    for name, found in groups.items():
        shown = [(row["value"] or "unknown", row["models"], f"{row['models'] / total:.1%}") for row in found]
        echo("")
        write_rows((name, "models", "share"), shown, "text")


def _text(value: Any) -> str:
    if isinstance(value, int | float):
        return abbreviate(value)
    return "unknown" if value is None else str(value)
