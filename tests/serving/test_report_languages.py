"""The section of the report on languages."""

import json
from datetime import date
from pathlib import Path

from tests.serving.report_text import facts, printed
from tests.serving.small_warehouse import write_tables, write_warehouse

TABLES = {
    "gold.model_language": """
        model_id | declared | is_multilingual | is_english_only | agreement
        a/base   | de, en   | yes             | no              | partly
        b/child  | de       | no              | no              | single_source
        =cmd/sum |          |                 |                 | none
    """,
    "gold.language_transfer": """
        relation | parent_language | child_language | change   | edges | reporting_edges | parent_languages | child_languages | distance
        finetune | multi           | de             | narrowed | 3     | 2               | 10               | 2               | 1
        finetune | de              | de             | kept     | 5     | 5               | 5                | 5               | 0
        finetune | none            | de             | unknown  | 9     | 0               | 0                | 0               | 0
        adapter  | en              | pt             | moved    | 1     | 1               | 1                | 1               | 1
    """,
}


def test_means_are_over_edges_whose_ends_declare_and_the_matrix_has_parents_in_rows(tmp_path: Path) -> None:
    report = facts(write_tables(write_warehouse(tmp_path), TABLES, snapshot_date=date(2026, 1, 2)))
    text = printed(report)
    assert "66.7% of all models declare any" in text
    assert "all 18 8 2.00 1.00 0.25" in text
    assert "adapter 1 1 1.00 1.00 1.00" in text
    assert "parent de multi en pt" in text
    assert "multi 3" in text
    assert "mean parent languages: 6.60 (Laufer et al., arXiv 2508.06811, 2025-07" in text
    assert json.loads(json.dumps(report))["languages"]["coverage"]["conflicts"] == 0


def test_a_warehouse_without_these_tables_has_no_such_section(tmp_path: Path) -> None:
    report = facts(write_warehouse(tmp_path))
    assert report["languages"] is None
    assert "Languages from parent" not in printed(report)
