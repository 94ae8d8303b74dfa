"""`hublake model`: one model by the published tables."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from deltalake import write_deltalake

from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.commands import model
from hublake.serving.model_facts import ON_EVERY_PAGE, ModelFacts
from hublake.serving.model_view import print_model
from hublake.serving.reader import PublishedTables
from tests.nasty_names import NASTY_NAMES
from tests.serving.small_warehouse import write_tables

CARD = "Intro. It is biased against women. It fails on poems."
DRAWN = {
    "silver.models": """
        hub_id | model_id | author | downloads_30d | likes | pipeline_tag    | parameters | tags | created_at          | oddities
        h1     | a/base   | a      | 900           | 5     | text-generation | 7000000000 | x    | 2024-01-01T00:00:00 |
        h2     | b/tuned  | b      | 70            | 9     |                 |            |      | 2024-06-01T00:00:00 | likes: text
        h3     | c/gguf   | c      | 3             |       |                 |            |      | 2024-07-01T00:00:00 |
        h4     | d/alone  | d      |               |       |                 |            |      |                     | """,
    "silver.lineage_edges": """
        child_id | parent_id | relation  | parent_status | evidence        | confidence | is_self_loop | declared_parent
        b/tuned  | a/base    | finetune  | renamed       | card_field      | 0.9        | no           | a/old-name
        b/tuned  | gone/away | merge     | missing       | card_field      | 0.5        | no           | gone/away
        c/gguf   | b/tuned   | quantized | present       | in_name         | 0.8        | no           | b/tuned
        a/base   | c/gguf    | finetune  | present       | hub_base_models | 1          | no           | c/gguf""",
    "gold.model_impact": """
        model_id | impact_score | dependants | dependants_guessed | descendants | downloads_attributed | pagerank_part | dependants_part | descendants_part | downloads_part
        a/base   | 90           | 1          | 0                  | 2           | 973                  | 1             | 1               | 1                | 1
        b/tuned  | 40.04        | 1          | 1                  | 1           | 73                   | 0.5           | 0.5             | 0.5              | 0.5""",
    "gold.model_lineage": "model_id | component_id | root_ids | generation \n a/base | a/base | a/base | 0 \n b/tuned | a/base | a/base | 1",
    "silver.model_licenses": """
        model_id | license | resolved_license | resolved_by | source | confidence
        b/tuned  | other   | llama3           | name        | card   | 1""",
    "gold.license_edges": """
        child_id | parent_id | relation | evidence   | parent_licenses | child_licenses | transition | verdict  | clause
        b/tuned  | a/base    | finetune | card_field | mit             | llama3         | narrowed   | ok       | notice""",
    "gold.card_documentation": """
        model_id | has_card | depth | evidence_starts | evidence_ends | has_bias | has_limitations
        b/tuned  | yes      | 3     | 7, 35           | 34, 53        | yes      | no""",
    "gold.communities": "model_id | community_id | members \n b/tuned | a/base | 3",
    "silver.model_cards": f"hub_id | model_id | text \n h2 | b/tuned | {CARD}",
    "silver.model_languages": "model_id | language \n b/tuned | en",
    "silver.quarantine": "table_name | record_id | rule | reason | body \n silver.model_cards | h2#1 | unreadable | unreadable_card: no text | {}",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tables(tmp_path_factory.mktemp("model"), DRAWN, snapshot_date=date(2026, 1, 2)))


def show(warehouse: str, *arguments: str) -> str:
    result = CliRunner().invoke(model, ["--warehouse", warehouse, *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def facts(warehouse: str, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(show(warehouse, *arguments, "--format", "json"))
    return found


def test_a_page_states_each_fact_with_its_evidence(warehouse: str) -> None:
    lines = [line.strip() for line in show(warehouse, "b/tuned").splitlines()]
    for expected in (
        "b/tuned  snapshot 2026-01-02",
        "fine-tuned from a/base, a merge of gone/away",
        "a/base  (finetune, card_field, confidence 0.90, declared as a/old-name)",
        "gone/away  (merge, card_field, confidence 0.50, not listed)",
        "c/gguf  (finetune, hub_base_models, confidence 1.00)",
        "generation 1; roots: a/base; 2 models are connected to it",
        "1 models directly, 1 at any depth",
        "quantized: 1 models, 1 guessed",
        "c/gguf  (3 downloads, a guess)",
        "40.0 of 100, rank 2 of 2",
        "1 of 1 direct derivatives are guessed; --without-guesses leaves them out",
        "other, meant: llama3 (by name)  (source card, confidence 1.00)",
        "against a/base (mit): narrowed, verdict ok by clause notice",
        "languages: en",
        "depth of documentation of limits, bias and risks: 3 of 4",
        "own words on: bias",
        "bias: “It is biased against women.”, earned the depth",
        "unexpected in the listing: likes: text",
        "quarantined from silver.model_cards: unreadable_card: no text",
        "names parents that are not listed: gone/away",
    ):
        assert expected in lines, expected


def test_sentences_earned_the_depth_and_statements_the_classes_that_count(warehouse: str) -> None:
    found = facts(warehouse, "b/tuned")["documentation"]
    assert found["sentences"] == ["It is biased against women.", "It fails on poems."]
    assert found["statements"] == [{"sentence": "It is biased against women.", "classes": ["bias"], "earned_depth": True}]


def test_a_cycle_of_ancestors_ends(warehouse: str) -> None:
    found = facts(warehouse, "b/tuned")
    assert [(edge["steps"], edge["child_id"], edge["parent_id"]) for edge in found["ancestry"]] == [
        (0, "b/tuned", "a/base"),
        (0, "b/tuned", "gone/away"),
        (1, "a/base", "c/gguf"),
        (2, "c/gguf", "b/tuned"),
    ]


def test_one_line_has_the_kind_the_popularity_and_the_rank(warehouse: str) -> None:
    assert show(warehouse, "a/base", "-q") == "a/base; fine-tuned from c/gguf; 900 downloads in 30 days; impact 90.0 of 100 (rank 1 of 2)\n"
    assert show(warehouse, "d/alone", "-q") == "d/alone; no known relatives; unknown downloads in 30 days\n"


def test_guesses_can_be_left_out(warehouse: str) -> None:
    assert facts(warehouse, "c/gguf", "--without-guesses")["ancestry"] == []


def test_more_detail_shows_tags_and_then_every_column(warehouse: str) -> None:
    assert "tags: x" not in show(warehouse, "a/base")
    assert "tags: x" in show(warehouse, "a/base", "-v")
    assert "hub_id: h1" not in show(warehouse, "a/base")
    assert "hub_id: h1" in show(warehouse, "a/base", "-v")
    assert "impact_score: 90" not in show(warehouse, "a/base", "-v")
    assert "impact_score: 90" in show(warehouse, "a/base", "-vv")


def test_a_page_reads_only_the_other_tables_that_it_shows(warehouse: str, capsys: pytest.CaptureFixture[str]) -> None:
    published, pages = PublishedTables(warehouse, {}), []
    for has_all_tables in (True, False):
        found = ModelFacts(published, "b/tuned", has_all_tables=has_all_tables).read()
        print_model(found, "text", 0)
        pages.append((capsys.readouterr().out, set(found["tables"]) - {table.full_name for table in ON_EVERY_PAGE}))
    (complete, others), (page, none) = pages
    assert page == complete
    assert (len(others) > 0, none) == (True, set())


def test_json_has_the_rows_of_every_other_table_on_the_model(warehouse: str) -> None:
    assert facts(warehouse, "b/tuned")["tables"]["silver.model_languages"][0]["language"] == "en"


def test_a_wrong_name_gets_the_nearest(warehouse: str) -> None:
    result = CliRunner().invoke(model, ["B/Tuned", "--warehouse", warehouse])
    assert str(result.exception) == "no model of 2026-01-02 is called 'B/Tuned'. Did you mean 'b/tuned'?"


@pytest.mark.parametrize("output_format", ["text", "markdown"])
def test_hostile_names_stay_text_on_one_line(tmp_path: Path, output_format: str) -> None:
    rows = [{"snapshot_date": date(2026, 1, 2), "hub_id": str(n), "model_id": name, "tags": [name]} for n, name in enumerate(NASTY_NAMES)]
    filled = [{column.name: [] if column.type.startswith("array") else None for column in MODELS} | row for row in rows]
    write_deltalake(MODELS.path(str(tmp_path)), pa.Table.from_pylist(filled, schema=arrow_schema(MODELS)), partition_by=["snapshot_date"])
    write_tables(tmp_path, {"silver.lineage_edges": "snapshot_date | child_id | parent_id | relation \n 2026-01-02 | x/y | z/z | merge"})
    lengths = set()
    for name in NASTY_NAMES:
        shown = show(str(tmp_path), "--format", output_format, "-v", "--", name)
        assert all(line.isprintable() for line in shown.split("\n")), name
        assert "<" not in shown.replace("\\<", "") or output_format == "text"
        lengths.add(len(shown.splitlines()))
    assert len(lengths) == 1
