"""The name of a column shows its type and unit."""

import pytest

from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.operations import BUILDS, QUALITY_RESULTS

SUFFIXES = {
    "_id": "string",
    "_ids": "array<string>",
    "_at": "timestamp",
    "_date": "date",
    "_bytes": "long",
    "_share": "double",
}
DURATION = ("_days", ("long", "double"))  # whole days, or with fractions
FLAG = ("is_", "has_")
# A body of JSON is text, a card is bytes.
TWO_TYPES = {"body"}

every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@every_table
def test_the_suffix_of_a_name_shows_its_type(table: Table) -> None:
    # is_created_at_floor is a flag: the prefix takes precedence over the suffix.
    expected = [(column, of_type) for column in table for suffix, of_type in SUFFIXES.items() if column.name.endswith(suffix)]
    assert not [(column.name, column.type) for column, of_type in expected if column.type != of_type and not column.name.startswith(FLAG)]
    suffix, types = DURATION
    assert not [column.name for column in table if column.name.endswith(suffix) and column.type not in types]


@every_table
def test_booleans_and_only_booleans_are_named_is_or_has(table: Table) -> None:
    assert not [column.name for column in table if (column.type == "boolean") != column.name.startswith(FLAG)]


@every_table
def test_timestamps_and_dates_have_their_suffix(table: Table) -> None:
    suffixes = {"timestamp": "_at", "date": "_date"}
    # valid_from and valid_to are the standard names of the two ends of a validity (SCD2).
    named = [column for column in table if column.name not in ("valid_from", "valid_to")]
    assert not [column.name for column in named if column.type in suffixes and not column.name.endswith(suffixes[column.type])]


@every_table
def test_a_share_is_bounded_by_0_and_1(table: Table) -> None:
    shares = [column for column in table if column.unit == "share" or column.name.endswith("_share")]
    assert not [column.name for column in shares if (column.unit, column.at_least, column.at_most) != ("share", 0, 1)]


@every_table
def test_a_comment_is_a_phrase_that_adds_to_the_name(table: Table) -> None:
    for column in table:
        assert column.comment == column.comment.strip()
        assert not column.comment.endswith("."), f"{column.name}: a phrase has no full stop"
        assert column.comment.lower().replace("_", " ") not in ("", column.name.replace("_", " ")), column.name


@every_table
def test_a_table_states_its_grain_and_purpose(table: Table) -> None:
    assert table.grain.startswith("one row per ")
    assert table.comment.strip()
    assert not table.comment.endswith(".")


@every_table
def test_a_key_is_never_null(table: Table) -> None:
    assert table.key
    assert all(table.by_name[name].required for name in table.key)


@every_table
def test_every_row_has_a_snapshot_date_which_in_silver_and_gold_is_the_first_key_column(table: Table) -> None:
    if table.is_history:
        assert {"valid_from", "valid_to", "is_current"} <= set(table.column_names)
        assert table.key[-1] == "valid_from"
    else:
        assert "snapshot_date" in table.by_name
        assert table.layer == "bronze" or table.key[0] == "snapshot_date"


@every_table
def test_a_table_built_per_snapshot_is_partitioned_by_it(table: Table) -> None:
    """Publishing a snapshot replaces whole partitions."""
    is_built_per_snapshot = table.layer != "bronze" and not table.is_history and table not in (BUILDS, QUALITY_RESULTS)
    assert not is_built_per_snapshot or table.partitioned_by[0] == "snapshot_date"


def test_one_name_has_one_type_and_unit_everywhere() -> None:
    meanings: dict[str, set[tuple[str, str]]] = {}
    for table in TABLES.values():
        for column in table:
            meanings.setdefault(column.name, set()).add((column.type, column.unit))
    assert {name for name, seen in meanings.items() if len(seen) > 1} == TWO_TYPES
