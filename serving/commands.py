"""Command-line definitions of `hublake export` and `hublake report`."""

from pathlib import Path

import click

from hublake.lake.options import AS_OF, WAREHOUSE
from hublake.lake.terminal import echo
from hublake.serving.export.formats import find_format, format_names
from hublake.serving.export.table_format import DatabaseFormat

FORMATS = format_names()
WITHOUT_GUESSES = click.option(
    "--without-guesses", is_flag=True, help="Leave out guessed edges: parents inferred from names or from bare tags."
)


@click.command(short_help="Write published tables to files.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    required=True,
    help="; ".join(f"{name}: {find_format(name).summary}" for name in FORMATS) + ".",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Output folder.")
@click.option("--root", "root_id", help="A model or dataset: write its descendants (model_id, steps), and of the tables only those named.")
@click.option("--ancestors", is_flag=True, help="With --root: write the ancestors instead of the descendants.")
@WITHOUT_GUESSES
@WAREHOUSE
@AS_OF
def export(
    tables: tuple[str, ...],
    format_name: str,
    out: Path,
    root_id: str | None,
    ancestors: bool,
    without_guesses: bool,
    warehouse: str | None,
    as_of: str | None,
) -> None:
    """Write the named tables to one file each. Without names: all gold tables and the lineage edges.

    The format duckdb writes one file, hublake.duckdb, without names with all tables of silver and gold.

    Columns such as dependants_guessed count the guessed edges behind a figure. --without-guesses writes lineage edges and impact without
    guessed edges, and omits other tables that count them.

    \b
    Examples:
      hublake export model_impact lineage_edges --format csv --out results --warehouse demo/warehouse
      hublake export --format duckdb --out results --warehouse demo/warehouse
      hublake export --root ID --format csv --out results --warehouse demo/warehouse
    """
    from hublake.lake.schema import find_table
    from hublake.lake.settings import load
    from hublake.serving.export.database import export_database
    from hublake.serving.export.write import export_kin, export_tables
    from hublake.serving.reader import open_published

    if ancestors and root_id is None:
        raise click.UsageError("--ancestors needs --root ID")
    selected = [find_table(name) for name in tables]
    file_format = find_format(format_name)
    if root_id is not None and isinstance(file_format, DatabaseFormat):
        raise click.UsageError("--root writes a list of models: choose --format csv or json")
    published = open_published(load(flags={"warehouse": warehouse}), as_of, without_guesses=without_guesses)
    if isinstance(file_format, DatabaseFormat):
        path, counts = export_database(published, selected, out)
        for name, rows in counts.items():
            echo(f"{rows:>12,} rows  {path}  {name}")
        return
    if root_id is not None:
        path, rows = export_kin(published, root_id, "ancestors" if ancestors else "descendants", file_format, out)
        echo(f"{rows:>12,} rows  {path}")
    if selected or root_id is None:
        for path, rows in export_tables(published, selected, file_format, out):
            echo(f"{rows:>12,} rows  {path}")


@click.command(short_help="Print a summary of a snapshot.")
@WITHOUT_GUESSES
@WAREHOUSE
@AS_OF
def report(without_guesses: bool, warehouse: str | None, as_of: str | None) -> None:
    """Models by type, the twenty models with the highest impact, what cards document, and quarantined records.

    The column guess is the share of direct derivatives that nobody declared; --without-guesses ranks without them.

    \b
    Example:
      hublake report --warehouse demo/warehouse
    """
    from hublake.lake.console import open_console
    from hublake.lake.settings import load
    from hublake.serving.reader import open_published
    from hublake.serving.report import render_report

    console = open_console()
    published = open_published(load(flags={"warehouse": warehouse}), as_of, without_guesses=without_guesses)
    console.print(render_report(published, console.width))
