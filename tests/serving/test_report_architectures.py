"""The section of the report on architectures and sizes."""

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from hublake.lake.console import PrintableConsole
from hublake.serving.reader import PublishedTables
from hublake.serving.report import read_report
from hublake.serving.report_view import print_report
from tests.serving.small_warehouse import write_tables, write_warehouse

TABLES = {
    "gold.model_architecture": """
        model_id | architecture | architecture_source | parameters | is_moe
        a/base   | llama        | config              | 8000000000 | no
        b/child  | llama        | parent              |            | yes
        =cmd/sum |              |                     |            |
    """,
    "gold.architecture_evolution": """
        month          | architecture_family | size_class | new_models | with_parameters | median_parameters
        2024-07        | all                 | all        | 4          | 3               | 3000000000
        2024-07        | llama               | all        | 3          | 3               | 8000000000
        2024-07        | llama               | 3b-to-9b   | 3          | 3               | 8000000000
        2024-07        | unknown             | all        | 1          | 0               |
        2024-06        | all                 | all        | 2          | 0               |
        before-2022-03 | all                 | all        | 9          | 9               | 7
    """,
}


def facts(folder: Path) -> dict[str, Any]:
    return read_report(PublishedTables(str(folder), {}))


def test_medians_are_by_month_and_family_with_the_coverage(tmp_path: Path) -> None:
    report = facts(write_tables(write_warehouse(tmp_path), TABLES, snapshot_date=date(2026, 1, 2)))
    output = StringIO()
    print_report(report, PrintableConsole(width=120, file=output))
    text = " ".join(output.getvalue().split())
    assert "month new models size known all llama 2024-07 4 75% 3 G 8 G 2024-06 2 0% architecture known" in text
    assert "before-2022-03" not in text
    assert "architecture known of 66.7% of all models, 33.3% inferred; parameters of 33.3%; 50.0% of the 2 known" in text


def test_a_warehouse_without_these_tables_has_no_such_section(tmp_path: Path) -> None:
    assert facts(write_warehouse(tmp_path))["architectures"] is None
