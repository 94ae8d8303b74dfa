"""`hublake tables`: the catalogue of tables, straight from the declarations."""

import click
from rich.console import Console
from rich.table import Table as Grid

from lake.tables import TABLES, Table, find_table


@click.command(short_help="What each table and column means.")
@click.argument("name", required=False)
def tables(name: str | None) -> None:
    """The catalogue: every table, or the columns of one.

    \b
    Example:
      hublake tables model_impact
    """
    console = Console()
    console.print(_columns(find_table(name)) if name else _overview())


def _overview() -> Grid:
    grid = Grid("table", "one row per", "what it says", box=None, header_style="bold")
    for table in TABLES.values():
        grid.add_row(table.full_name, table.grain.removeprefix("one row per "), table.comment)
    return grid


def _columns(table: Table) -> Grid:
    grid = Grid(
        "column", "type", "null", "meaning", box=None, header_style="bold", title=f"{table.full_name}: {table.grain}", title_justify="left"
    )
    for column in table:
        is_key = " (key)" if column.name in table.key else ""
        unit = f" [{column.unit}]" if column.unit else ""
        grid.add_row(column.name + is_key, column.type, "" if column.required else "yes", column.comment + unit.replace("[", r"\["))
    return grid
