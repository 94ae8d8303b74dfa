"""The sections of the report on techniques, and the questions on them."""

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from hublake.lake.console import PrintableConsole
from hublake.serving.reader import PublishedTables
from hublake.serving.report import read_report
from hublake.serving.report_view import print_report
from tests.serving.small_warehouse import write_tables, write_warehouse
from tools.dist import ROOT

TABLES = {
    "gold.technique_prevalence": """
        technique | month   | stratum           | models | known_models | all_models
        lora      | 2026-01 | all               | 6      | 8            | 10
        dpo       | 2026-01 | all               | 4      | 8            | 10
        lora      | 2026-01 | relation:finetune | 6      | 6            | 10
        lora      | 2025-03 | all               | 2      | 2            | 10
        dpo       | 2024-06 | all               | 5      | 10           | 10
        sft       | 2020-01 | all               | 50     | 50           | 50
        sft       |         | all               | 7      | 7            | 7
    """,
    "gold.merge_recipes": """
        model_id | method | parent_ids | has_config
        m/a      | slerp  | b/x     | yes
        m/b      | slerp  |         | no
        m/c      |        |         | no
    """,
    "gold.quantization_formats": """
        format | bits | month   | repos | files | quantisers | top_author_share
        gguf   | 4    | 2026-01 | 3     | 4     | 2          | 0.5
        gguf   | 8    | 2026-01 | 1     | 1     | 1          | 1
        gguf   | 4    | 2025-12 | 1     | 1     | 1          | 1
        gptq   | 0    | 2025-12 | 2     | 0     | 1          | 1
    """,
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> PublishedTables:
    folder = tmp_path_factory.mktemp("techniques")
    return PublishedTables(str(write_tables(write_warehouse(folder), TABLES, snapshot_date=date(2026, 1, 2))), {})


def printed(report: dict[str, Any]) -> str:
    output = StringIO()
    print_report(report, PrintableConsole(width=120, file=output))
    return " ".join(output.getvalue().split())


def question(published: PublishedTables, number: int) -> list[tuple[Any, ...]]:
    (path,) = (ROOT / "docs" / "questions").glob(f"{number}_*.sql")
    return published.rows(path.read_text("utf-8"))


def test_techniques_are_shares_of_the_models_with_a_known_technique(published: PublishedTables) -> None:
    text = printed(read_report(published))
    assert "lora 8 80.0% 0 0.0%" in text
    assert "dpo 4 40.0% 5 50.0%" in text
    assert "sft" not in text
    assert "gguf 5 4, 8 gptq 2" in text
    assert "slerp 2 (unknown) 1" in text


def test_a_warehouse_without_these_tables_has_no_such_sections(tmp_path: Path) -> None:
    report = read_report(PublishedTables(str(write_warehouse(tmp_path)), {}))
    assert report["techniques"] is None
    assert "Techniques of new models" not in printed(report)


def test_the_questions_count_by_year_method_and_format(published: PublishedTables) -> None:
    assert question(published, 32) == [
        ("2020", "sft", 50, 1.0),
        ("2024", "dpo", 5, 0.5),
        ("2025", "lora", 2, 1.0),
        ("2026", "lora", 6, 0.75),
        ("2026", "dpo", 4, 0.5),
    ]
    assert question(published, 33) == [("slerp", 2, 1), ("(unknown)", 1, 0)]
    assert question(published, 34) == [("gguf", 4.0, 4, 5, 0.625), ("gptq", 0.0, 2, 0, 1.0), ("gguf", 8.0, 1, 1, 1.0)]
