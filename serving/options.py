"""Command-line options that several readers share."""

from collections.abc import Callable, Mapping

import click

from hublake.serving.model_filters import FILTERS
from hublake.serving.output_formats import LIST_FORMATS, OUTPUT_FORMATS

Command = Callable[..., None]

LIVE = click.option("--live", is_flag=True, help="Read from the Hub now, not from a warehouse.")
WITHOUT_GUESSES = click.option(
    "--without-guesses", is_flag=True, help="Leave out guessed edges: parents inferred from names or from bare tags."
)
RAW = click.option("--raw", is_flag=True, help="csv: leave text that a spreadsheet runs as a formula (= + - @) as it is.")
FORMAT_HELP = "text: a grid; csv: all values with a header; json: one object per line"
OUTPUT_FORMAT = click.option(
    "--format", "output_format", type=click.Choice(OUTPUT_FORMATS), default="text", show_default=True, help=f"{FORMAT_HELP}."
)
LIST_FORMAT = click.option(
    "--format",
    "output_format",
    type=click.Choice(LIST_FORMATS),
    default="text",
    show_default=True,
    help=f"{FORMAT_HELP}; parquet: typed columns, Zstandard.",
)


def require_csv(output_format: str, *, raw: bool) -> None:
    """Raise UsageError if --raw is given without --format csv."""
    if raw and output_format != "csv":
        raise click.UsageError("--raw applies to --format csv")


def with_filters(command: Command) -> Command:
    """Add an option for each filter of hublake.serving.model_filters."""
    for declared in reversed(FILTERS):
        text = f"{declared.help} Repeatable." if declared.is_repeatable else declared.help
        option = click.option(declared.option, declared.name, multiple=declared.is_repeatable, metavar=declared.metavar, help=text)
        command = option(command)
    return command


def filter_texts(given: Mapping[str, str | tuple[str, ...] | None]) -> dict[str, tuple[str, ...]]:
    """The given texts of the filters by name."""
    texts = {name: (value,) if isinstance(value, str) else tuple(value or ()) for name, value in given.items()}
    return {name: values for name, values in texts.items() if values}
