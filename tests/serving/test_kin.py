"""All descendants or ancestors of a model or a dataset."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from hublake.lake.cli import group
from hublake.lake.errors import WrongUse
from hublake.lake.schema import TABLES, Table
from hublake.serving.kin import kin_condition
from tests.serving.small_warehouse import write_tables

DAY = date(2026, 1, 2)
DRAWN = {
    "silver.models": "hub_id | model_id | downloads_30d \n 1 | m/base | 900 \n 2 | m/tuned | 70 \n 3 | m/low | 30 \n 4 | m/ring | \n 5 | m/other |",
    "silver.lineage_edges": """
        child_id | parent_id | parent_status | is_self_loop | evidence   | relation  | confidence
        m/tuned  | m/base    | present       | no           | card_field | finetune  | 0.9
        m/low    | m/tuned   | renamed       | no           | card_field | finetune  | 0.9
        m/low    | m/base    | present       | no           | bare_tag   | finetune  | 0.5
        m/low    | m/base    | present       | no           | in_name    | merge     | 0.8
        m/ring   | m/low     | present       | no           | typed_tag  | quantized | 1
        m/low    | m/ring    | present       | no           | bare_tag   | finetune  | 0.5
        m/base   | gone/away | missing       | no           | plain_tag  | finetune  | 0.5
        m/other  | m/other   | present       | yes          | plain_tag  | finetune  | 0.5
        """,
    "silver.model_datasets": """
        model_id | dataset_id | source | role
        m/tuned  | d/words    | tag    | tune
        m/other  | d/words    | tag    | unknown
        m/base   | d/words    | tag    | eval
        """,
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tables(tmp_path_factory.mktemp("warehouse"), DRAWN, snapshot_date=DAY))


def export_kin(warehouse: str, out: Path, *arguments: str) -> list[str]:
    command = ["export", "--format", "csv", "--out", str(out), "--warehouse", warehouse, *arguments]
    result = CliRunner().invoke(group, command, catch_exceptions=False)
    (file,) = out.iterdir()
    assert str(file) in result.output
    return file.read_text("utf-8").replace('"', "").splitlines()


def names_and_steps(lines: list[str]) -> list[str]:
    return [",".join(line.split(",")[:2]) for line in lines[1:]]


def test_descendants_have_their_shortest_distance_even_in_cycles_and_the_best_edge_that_leads_to_them(
    warehouse: str, tmp_path: Path
) -> None:
    assert export_kin(warehouse, tmp_path, "--root", "m/base") == [
        "model_id,steps,parent_id,relation,evidence,downloads_30d",
        "m/base,0,,,,900",
        "m/low,1,m/base,merge,in_name,30",
        "m/tuned,1,m/base,finetune,card_field,70",
        "m/ring,2,m/low,quantized,typed_tag,",
    ]


def test_guessed_edges_may_be_left_out(warehouse: str, tmp_path: Path) -> None:
    found = export_kin(warehouse, tmp_path, "--root", "m/base", "--without-guesses")
    assert names_and_steps(found) == ["m/base,0", "m/tuned,1", "m/low,2", "m/ring,3"]


def test_ancestors_follow_the_edges_to_the_parents(warehouse: str, tmp_path: Path) -> None:
    assert export_kin(warehouse, tmp_path, "--root", "m/tuned", "--ancestors") == [
        "model_id,steps,child_id,relation,evidence,downloads_30d",
        "m/tuned,0,,,,70",
        "m/base,1,m/tuned,finetune,card_field,900",
    ]


def test_a_dataset_has_the_models_that_name_it_and_their_descendants(warehouse: str, tmp_path: Path) -> None:
    found = export_kin(warehouse, tmp_path, "--root", "d/words")
    assert names_and_steps(found) == ["m/other,1", "m/tuned,1", "m/low,2", "m/ring,3"]
    assert found[1] == "m/other,1,d/words,,tag,"


def test_of_a_named_table_only_the_rows_on_the_family_are_written(warehouse: str, tmp_path: Path) -> None:
    command = [
        "export",
        "models",
        "lineage_edges",
        "--root",
        "m/tuned",
        "--format",
        "csv",
        "--out",
        str(tmp_path),
        "--warehouse",
        warehouse,
    ]
    CliRunner().invoke(group, command, catch_exceptions=False)
    read = {path.name: list(csv.DictReader(path.open(encoding="utf-8"))) for path in tmp_path.iterdir()}
    assert sorted(read) == ["descendants.csv", "silver.lineage_edges.csv", "silver.models.csv"]
    assert [row["model_id"] for row in read["silver.models.csv"]] == ["m/tuned", "m/low", "m/ring"]
    assert {(row["child_id"], row["parent_id"]) for row in read["silver.lineage_edges.csv"]} == {
        ("m/low", "m/tuned"),
        ("m/ring", "m/low"),
        ("m/low", "m/ring"),
    }


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_a_condition_on_the_family_names_columns_of_the_table_or_says_that_there_is_none(table: Table) -> None:
    try:
        condition = kin_condition(table)
    except WrongUse as error:
        assert "are not about single models, so --root or filters cannot select them. Leave it out" in str(error)
        assert not {"model_id", "child_id", "root_id"} & set(table.column_names)
    else:
        assert set(re.findall(r"(\w+) (?:IN|=)", condition)) <= set(table.column_names)


@pytest.mark.parametrize(
    ("typed", "suggested"), [("M/Base", "'m/base'"), ("other/tuned", "'m/tuned'"), ("m/rng", "'m/ring'"), ("m/bse", "'m/base'")]
)
def test_an_unknown_name_gets_a_suggestion(warehouse: str, tmp_path: Path, typed: str, suggested: str) -> None:
    with pytest.raises(WrongUse, match=f"no model or dataset of 2026-01-02 is called '{typed}'. Did you mean {suggested}"):
        export_kin(warehouse, tmp_path, "--root", typed)


def test_an_unknown_name_raises_an_error(warehouse: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"no model or dataset of 2026-01-02 is called 'x/nobody'\. hublake models --search finds names"):
        export_kin(warehouse, tmp_path, "--root", "x/nobody")


FORMERLY = """
    hub_id | model_id | valid_from | valid_to   | is_removed | is_current
    2      | m/first  | 2025-12-01 | 2025-12-20 | no         | no
    2      | m/tuned  | 2025-12-20 |            | no         | yes
    9      | m/gone   | 2025-12-01 | 2025-12-24 | no         | no
    9      | m/gone   | 2025-12-24 |            | yes        | no"""


@pytest.mark.parametrize("command", [["model"], ["bom"], ["models", "--root"]], ids=" ".join)
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("m/first", "It was the name of 'm/tuned' until 2025-12-20."),
        ("m/gone", "A model of that name was listed until 2025-12-24; --as-of DATE reads an earlier snapshot."),
        ("m/tund", "Did you mean 'm/tuned'?"),
    ],
)
def test_a_former_name_and_a_removed_model_are_recognised(tmp_path: Path, command: list[str], name: str, sentence: str) -> None:
    folder = write_tables(tmp_path, {name: text for name, text in DRAWN.items() if name != "silver.model_datasets"}, snapshot_date=DAY)
    write_tables(folder, {"silver.model_history": FORMERLY})
    result = CliRunner().invoke(group, [*command, name, "--warehouse", str(folder)])
    assert sentence in str(result.exception)
