"""`hublake tables` and `hublake optimise`."""

from typing import TYPE_CHECKING

import click

from hublake.lake.options import WAREHOUSE

if TYPE_CHECKING:
    from rich.table import Table as Grid

WEEK_HOURS = 7 * 24  # readers that began on an older version, and crawls that are still writing, end well within it


@click.command(short_help="What each table and column means.")
@click.argument("name", required=False)
def tables(name: str | None) -> None:
    """The catalogue: every table, or the columns of one.

    \b
    Example:
      hublake tables model_impact
    """
    from hublake.lake.catalogue import columns_of, overview
    from hublake.lake.schema import find_table

    print_grid(columns_of(find_table(name)) if name else overview())


@click.command(short_help="Small files into large ones, old files away.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@WAREHOUSE
@click.option(
    "--keep-hours",
    default=WEEK_HOURS,
    show_default=True,
    type=click.IntRange(WEEK_HOURS),
    help="Files that no version of the last hours needs go.",
)
def optimise(tables: tuple[str, ...], warehouse: str | None, keep_hours: int) -> None:
    """Compact the named tables (all if none is named), remove files that no reader can need any more, and say what is there.

    \b
    Example:
      hublake optimise listings cards --warehouse demo/warehouse
    """
    from rich.table import Table as Grid

    from hublake.lake.delta.maintenance import cared
    from hublake.lake.paths import require_warehouse
    from hublake.lake.schema import TABLES, find_table
    from hublake.lake.settings import load

    wanted = [find_table(name) for name in tables]
    settings = load(flags={"warehouse": warehouse})
    require_warehouse(settings.warehouse)
    grid = Grid("table", "version", "rows", "files", "MB", "files made one", "files removed", box=None, header_style="bold")
    for done in cared(settings.warehouse, settings.storage, wanted or list(TABLES.values()), keep_hours, must_be_there=bool(wanted)):
        counts = (done.version, done.rows, done.files, round(done.stored_bytes / 1e6, 1), done.compacted, done.removed)
        grid.add_row(done.table.full_name, *[f"{count:,}" for count in counts])
    print_grid(grid)


def print_grid(grid: "Grid") -> None:
    """Print a grid as wide as the terminal."""
    from rich.console import Console

    Console(highlight=False).print(grid)
