"""The sections of the report on tasks."""

import json
from datetime import date
from pathlib import Path

from tests.serving.report_text import facts, printed
from tests.serving.small_warehouse import write_tables, write_warehouse

TABLES = {
    "gold.task_trends": """
        task            | month   | new_models
        text-generation | 2026-01 | 6
        fill-mask       | 2026-01 | 2
        fill-mask       | 2025-03 | 2
        text-generation | 2025-01 | 4
        fill-mask       | 2024-06 | 6
        fill-mask       | 2020-01 | 50
        robotics        | 2025-12 | 0
        text-to-image   | 2025-12 | 10
    """,
    "gold.task_transitions": """
        relation | parent_task     | child_task          | is_change | edges | strong_edges
        finetune | text-generation | text-classification | yes       | 2     | 1
        finetune | text-generation | text-generation     | no        | 6     | 3
        merge    | text-generation | fill-mask           | no        | 0     | 0
    """,
}


def test_tasks_grow_or_shrink_by_their_share_of_two_years(tmp_path: Path) -> None:
    report = facts(write_tables(write_warehouse(tmp_path), TABLES, snapshot_date=date(2026, 1, 2)))
    text = printed(report)
    assert "text-to-image 10 50.0% 0 0.0% +50.0%" in text
    assert "fill-mask 4 20.0% 6 60.0% -40.0%" in text
    assert "text-generation 6 30.0% 4 40.0% -10.0%" in text
    assert "robotics" not in text
    assert "finetune 8 25.0% 4 25.0%" in text
    assert "finetune task mutation: 0.4106 (Laufer et al." in text
    assert [row["task"] for row in json.loads(json.dumps(report))["tasks"]["shrinking"]] == ["fill-mask", "text-generation"]


def test_a_warehouse_without_these_tables_has_no_such_sections(tmp_path: Path) -> None:
    report = facts(write_warehouse(tmp_path))
    assert report["tasks"] is None
    assert "Tasks that grow" not in printed(report)
