"""Options that several sub-commands share, said once."""

import click

WAREHOUSE = click.option("--warehouse", help="Folder or object-store address of the tables.  [default: $HUBLAKE_WAREHOUSE, ./warehouse]")
AS_OF = click.option(
    "--as-of", metavar="DATE|CRAWL", help="The Hub as a crawl saw it: the last one up to a day, or a crawl_id.  [default: the newest]"
)
MASTER = click.option("--master", help="Spark master.  [default: build.master of conf/, local[*]]")
