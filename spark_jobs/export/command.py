"""`hublake export` and `hublake report`: what readers take away, without a JVM."""

from pathlib import Path

import click
from rich.console import Console

from lake import settings as layers
from lake.options import AS_OF, WAREHOUSE
from lake.tables import find_table
from lake.tables.silver import LINEAGE_EDGES
from spark_jobs.export.files import FILE_ENDING, write_file, write_rows
from spark_jobs.export.kin import Direction, find_kin
from spark_jobs.export.published import Published
from spark_jobs.export.report import screen
from spark_jobs.object_store import store_waited_for


@click.command(short_help="Published tables as files.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option(
    "--format", "form", type=click.Choice(list(FILE_ENDING)), required=True, help="csv: all values quoted; json: one object a line."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write into.")
@click.option("--root", "root_id", help="A model or a dataset: write its kin (model_id, steps), and of the tables only those named.")
@click.option("--ancestors", is_flag=True, help="With --root: the models above it, in place of all below.")
@WAREHOUSE
@AS_OF
def export(
    tables: tuple[str, ...], form: str, out: Path, root_id: str | None, ancestors: bool, warehouse: str | None, as_of: str | None
) -> None:
    """Write the named tables (all of gold and the lineage edges if none is named), one file each.

    \b
    Examples:
      hublake export model_impact lineage_edges --format csv --out results --warehouse demo/warehouse
      hublake export --root ID --format csv --out results --warehouse demo/warehouse
    """
    if ancestors and root_id is None:
        raise click.UsageError("--ancestors goes with --root ID")
    wanted = [find_table(name) for name in tables]
    published = _published(warehouse, as_of)
    if root_id is not None:
        direction: Direction = "ancestors" if ancestors else "descendants"
        find_kin(published, root_id, direction)
        path, rows = write_rows(published, "SELECT * FROM kin ORDER BY steps, model_id", direction, form, out)
        click.echo(f"{rows:>12,} rows  {path}")
        if not wanted:
            return
    wanted = wanted or [t for t in published.tables.values() if t.layer == "gold" or t == LINEAGE_EDGES]
    for table in wanted:
        path, rows = write_file(published, table, form, out)
        click.echo(f"{rows:>12,} rows  {path}")


@click.command(short_help="What a snapshot says, on one screen.")
@WAREHOUSE
@AS_OF
def report(warehouse: str | None, as_of: str | None) -> None:
    """Models by type, the twenty of highest impact with the reason, what cards document, and what was set aside.

    \b
    Example:
      hublake report --warehouse demo/warehouse
    """
    console = Console(highlight=False)
    console.print(screen(_published(warehouse, as_of), console.width))


def _published(warehouse: str | None, as_of: str | None) -> Published:
    settings = layers.load(flags={"warehouse": warehouse})
    with store_waited_for(settings.warehouse):
        return Published(settings.warehouse, settings.storage, as_of)
