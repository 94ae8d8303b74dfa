"""What a column is called says what it holds."""

import pytest

from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.operations import BUILDS, QUALITY_RESULTS

ENDINGS = {
    "_id": "string",
    "_ids": "array<string>",
    "_at": "timestamp",
    "_date": "date",
    "_bytes": "long",
    "_days": "long",
    "_share": "double",
}
FLAG = ("is_", "has_")
# What a hub sent: a body of JSON is text, a card is bytes.
TWO_TYPES = {"body"}

every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@every_table
def test_the_ending_of_a_name_tells_its_type(table: Table) -> None:
    # is_created_at_floor is a flag: how a name begins says more than how it ends.
    told = [(column, of_type) for column in table for ending, of_type in ENDINGS.items() if column.name.endswith(ending)]
    assert not [(column.name, column.type) for column, of_type in told if column.type != of_type and not column.name.startswith(FLAG)]


@every_table
def test_flags_and_only_flags_are_named_as_a_question(table: Table) -> None:
    assert not [column.name for column in table if (column.type == "boolean") != column.name.startswith(FLAG)]


@every_table
def test_times_and_days_are_named_as_such(table: Table) -> None:
    endings = {"timestamp": "_at", "date": "_date"}
    # valid_from and valid_to are what everybody calls the two ends of a validity (SCD2).
    named = [column for column in table if column.name not in ("valid_from", "valid_to")]
    assert not [column.name for column in named if column.type in endings and not column.name.endswith(endings[column.type])]


@every_table
def test_a_share_lies_between_0_and_1(table: Table) -> None:
    shares = [column for column in table if column.unit == "share" or column.name.endswith("_share")]
    assert not [column.name for column in shares if (column.unit, column.at_least, column.at_most) != ("share", 0, 1)]


@every_table
def test_a_comment_is_a_phrase_that_says_more_than_the_name(table: Table) -> None:
    for column in table:
        assert column.comment == column.comment.strip()
        assert not column.comment.endswith("."), f"{column.name}: a phrase has no full stop"
        assert column.comment.lower().replace("_", " ") not in ("", column.name.replace("_", " ")), column.name


@every_table
def test_a_table_says_its_grain_and_purpose(table: Table) -> None:
    assert table.grain.startswith("one row per ")
    assert table.comment.strip()
    assert not table.comment.endswith(".")


@every_table
def test_a_key_is_never_null(table: Table) -> None:
    assert table.key
    assert all(table.by_name[name].required for name in table.key)


@every_table
def test_every_row_is_dated_and_beyond_bronze_the_date_opens_the_key(table: Table) -> None:
    if table.is_history:
        assert {"valid_from", "valid_to", "is_current"} <= set(table.column_names)
        assert table.key[-1] == "valid_from"
    else:
        assert "snapshot_date" in table.by_name
        assert table.layer == "bronze" or table.key[0] == "snapshot_date"


@every_table
def test_a_table_that_is_made_snapshot_by_snapshot_is_partitioned_by_it(table: Table) -> None:
    """Publishing a snapshot takes the place of whole partitions."""
    is_made_by_snapshot = table.layer != "bronze" and not table.is_history and table not in (BUILDS, QUALITY_RESULTS)
    assert not is_made_by_snapshot or table.partitioned_by[0] == "snapshot_date"


def test_one_name_has_one_type_and_unit_everywhere() -> None:
    meanings: dict[str, set[tuple[str, str]]] = {}
    for table in TABLES.values():
        for column in table:
            meanings.setdefault(column.name, set()).add((column.type, column.unit))
    assert {name for name, seen in meanings.items() if len(seen) > 1} == TWO_TYPES
