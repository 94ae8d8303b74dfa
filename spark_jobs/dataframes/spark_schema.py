"""The Spark schema of a declared table."""

from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from hublake.lake.schema import Table

SPARK_TYPES: dict[str, DataType] = {
    "string": StringType(),
    "binary": BinaryType(),
    "boolean": BooleanType(),
    "integer": IntegerType(),
    "long": LongType(),
    "double": DoubleType(),
    "date": DateType(),
    "timestamp": TimestampType(),
    "array<string>": ArrayType(StringType()),
    "array<long>": ArrayType(LongType()),
}


def spark_schema(table: Table, *, without: tuple[str, ...] = ()) -> StructType:
    """The declared columns with their comments. All are nullable: the gate refuses nulls, not the file format."""
    return StructType([StructField(c.name, SPARK_TYPES[c.type], True, {"comment": c.comment}) for c in table if c.name not in without])
