"""Command-line options that several sub-commands share, and the groups of sub-commands."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import click

from hublake.lake.suggestions import did_you_mean

WAREHOUSE = click.option("--warehouse", help="Folder or object-store address of the tables.  [default: $HUBLAKE_WAREHOUSE, ./warehouse]")
CRAWL_ID = re.compile(r"\d{8}T\d{6}Z-\w+")


def _checked_as_of(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Reject what can be no value of --as-of before anything starts; whether the crawl exists is found out later."""
    if value is None or CRAWL_ID.fullmatch(value):
        return value
    try:
        date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is neither a day (YYYY-MM-DD) nor a crawl_id of bronze.crawl_runs.") from None
    return value


AS_OF = click.option(
    "--as-of",
    callback=_checked_as_of,
    metavar="DATE|CRAWL",
    help="The state of the Hub at a crawl: the last one up to a date, or a crawl_id.  [default: the newest crawl]",
)
ENDPOINT = click.option("--endpoint", metavar="URL", help="Address of the hub.  [default: $HF_ENDPOINT, the public Hub]")
MASTER = click.option("--master", help="Spark master.  [default: build.master of conf/, local[*]]")


class LocalFolder(click.Path):
    """A folder for output. An object-store address is refused: it would become a folder of that name."""

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if "://" in str(value):
            self.fail(f"{value} is an address, and files are written to a folder of this machine: copy them from there.", param, ctx)
        return super().convert(value, param, ctx)


class SuggestingGroup(click.Group):
    """A group that suggests sub-commands for a mistyped one, and lists them in the order of their definition."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            names = self.list_commands(ctx)
            raise click.UsageError(f"no such command: {name!r}." + (did_you_mean(name, names) or f" There are: {', '.join(names)}."), ctx)
        return super().resolve_command(ctx, args)
