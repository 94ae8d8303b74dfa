"""Every table of the lakehouse, declared once, by layer."""

from types import ModuleType

from lake.errors import UnknownTable
from lake.tables import bronze, gold, graph, history, operations, silver
from lake.tables.declaration import LAYERS, Column, Layer, Table, Type

__all__ = ["LAYERS", "TABLES", "Column", "Layer", "Table", "Type", "find_table"]


def _declared_in(module: ModuleType) -> list[Table]:
    return [value for value in vars(module).values() if isinstance(value, Table)]


TABLES: dict[str, Table] = {
    table.full_name: table for module in (bronze, silver, history, gold, graph, operations) for table in _declared_in(module)
}


def find_table(name: str) -> Table:
    """The table of that name, with or without its layer: `gold.model_impact` or `model_impact`.

    Of tables that share a name without its layer (accounts), the one that was made of the other.
    """
    matches = [table for table in TABLES.values() if name in (table.full_name, table.name)]
    if not matches:
        raise UnknownTable(f"no table is called '{name}'. There are: {', '.join(TABLES)}")
    return matches[-1]
