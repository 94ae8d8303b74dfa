import pytest
from click.testing import CliRunner

from hublake.lake.commands import tables
from hublake.lake.errors import UnknownTable
from hublake.lake.schema import TABLES, find_table

WIDE = {"COLUMNS": "800"}


def test_without_a_name_every_table_is_listed_with_its_grain() -> None:
    shown = CliRunner().invoke(tables, env=WIDE).output.splitlines()
    for table in TABLES.values():
        line = next(line for line in shown if line.split()[:1] == [table.full_name])
        assert table.grain.removeprefix("one row per ") in line
        assert table.comment in line


def test_with_a_name_every_column_is_listed_with_type_unit_and_key() -> None:
    shown = CliRunner().invoke(tables, ["model_impact"], env=WIDE).output.splitlines()
    for column in find_table("model_impact"):
        line = next(line for line in shown if line.split() and line.split()[0] == column.name)
        assert column.type in line
        assert column.comment in line
        assert not column.unit or f"[{column.unit}]" in line
    assert any(line.strip().startswith("model_id (key)") for line in shown)


def test_only_nullable_columns_are_marked() -> None:
    shown = CliRunner().invoke(tables, ["documentation_rates"], env=WIDE).output.splitlines()
    nullable = {line.split()[0] for line in shown if " yes " in line}
    published = {"published_share", "published_date", "published_denominator", "published_source"}
    assert nullable == {"filled_share", "filled_share_low", "filled_share_high"} | published


def test_an_unknown_table_is_rejected() -> None:
    with pytest.raises(UnknownTable):
        CliRunner().invoke(tables, ["nothing"], catch_exceptions=False)
