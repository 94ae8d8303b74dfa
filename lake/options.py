"""Command-line options that several sub-commands share."""

import click

WAREHOUSE = click.option("--warehouse", help="Folder or object-store address of the tables.  [default: $HUBLAKE_WAREHOUSE, ./warehouse]")
AS_OF = click.option(
    "--as-of",
    metavar="DATE|CRAWL",
    help="The state of the Hub at a crawl: the last one up to a date, or a crawl_id.  [default: the newest crawl]",
)
MASTER = click.option("--master", help="Spark master.  [default: build.master of conf/, local[*]]")
