"""`hublake models`: each filter, the order of the list, and the statistics."""

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from hublake.lake.errors import MissingTable, WrongUse
from hublake.serving import models_view
from hublake.serving.commands import models
from hublake.serving.model_filters import FILTERS
from hublake.serving.models import SCHEMA, SelectedModels
from hublake.serving.output import plain_value
from hublake.serving.reader import PublishedTables
from tests.serving.small_warehouse import write_tables

DRAWN = {
    "silver.models": """
        hub_id | model_id   | author | downloads_30d | likes | pipeline_tag    | library_name | architecture     | model_type | parameters | created_at
        1      | Acme/Base  | Acme   | 900           | 5     | text-generation | transformers | LlamaForCausalLM | llama      | 7000000000 | 2024-01-01T00:00:00
        2      | b/tuned    | b      | 70            | 9     | text-generation | peft         |                  |            | 13000000000| 2024-06-01T00:00:00
        3      | b/words    | b      | 30            |       | fill-mask       | transformers | BertForMaskedLM  | bert       | 110000000  | 2023-01-01T00:00:00
        4      | =cmd/other | =cmd   |               |       |                 |              |                  |            |            | """,
    "silver.model_languages": "model_id | kind | language \n Acme/Base | declared | en \n b/words | declared | de \n b/words | declared | en \n b/tuned | in_dataset | en",
    "silver.model_licenses": "model_id | license | resolved_license \n Acme/Base | mit | \n b/tuned | other | llama3",
    "silver.model_datasets": "model_id | dataset_id \n b/words | d/words",
    "silver.organisations": "namespace | country \n Acme | FR \n b |",
    "silver.lineage_edges": """
        child_id | parent_id | relation | parent_status | is_self_loop | evidence   | confidence
        b/tuned  | Acme/Base | adapter  | present       | no           | card_field | 1
        b/words  | b/words   | finetune | present       | yes          | card_field | 1""",
    "gold.model_impact": "model_id | impact_score \n Acme/Base | 10 \n b/words | 20",
}
CASES = [
    (["--task", "text-generation"], "Acme/Base b/tuned"),
    (["--task", "text-generation", "--task", "fill-mask"], "Acme/Base b/tuned b/words"),
    (["--library", "peft"], "b/tuned"),
    (["--language", "en"], "Acme/Base b/words"),
    (["--language", "en", "--task", "fill-mask"], "b/words"),
    (["--license", "llama3"], "b/tuned"),
    (["--license", "other"], ""),
    (["--author", "acme"], "Acme/Base"),
    (["--architecture", "llama"], "Acme/Base"),
    (["--architecture", "BertForMaskedLM"], "b/words"),
    (["--dataset", "d/words"], "b/words"),
    (["--relation", "adapter"], "b/tuned"),
    (["--relation", "finetune"], ""),
    (["--min-downloads", "70"], "Acme/Base b/tuned"),
    (["--min-likes", "6"], "b/tuned"),
    (["--created-after", "2024-01-01"], "Acme/Base b/tuned"),
    (["--created-before", "2024-01-01"], "b/words"),
    (["--size", "7b..13b"], "Acme/Base b/tuned"),
    (["--size", "..500m"], "b/words"),
    (["--size", "7b"], "Acme/Base"),
    (["--task", "Fill-Mask"], "b/words"),
    (["--library", "PEFT"], "b/tuned"),
    (["--language", "DE"], "b/words"),
    (["--license", "Llama3"], "b/tuned"),
    (["--architecture", "bertformaskedlm"], "b/words"),
    (["--relation", "Adapter"], "b/tuned"),
    (["--search", "WORD"], "b/words"),
    (["--country", "fr"], "Acme/Base"),
    (["--limit", "2"], "Acme/Base b/tuned"),
    (["--root", "Acme/Base"], "Acme/Base b/tuned"),
    (["--sort", "impact"], "b/words Acme/Base =cmd/other b/tuned"),
    (["--sort", "likes"], "b/tuned Acme/Base =cmd/other b/words"),
    (["--sort", "name"], "=cmd/other Acme/Base b/tuned b/words"),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tables(tmp_path_factory.mktemp("models"), DRAWN, snapshot_date=date(2026, 1, 2)))


def run(warehouse: str, *arguments: str) -> Result:
    return CliRunner().invoke(models, [*arguments, "--warehouse", warehouse])


def listed(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.output)))


@pytest.mark.parametrize(("arguments", "expected"), CASES, ids=[" ".join(arguments) for arguments, _ in CASES])
def test_models_that_meet_the_filters_are_listed_by_downloads_or_in_the_order_asked_for(
    warehouse: str, arguments: list[str], expected: str
) -> None:
    found = listed(run(warehouse, *arguments, "--format", "csv", "--raw"))
    assert [row["model_id"] for row in found] == expected.split()


def test_every_filter_has_a_case() -> None:
    assert {declared.option for declared in FILTERS} <= {argument for arguments, _ in CASES for argument in arguments}


def test_a_row_has_the_licence_that_is_meant_and_the_relation_to_the_parents(warehouse: str) -> None:
    (row,) = (json.loads(line) for line in run(warehouse, "--library", "peft", "--format", "json").output.splitlines())
    assert (row["license"], row["relation"], row["parameters"]) == ("llama3", "adapter", 13_000_000_000)


