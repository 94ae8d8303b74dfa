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
@WAREHOUSE
@AS_OF
def explore(
    port: int,
    opens_browser: bool,
    out: Path | None,
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
    """
    from hublake.explorer.explore import serve, write_folder
    from hublake.lake.settings import load
    from hublake.serving.reader import open_published

    settings = load(flags={"warehouse": warehouse})
    if out is not None:
        write_folder(open_published(settings, as_of), out)
    else:
        serve(settings, as_of, port, opens_browser=opens_browser)
