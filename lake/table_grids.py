"""Views of the declared tables for a terminal."""

from rich.table import Table as Grid

from hublake.lake.schema import TABLES, Table


def tables_grid() -> Grid:
    """List every table with its grain and its comment."""
    grid = Grid("table", "one row per", "contents", box=None, header_style="bold")
    for table in TABLES.values():
        grid.add_row(table.full_name, table.grain.removeprefix("one row per "), table.comment)
    return grid


def columns_grid(table: Table) -> Grid:
    """List the columns of one table."""
    grid = Grid(
        "column", "type", "null", "meaning", box=None, header_style="bold", title=f"{table.full_name}: {table.grain}", title_justify="left"
    )
    for column in table:
        is_key = " (key)" if column.name in table.key else ""
        unit = f" [{column.unit}]" if column.unit else ""
        grid.add_row(column.name + is_key, column.type, "" if column.required else "yes", column.comment + unit.replace("[", r"\["))
    return grid
