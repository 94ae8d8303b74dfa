"""Options that several sub-commands share, said once."""

import click

WAREHOUSE = click.option("--warehouse", help="Folder or object-store address of the tables.  [default: $HUBLAKE_WAREHOUSE, ./warehouse]")
