"""Hublake: the Hugging Face Hub as a Delta lakehouse.

The packages are folders at the top of the repository. They are linked here, so that there is one import root.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hublake.serving.lakehouse import Lakehouse

__version__ = "0.2.0"
__all__ = ["__version__", "open"]


def open(warehouse: str | None = None, as_of: str | None = None, *, without_guesses: bool = False) -> "Lakehouse":
    """Open the published tables of a warehouse: a folder or an object-store address; by default the configured one.

    `as_of` is a day or a crawl_id: the state of the Hub at that crawl. `without_guesses` leaves out edges that nobody declared. Needs the
    extra `read`, and no Java. Raises MissingTable where the warehouse has no table.

    >>> lake = hublake.open("demo/warehouse")  # doctest: +SKIP
    >>> lake.table("gold.model_impact").to_polars()  # doctest: +SKIP
    >>> lake.family("owner/name").to_networkx()  # doctest: +SKIP
    """
    # By name: `import hublake` loads no library, and for import-linter the root does not depend on its packages.
    lakehouse: Lakehouse = import_module("hublake.serving.lakehouse").open_lakehouse(warehouse, as_of, without_guesses=without_guesses)
    return lakehouse
