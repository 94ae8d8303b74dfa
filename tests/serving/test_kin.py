"""All descendants or ancestors of a model or a dataset."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from hublake.lake.cli import group
from hublake.lake.errors import HublakeError
from tests.serving.small_warehouse import write_tables

DRAWN = {
    "silver.models": "hub_id | model_id \n 1 | m/base \n 2 | m/tuned \n 3 | m/low \n 4 | m/ring \n 5 | m/other",
    "silver.lineage_edges": """
        child_id | parent_id | parent_status | is_self_loop | evidence
        m/tuned  | m/base    | present       | no           | card_field
        m/low    | m/tuned   | renamed       | no           | card_field
        m/low    | m/base    | present       | no           | in_name
        m/ring   | m/low     | present       | no           | typed_tag
        m/low    | m/ring    | present       | no           | bare_tag
        m/base   | gone/away | missing       | no           | plain_tag
        m/other  | m/other   | present       | yes          | plain_tag
        """,
    "silver.model_datasets": "model_id | dataset_id \n m/tuned | d/words \n m/other | d/words",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tables(tmp_path_factory.mktemp("warehouse"), DRAWN, snapshot_date=date(2026, 1, 2)))


def export_kin(warehouse: str, out: Path, *arguments: str) -> list[str]:
    command = ["export", "--format", "csv", "--out", str(out), "--warehouse", warehouse, *arguments]
    result = CliRunner().invoke(group, command, catch_exceptions=False)
    (file,) = out.iterdir()
    assert str(file) in result.output
    return file.read_text("utf-8").replace('"', "").splitlines()


def test_descendants_have_their_shortest_distance_even_in_cycles(warehouse: str, tmp_path: Path) -> None:
    assert export_kin(warehouse, tmp_path, "--root", "m/base") == ["model_id,steps", "m/base,0", "m/low,1", "m/tuned,1", "m/ring,2"]


def test_guessed_edges_may_be_left_out(warehouse: str, tmp_path: Path) -> None:
    found = export_kin(warehouse, tmp_path, "--root", "m/base", "--without-guesses")
    assert found == ["model_id,steps", "m/base,0", "m/tuned,1", "m/low,2", "m/ring,3"]


def test_ancestors_follow_the_edges_to_the_parents(warehouse: str, tmp_path: Path) -> None:
    assert export_kin(warehouse, tmp_path, "--root", "m/tuned", "--ancestors") == ["model_id,steps", "m/tuned,0", "m/base,1"]


def test_a_dataset_has_the_models_that_name_it_and_their_descendants(warehouse: str, tmp_path: Path) -> None:
    assert export_kin(warehouse, tmp_path, "--root", "d/words") == ["model_id,steps", "m/other,1", "m/tuned,1", "m/low,2", "m/ring,3"]


def test_an_unknown_name_raises_an_error(warehouse: str, tmp_path: Path) -> None:
    with pytest.raises(HublakeError, match="no model or dataset of 2026-01-02 is called 'm/nobody'"):
        export_kin(warehouse, tmp_path, "--root", "m/nobody")
