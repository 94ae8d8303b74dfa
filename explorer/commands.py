"""Command-line definition of `hublake explore`."""

import click

from hublake.lake.options import AS_OF, WAREHOUSE

DEFAULT_PORT = 8642


@click.command(short_help="The whole Hub on a page: map, models, families, licences, trends.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="Port on 127.0.0.1; 0 takes any free one."
)
@click.option("--open", "opens_browser", is_flag=True, help="Open the page in the browser.")
@WAREHOUSE
@AS_OF
def explore(
    port: int,
    opens_browser: bool,
    warehouse: str | None,
    as_of: str | None,
) -> None:
    """Show the published tables in a browser, from this machine only, until Ctrl-C.

    The first run writes the data of the pages, which later runs use as long as no table has a new version. Nothing is
    requested from any other address, and nothing in the warehouse is changed.

    \b
    Example:
      hublake explore --open --warehouse demo/warehouse
    """
    from hublake.explorer.explore import serve
    from hublake.lake.settings import load

    serve(load(flags={"warehouse": warehouse}), as_of, port, opens_browser=opens_browser)