def test_text_lists_the_first_models_and_says_how_many_there_are(warehouse: str) -> None:
    lines = run(warehouse, "--limit", "1").output.splitlines()
    assert lines[0] == "4 models of 2026-01-02 meet the filters; the first 1 by downloads:"
    assert lines[2].split()[0] == "Acme/Base"
    assert len(lines) == 3


@pytest.mark.parametrize("without", ["", "gold.model_impact", "silver.model_licenses", "silver.lineage_edges"])
def test_parquet_has_the_same_rows_with_the_same_types_whatever_is_published(tmp_path: Path, without: str) -> None:
    drawn = {name: text for name, text in DRAWN.items() if name != without}
    warehouse = str(write_tables(tmp_path / "w", drawn, snapshot_date=date(2026, 1, 2)))
    assert run(warehouse, "--format", "parquet", "--out", str(tmp_path)).exit_code == 0
    table = pq.read_table(tmp_path / "models.parquet")
    assert table.schema == SCHEMA
    rows = [json.loads(line) for line in run(warehouse, "--format", "json").output.splitlines()]
    assert [{name: plain_value(value) for name, value in row.items()} for row in table.to_pylist()] == rows


def test_no_rows_are_a_parquet_file_too(warehouse: str, tmp_path: Path) -> None:
    run(warehouse, "--search", "nothing", "--format", "parquet", "--out", str(tmp_path))
    assert pq.read_table(tmp_path / "models.parquet").num_rows == 0


def test_parquet_is_not_printed_on_a_terminal(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_view, "is_terminal", lambda: True)
    with pytest.raises(WrongUse, match="Parquet is no text for a terminal: give --out DIRECTORY"):
        models_view.require_fit("parquet", None, statistics=False)
    models_view.require_fit("csv", None, statistics=False)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--out", "x"], "--out applies to --format csv, json and parquet"),
        (["--statistics", "--format", "parquet"], "--statistics are a few figures"),
        (["--statistics", "--format", "csv", "--out", "x"], "--statistics are a few figures"),
        (["--raw"], "--raw applies to --format csv"),
    ],
)
def test_a_format_that_has_no_place_for_the_result_is_wrong_use(warehouse: str, arguments: list[str], problem: str) -> None:
    result = run(warehouse, *arguments)
    assert problem in f"{result.output} {result.exception}"


def test_a_file_is_named_after_the_command(warehouse: str, tmp_path: Path) -> None:
    for name, extension in (("csv", "csv"), ("json", "jsonl"), ("parquet", "parquet")):
        printed = run(warehouse, "--format", name, "--out", str(tmp_path)).output
        assert printed.split() == ["4", "rows", str(tmp_path / f"models.{extension}")]


def test_statistics_count_unknown_values(warehouse: str) -> None:
    figures = json.loads(run(warehouse, "--statistics", "--format", "json").output)
    assert (figures["models"], figures["downloads_30d"], figures["with_size"]) == (4, 1000, 3)
    assert figures["licenses"] == [{"value": None, "models": 2}, {"value": "llama3", "models": 1}, {"value": "mit", "models": 1}]
    assert re.search(r"unknown +3 +75\.0%", run(warehouse, "--statistics").output)
    assert "licenses,llama3,1" in run(warehouse, "--statistics", "--format", "csv").output.replace('"', "")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"size": ("tiny",)}, "--size: 'tiny' is no number"),
        ({"size": ("..",)}, "--size: give a range"),
        ({"min_downloads": ("-1",)}, "--min-downloads: '-1' is no number"),
        ({"created_after": ("yesterday",)}, "--created-after: 'yesterday' is no day"),
        ({"relation": ("child",)}, "--relation: 'child' is no relation. There are: finetune"),
        ({"search": ("x" * 501,)}, "--search: a value has more than 500 characters"),
    ],
)
def test_a_bad_value_is_reported_with_what_was_seen(warehouse: str, given: dict[str, tuple[str, ...]], problem: str) -> None:
    with pytest.raises(WrongUse, match=problem):
        SelectedModels(PublishedTables(warehouse, {}), given)


def test_a_filter_whose_table_is_not_published_names_the_table(tmp_path: Path) -> None:
    write_tables(tmp_path, {"silver.models": DRAWN["silver.models"]}, snapshot_date=date(2026, 1, 2))
    with pytest.raises(MissingTable, match=r"silver\.model_languages is not in the warehouse"):
        SelectedModels(PublishedTables(str(tmp_path), {}), {"language": ("en",)})


def test_a_hostile_name_is_one_line_without_control_characters(tmp_path: Path) -> None:
    write_tables(tmp_path, {"silver.models": "hub_id | model_id | downloads_30d \n 1 | a/b | 1"}, snapshot_date=date(2026, 1, 2))
    assert run(str(tmp_path), "--search", "'; DROP TABLE x; --\x1b[2J").output.splitlines()[0] == "0 models of 2026-01-02 meet the filters"


def test_a_range_that_ends_before_it_begins_is_refused(warehouse: str) -> None:
    result = run(warehouse, "--size", "13b..7b")
    assert isinstance(result.exception, WrongUse)
    assert str(result.exception) == "--size: the range 13b..7b ends before it begins. Give the smaller number first: 7b..13b"
