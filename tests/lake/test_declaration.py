from collections import Counter

import pytest

from hublake.lake.errors import UnknownTable
from hublake.lake.schema import LAYERS, TABLES, Column, Table, find_table

NAME = Column("name", "string", "A name", required=True)
AGE = Column("age", "integer", "An age")


def people(**changes: object) -> Table:
    known: dict[str, object] = {"comment": "People", "grain": "one row per person", "key": ("name",), "columns": (NAME, AGE)}
    return Table("people", "silver", **{**known, **changes})  # type: ignore[arg-type]


def test_a_table_keeps_its_columns_in_order() -> None:
    assert people().column_names == ("name", "age")
    assert list(people()) == [NAME, AGE]
    assert people().by_name["age"] is AGE


def test_a_column_declared_twice_is_rejected() -> None:
    with pytest.raises(ValueError, match=r"silver\.people: a column is declared twice"):
        people(columns=(NAME, NAME))


@pytest.mark.parametrize("part", ["key", "partitioned_by"])
def test_a_key_or_partition_without_a_column_is_rejected_by_name(part: str) -> None:
    with pytest.raises(ValueError, match=r"silver\.people: key or partition names no column: town"):
        people(**{part: ("town",)})


@pytest.mark.parametrize("warehouse", ["/data/lake", "/data/lake/"])
def test_a_table_is_in_the_folder_of_its_layer(warehouse: str) -> None:
    assert people().path(warehouse) == "/data/lake/silver/people"


def test_an_object_store_keeps_its_scheme_in_the_path_of_a_table() -> None:
    assert people().path("s3://bucket/lake") == "s3://bucket/lake/silver/people"


def test_a_table_is_found_with_and_without_its_layer() -> None:
    assert find_table("gold.model_impact") is find_table("model_impact") is TABLES["gold.model_impact"]


def test_an_unknown_table_is_rejected_with_the_existing_names() -> None:
    with pytest.raises(UnknownTable, match=r"no table is called 'nothing'. Tables: .*gold\.model_impact"):
        find_table("nothing")


def test_a_name_without_its_layer_means_the_table_of_the_highest_layer() -> None:
    names = Counter(table.name for table in TABLES.values())
    shared = {name for name, tables in names.items() if tables > 1}
    assert shared == {"accounts"}
    assert find_table("accounts") is TABLES["silver.accounts"]
    assert find_table("bronze.accounts") is TABLES["bronze.accounts"]


def test_tables_are_ordered_by_layer() -> None:
    layers = [table.layer for table in TABLES.values()]
    assert layers == sorted(layers, key=LAYERS.index)
