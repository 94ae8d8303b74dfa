"""Command-line options that several sub-commands share, and the groups of sub-commands."""

import click

from hublake.lake.suggestions import did_you_mean

WAREHOUSE = click.option("--warehouse", help="Folder or object-store address of the tables.  [default: $HUBLAKE_WAREHOUSE, ./warehouse]")
AS_OF = click.option(
    "--as-of",
    metavar="DATE|CRAWL",
    help="The state of the Hub at a crawl: the last one up to a date, or a crawl_id.  [default: the newest crawl]",
)
MASTER = click.option("--master", help="Spark master.  [default: build.master of conf/, local[*]]")


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
