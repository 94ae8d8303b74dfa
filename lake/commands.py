"""`hublake tables` and `hublake optimise`."""

import click

from hublake.lake.options import WAREHOUSE

WEEK_HOURS = 7 * 24  # readers that opened an older version, and crawls that are still writing, end well within a week


@click.command(short_help="What each table and column means.")
@click.argument("name", required=False)
def tables(name: str | None) -> None:
    """List every declared table, or the columns of one.

    \b
    Example:
      hublake tables model_impact
    """
    from hublake.lake.console import print_grid
    from hublake.lake.schema import find_table
    from hublake.lake.table_grids import columns_grid, tables_grid

    print_grid(columns_grid(find_table(name)) if name else tables_grid())


@click.command(short_help="Compact small files and remove unused ones.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@WAREHOUSE
@click.option(
    "--keep-hours",
    default=WEEK_HOURS,
    show_default=True,
    type=click.IntRange(WEEK_HOURS),
    help="Keep files that a version of the last N hours uses.",
)
@click.option(
    "--keep-snapshots",
    type=click.IntRange(2),  # the newest snapshot is compared with the one before it
    metavar="N",
    help="First drop all snapshots but the newest N, at least 2, and the last of each month.  [default: drop none]",
)
def optimise(tables: tuple[str, ...], warehouse: str | None, keep_hours: int, keep_snapshots: int | None) -> None:
    """Compact the given tables, or all tables, remove files that no reader can still use, and print the figures of each table.

    With --keep-snapshots, old snapshots of silver and gold are dropped; bronze, model_history and model_metrics keep every day, so a
    dropped snapshot can be computed again: hublake build --as-of DATE. Its files are removed --keep-hours later.

    \b
    Examples:
      hublake optimise listings cards --warehouse demo/warehouse
      hublake optimise --keep-snapshots 30 --warehouse demo/warehouse
    """
    from rich.table import Table as Grid

    from hublake.lake.console import print_grid
    from hublake.lake.delta.maintenance import optimise_tables
    from hublake.lake.delta.retention import drop_snapshots
    from hublake.lake.paths import require_tables
    from hublake.lake.schema import TABLES, find_table
    from hublake.lake.settings import load
    from hublake.lake.terminal import echo

    chosen = [find_table(name) for name in tables]
    location = load(flags={"warehouse": warehouse}).location
    require_tables(location.address)
    selected = chosen or list(TABLES.values())
    if keep_snapshots is not None:
        for table, days in drop_snapshots(location, selected, keep_snapshots):
            echo(f"{table.full_name}: dropped {len(days)} snapshots, {days[0]} to {days[-1]}")
    grid = Grid("table", "version", "rows", "files", "MB", "compacted", "removed", box=None, header_style="bold")
    for done in optimise_tables(location, selected, keep_hours, must_exist=bool(chosen)):
        counts = (done.version, done.rows, done.files, round(done.stored_bytes / 1e6, 1), done.compacted, done.removed)
        grid.add_row(done.table.full_name, *[f"{count:,}" for count in counts])
    print_grid(grid)
