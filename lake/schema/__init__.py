"""The declarations of all tables of the lakehouse, by layer and domain."""

from importlib import import_module
from pkgutil import walk_packages

from hublake.lake.errors import UnknownTable
from hublake.lake.schema.declaration import LAYERS, Column, Layer, Table, Type
from hublake.lake.suggestions import did_you_mean

__all__ = ["LAYERS", "TABLES", "Column", "Layer", "Table", "Type", "find_table"]


def _load_declarations() -> dict[str, Table]:
    """Return every Table that a module of this package declares: bronze before silver before gold."""
    modules = [import_module(found.name) for found in walk_packages(__path__, f"{__name__}.") if not found.ispkg]
    tables = [value for module in modules for value in vars(module).values() if isinstance(value, Table)]
    return {table.full_name: table for table in sorted(tables, key=lambda table: LAYERS.index(table.layer))}


TABLES = _load_declarations()


def find_table(name: str) -> Table:
    """Return the table with this name, with or without its layer: `gold.model_impact` or `model_impact`.

    If several tables share a name without its layer (accounts), return the one of the highest layer.
    """
    matches = [table for table in TABLES.values() if name in (table.full_name, table.name)]
    if not matches:
        names = [t.full_name if "." in name else t.name for t in TABLES.values()]
        suggested = did_you_mean(name, names)
        raise UnknownTable(f"no table is called '{name}'." + (suggested or f" Tables: {', '.join(TABLES)}"))
    return matches[-1]
