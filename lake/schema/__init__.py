"""Every table of the lakehouse, declared once, by layer and domain."""

from importlib import import_module
from pkgutil import walk_packages

from hublake.lake.errors import UnknownTable
from hublake.lake.schema.declaration import LAYERS, Column, Layer, Table, Type

__all__ = ["LAYERS", "TABLES", "Column", "Layer", "Table", "Type", "find_table"]


def _declared() -> dict[str, Table]:
    """Every Table that a module of this package declares, bronze before silver before gold."""
    modules = [import_module(found.name) for found in walk_packages(__path__, f"{__name__}.") if not found.ispkg]
    tables = [value for module in modules for value in vars(module).values() if isinstance(value, Table)]
    return {table.full_name: table for table in sorted(tables, key=lambda table: LAYERS.index(table.layer))}


TABLES = _declared()


def find_table(name: str) -> Table:
    """The table of that name, with or without its layer: `gold.model_impact` or `model_impact`.

    Of tables that share a name without its layer (accounts), the one of the higher layer.
    """
    matches = [table for table in TABLES.values() if name in (table.full_name, table.name)]
    if not matches:
        raise UnknownTable(f"no table is called '{name}'. There are: {', '.join(TABLES)}")
    return matches[-1]
