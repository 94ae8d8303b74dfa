"""All models that datasets reach, directly, by datasets derived from them, and through lineage."""

from collections import deque
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from hublake.lake.errors import HublakeError
from hublake.serving.commands import tainted
from hublake.serving.reader import PublishedTables
from hublake.serving.tainted import MAX_NAMES, find_tainted, read_dataset_names
from tests.serving.small_warehouse import write_tables

DRAWN = {
    "silver.models": """
        hub_id | model_id | downloads_30d
        1      | m/base   | 10
        2      | m/tuned  | 5
        3      | m/low    |
        4      | m/eval   | 7
        5      | m/copy   | 1
        6      | m/clean  | 9
    """,
    "silver.lineage_edges": """
        child_id | parent_id | relation  | evidence  | parent_status | is_self_loop
        m/tuned  | m/base    | finetune  | in_name   | present       | no
        m/low    | m/tuned   | quantized | typed_tag | present       | no
        m/base   | m/low     | merge     | typed_tag | present       | no
        m/low    | m/copy    | adapter   | typed_tag | present       | no
        m/copy   | gone/away | finetune  | typed_tag | missing       | no
    """,
    "silver.model_datasets": """
        model_id | dataset_id | is_placeholder | resolved_id | dataset_status | role
        m/base   | squad      | no             | r/squad     | renamed        | train
        m/eval   | r/squad    | no             | r/squad     | present        | eval
        m/copy   | x/derived  | no             | x/derived   | present        | tune
        m/clean  | generator  | yes            |             | placeholder    | unknown
        m/clean  | gone/set   | no             |             | missing        | unknown
    """,
    "silver.dataset_edges": """
        child_dataset | parent_dataset | evidence | parent_status
        x/middle      | r/squad        | squad    | present
        x/derived     | x/middle       | x/middle | present
        x/middle      | x/derived      | x        | present
    """,
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tables(tmp_path_factory.mktemp("warehouse"), DRAWN, snapshot_date=date(2026, 1, 2)))


def rows_of(warehouse: str, *names: str, **options: tuple[str, ...]) -> dict[str, tuple[str, int, str, str, bool]]:
    published = PublishedTables(warehouse, {})
    find_tainted(published, names, **options)
    rows = published.rows("SELECT model_id, dataset_id, steps, relations, path, is_guessed FROM tainted")
    return {model: (dataset, steps, relations, path, guessed) for model, dataset, steps, relations, path, guessed in rows}


def test_models_are_reached_directly_by_derived_datasets_and_through_lineage(warehouse: str) -> None:
    assert rows_of(warehouse, "r/squad") == {
        "m/base": ("r/squad", 0, "", "m/base", False),
        "m/copy": ("x/derived", 0, "", "m/copy", False),
        "m/tuned": ("r/squad", 1, "finetune", "m/base > m/tuned", True),
        "m/low": ("x/derived", 1, "adapter", "m/copy > m/low", False),
    }


def test_a_dataset_has_its_declared_and_its_present_name(warehouse: str) -> None:
    assert set(rows_of(warehouse, "squad")) == {"m/base", "m/tuned", "m/low"}
    assert set(rows_of(warehouse, "gone/set")) == {"m/clean"}


def test_evaluation_reaches_nothing_unless_chosen(warehouse: str) -> None:
    assert set(rows_of(warehouse, "r/squad", roles=("eval",))) == {"m/eval"}


def test_an_unknown_name_among_known_ones_is_reported_and_unknown_names_alone_are_an_error(warehouse: str) -> None:
    found = find_tainted(PublishedTables(warehouse, {}), ["r/squad", "no/such"])
    assert (found.direct, found.reached, found.downloads, found.unused) == (2, 4, 16, ["no/such"])
    with pytest.raises(HublakeError, match=r"no model of 2026-01-02 declares no/such with the roles"):
        find_tainted(PublishedTables(warehouse, {}), ["no/such"])
    with pytest.raises(HublakeError, match="declares generator"):
        find_tainted(PublishedTables(warehouse, {}), ["generator"])


def test_names_come_from_arguments_and_files(tmp_path: Path) -> None:
    listed = tmp_path / "names.csv"
    listed.write_text('\ufeff# withdrawn\na/b,reason\n\n"c/d"  # note\na/b\n', "utf-8")
    assert read_dataset_names([str(listed), "e/f"]) == ["a/b", "c/d", "e/f"]
    assert read_dataset_names(["x" * 5000]) == ["x" * 5000]
    listed.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(HublakeError, match="cannot be read as a list of datasets"):
        read_dataset_names([str(listed)])
    with pytest.raises(HublakeError, match="names 0 datasets"):
        read_dataset_names([" "])
    with pytest.raises(HublakeError, match="datasets"):
        read_dataset_names([f"a/{number}" for number in range(MAX_NAMES + 1)])


def test_the_command_prints_a_summary_and_writes_all_models(warehouse: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        tainted, ["--datasets", "r/squad", "--out", str(tmp_path), "--warehouse", warehouse], catch_exceptions=False
    )
    assert "4 models are reached, 2 of them declare the data themselves; 16 downloads" in result.output
    lines = (tmp_path / "tainted.csv").read_text("utf-8").splitlines()
    assert lines[0] == '"model_id","dataset_id","origin","role","steps","relations","path","is_guessed","downloads_30d"'
    assert len(lines) == 5
    wrong = CliRunner().invoke(tainted, ["--datasets", "r/squad", "--roles", "train,tunes", "--warehouse", warehouse])
    assert (wrong.exit_code, "no such role: tunes" in wrong.output) == (2, True)


def test_reach_equals_a_breadth_first_search(tmp_path: Path) -> None:
    edges = [(f"m/{child}", f"m/{(child * 7 + shift) % 97}") for child in range(120) for shift in (1, 5)]
    models = sorted({name for edge in edges for name in edge})
    drawn = {
        "silver.models": "hub_id | model_id\n" + "\n".join(f"{name} | {name}" for name in models),
        "silver.lineage_edges": "child_id | parent_id | relation | evidence | parent_status | is_self_loop\n"
        + "\n".join(
            f"{child} | {parent} | finetune | typed_tag | present | {'yes' if child == parent else 'no'}" for child, parent in edges
        ),
        "silver.model_datasets": "model_id | dataset_id | role | dataset_status\nm/3 | d/x | train | missing\nm/50 | d/x | tune | missing",
        "silver.dataset_edges": "child_dataset | parent_dataset",
    }
    warehouse = str(write_tables(tmp_path, drawn, snapshot_date=date(2026, 1, 2)))
    steps, queue = {"m/3": 0, "m/50": 0}, deque(["m/3", "m/50"])
    while queue:
        name = queue.popleft()
        for child, parent in edges:
            if parent == name and child not in steps:
                steps[child] = steps[name] + 1
                queue.append(child)
    assert {model: row[1] for model, row in rows_of(warehouse, "d/x").items()} == steps
