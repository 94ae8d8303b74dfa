"""Lists of models, and statistics of selected models, on standard output or in a file."""

from pathlib import Path
from typing import Any

from hublake.lake.errors import WrongUse
from hublake.lake.terminal import echo, json_text
from hublake.serving.export.files import written_line
from hublake.serving.models import COLUMNS, SCHEMA, ModelList
from hublake.serving.output import is_terminal, print_parquet, save_parquet, save_rows, write_rows
from hublake.serving.report_grid import abbreviate

GROUPS = ("tasks", "libraries", "licenses", "relations")


def require_fit(output_format: str, out: Path | None, *, statistics: bool) -> None:
    """Raise WrongUse for a format that has no place for the result, before anything is read."""
    if statistics and (output_format == "parquet" or out is not None):
        raise WrongUse("--statistics are a few figures: print them with --format text, csv or json, without --out")
    if out is not None and output_format == "text":
        raise WrongUse("--out applies to --format csv, json and parquet")
    if out is None and output_format == "parquet" and is_terminal():
        raise WrongUse("Parquet is no text for a terminal: give --out DIRECTORY, or send standard output to a file")


def print_list(found: ModelList, output_format: str, out: Path | None, *, raw: bool) -> None:
    """Print a list of models, or write it to models.<extension> in the folder `out`."""
    if output_format == "parquet":
        if out is None:
            print_parquet(found.batches(), SCHEMA)
        else:
            echo(written_line(save_parquet(found.batches(), SCHEMA, out, "models")))
    elif out is None:
        write_rows(COLUMNS, found.rows(), output_format, raw=raw)
    else:
        echo(written_line(save_rows(COLUMNS, found.rows(), output_format, out, "models", raw=raw)))


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
