"""Arrow types and schemas of declared tables."""

from collections.abc import Mapping

import pyarrow as pa

from hublake.lake.schema import Table

ARROW_TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "binary": pa.binary(),
    "boolean": pa.bool_(),
    "integer": pa.int32(),
    "long": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "array<string>": pa.list_(pa.string()),
    "array<long>": pa.list_(pa.int64()),
}


def arrow_schema(table: Table) -> pa.Schema:
    """Return the declared columns with their comments. All are nullable: the gate rejects nulls, not the file format."""
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.type], metadata={b"comment": c.comment.encode()}) for c in table])
