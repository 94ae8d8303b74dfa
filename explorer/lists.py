"""Rows of a table that have given values: those that a cell of a matrix, or a bar of a chart, counts."""

from collections.abc import Mapping
from typing import Any

import duckdb

from hublake.explorer.model_index import ModelIndex
from hublake.lake.errors import WrongUse
from hublake.lake.schema import Column, Table, find_table
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.suggestions import did_you_mean
from hublake.serving.reader import PublishedTables
from hublake.serving.scan import DUCKDB_TYPES

MOST_ROWS = 1_000
OPTIONS = ("table", "columns", "sort", "limit")


def read_list(index: ModelIndex, fields: Mapping[str, str]) -> dict[str, Any]:
    """The first rows of the newest snapshot of a silver or gold table, and the number of all of them.

    `table` is its name, `columns` names separated by commas (default: all), `sort` a column, with - before it the highest value first,
    `limit` at most MOST_ROWS. Every other field is a column and its value; an empty value means null, an array must contain the value.
    Raises WrongUse for anything else, MissingTable where the table is not published.
    """
    published = index.published
    table = _table(published, fields.get("table", ""))
    columns = [_column(table, name) for name in fields["columns"].split(",")] if fields.get("columns") else list(table)
    conditions, parameters = _conditions(table, fields)
    author = fields.get("author") if table == MODELS and "snapshot_date" not in fields else None
    relation = index.relation(MODELS, "author", [author]) if author else table.full_name
    where = f"FROM {relation or table.full_name} WHERE {' AND '.join(conditions)}"
    names = ", ".join(f'"{column.name}"' for column in columns)
    query = f"SELECT {names} {where} ORDER BY {_order(table, fields.get('sort', ''))} LIMIT {_limit(fields.get('limit', ''))}"
    try:
        rows = published.rows(query, **parameters)
        total = published.value(f"SELECT count(*) {where}", **parameters)
    except duckdb.ConversionException as error:
        raise WrongUse(f"a value does not have the type of its column: {error}") from error
    described = [{"name": column.name, "type": column.type, "label": column.comment} for column in columns]
    source = f"{table.full_name}@{published.opened_versions[table.full_name]}"
    return {"columns": described, "rows": rows, "total": total, "source": source}


def _table(published: PublishedTables, name: str) -> Table:
    if not name:
        raise WrongUse("api/list needs a table, such as table=gold.license_edges")
    table = find_table(name)
    if table.layer == "bronze":
        raise WrongUse(f"api/list reads tables of silver and gold, not {table.full_name}")
    published.require(table)
    return table


def _column(table: Table, name: str) -> Column:
    found = next((column for column in table if column.name == name), None)
    if found is None:
        raise WrongUse(f"{table.full_name} has no column '{name[:100]}'.{did_you_mean(name, table.column_names)}")
    return found


def _conditions(table: Table, fields: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    conditions, parameters = ["TRUE"], {}
    if table.partitioned_by[:1] == ("snapshot_date",) and not table.is_history and "snapshot_date" not in fields:
        conditions = [f"snapshot_date = (SELECT max(snapshot_date) FROM {table.full_name})"]
    for number, (name, value) in enumerate((name, value) for name, value in fields.items() if name not in OPTIONS):
        column = _column(table, name)
        if not value:
            conditions.append(f'"{name}" IS NULL')
            continue
        given = f"value_{number}"
        parameters[given] = value
        if column.type.startswith("array"):
            conditions.append(f'list_contains("{name}", ${given})')
        else:
            conditions.append(f'"{name}" = CAST(${given} AS {DUCKDB_TYPES[column.type]})')
    return conditions, parameters


def _order(table: Table, sort: str) -> str:
    key = [f'"{name}"' for name in table.key]
    first = [f'"{_column(table, sort.removeprefix("-")).name}" {"DESC" if sort.startswith("-") else "ASC"} NULLS LAST'] if sort else []
    return ", ".join(first + key) or "ALL"


def _limit(text: str) -> int:
    if not text:
        return MOST_ROWS
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= MOST_ROWS:
        raise WrongUse(f"limit={text[:20]} is no number from 1 to {MOST_ROWS}")
    return int(text)
