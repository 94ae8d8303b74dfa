"""Command-line definition of `hublake explore`."""

from pathlib import Path

import click

from hublake.lake.options import AS_OF, WAREHOUSE, LocalFolder

DEFAULT_PORT = 8642


@click.command(short_help="The whole Hub on a page: map, models, families, licences, trends.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="Port on 127.0.0.1; 0 takes any free one."
)
@click.option("--open", "opens_browser", is_flag=True, help="Open the page in the browser.")
@click.option("--out", type=LocalFolder(), help="Write a static folder instead, which any web server serves.")
@click.option("--single-file", "root_id", metavar="ID", help="Write the family of one model as one HTML file instead; needs --output.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="With --single-file: the file.")
@WAREHOUSE
@AS_OF
def explore(
    port: int,
    opens_browser: bool,
    out: Path | None,
    root_id: str | None,
    output: Path | None,
    warehouse: str | None,
    as_of: str | None,
) -> None:
    """Show the published tables in a browser, from this machine only, until Ctrl-C.

    The first run writes the data of the pages, which later runs use as long as no table has a new version. Nothing is
    requested from any other address, and nothing in the warehouse is changed.

    \b
    Examples:
      hublake explore --open --warehouse demo/warehouse
      hublake explore --out site --warehouse demo/warehouse
      hublake explore --single-file ID --output family.html --warehouse demo/warehouse
    """
    from hublake.explorer.explore import serve, write_family, write_folder
    from hublake.lake.settings import load
    from hublake.serving.reader import open_published

    if (root_id is None) != (output is None):
        raise click.UsageError("--single-file ID and --output FILE belong together.")
    if out is not None and root_id is not None:
        raise click.UsageError("--out writes the whole hub, --single-file one family: choose one of them.")
    settings = load(flags={"warehouse": warehouse})
    if root_id is not None and output is not None:
        write_family(open_published(settings, as_of), root_id, output)
    elif out is not None:
        write_folder(open_published(settings, as_of), out)
    else:
        serve(settings, as_of, port, opens_browser=opens_browser)
