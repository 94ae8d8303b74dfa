"""`python -m hublake.expectations [TABLE ...]`: the expectations of tables, listed without a JVM."""

import sys

import click

from hublake.expectations.suite import checked_columns, severity_of, suite_of, type_of
from hublake.lake.errors import UnknownTable
from hublake.lake.schema import TABLES, find_table
from hublake.lake.terminal import echo


@click.command()
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
def main(tables: tuple[str, ...]) -> None:
    """List the expectations of the named tables (default: all tables): severity, expectation, reason.

    `hublake check` evaluates them. Drift is not listed: its bounds depend on the past snapshots of a warehouse.
    """
    try:
        selected = [find_table(name) for name in tables] or list(TABLES.values())
    except UnknownTable as error:
        echo(f"hublake: {error}", err=True)
        sys.exit(error.exit_code)
    for table in selected:
        echo(table.full_name)
        for expectation in suite_of(table):
            config = expectation.configuration
            name = config.description or f"{type_of(expectation)}({', '.join(checked_columns(expectation)) or 'table'})"
            echo(f"  {severity_of(expectation):8}  {name}: {config.notes}")


if __name__ == "__main__":
    main(prog_name="python -m hublake.expectations")
