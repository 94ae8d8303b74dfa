"""`hublake export` and `hublake report`: what readers take away, without a JVM."""

from pathlib import Path

import click

from hublake.lake.options import AS_OF, WAREHOUSE
from hublake.lake.schema import find_table
from hublake.lake.settings import load

FORMATS = ("csv", "json")


@click.command(short_help="Published tables as files.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="csv: all values quoted; json: one object a line.")
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
    from hublake.serving.export.write import export_tables, write_kin
    from hublake.serving.reader import open_published

    if ancestors and root_id is None:
        raise click.UsageError("--ancestors goes with --root ID")
    wanted = [find_table(name) for name in tables]
    published = open_published(load(flags={"warehouse": warehouse}), as_of)
    if root_id is not None:
        path, rows = write_kin(published, root_id, "ancestors" if ancestors else "descendants", form, out)
        click.echo(f"{rows:>12,} rows  {path}")
    if wanted or root_id is None:
        for path, rows in export_tables(published, wanted, form, out):
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
    from rich.console import Console

    from hublake.serving.reader import open_published
    from hublake.serving.report import screen

    console = Console(highlight=False)
    console.print(screen(open_published(load(flags={"warehouse": warehouse}), as_of), console.width))
