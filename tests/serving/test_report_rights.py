"""The sections of the report on licences and datasets."""

import json
from datetime import date
from pathlib import Path

from hublake.serving.report_rights import NO_LEGAL_ADVICE
from tests.serving.report_text import facts, printed
from tests.serving.small_warehouse import write_tables, write_warehouse

RIGHTS = {
    "gold.license_adoption": """
        license    | stratum | models | model_share
        mit        | all     | 3      | 0.6
        gemma      | all     | 2      | 0.4
        family:llama | all   | 9      | 0.4
    """,
    "gold.license_transitions": """
        relation  | parent_license | child_license | transition | edges
        finetune  | mit            | mit           | same       | 5
        finetune  | mit            |               | dropped    | 3
        finetune  | gemma          | mit           | changed    | 2
        adapter   |                |               | both_unknown | 1
    """,
    "gold.license_edges": """
        child_id | parent_id | relation | verdict  | clause           | child_downloads_30d | is_guessed
        a/[x]    | g/base    | finetune | conflict | use_restrictions | 5                   | no
        a/y      | g/base    | finetune | conflict | use_restrictions | 9                   | no
        a/z      | g/base    | finetune | conflict | agreement        | 9                   | yes
        a/ok     | g/base    | finetune | ok       | same             | 9                   | no
    """,
    "gold.dataset_influence": """
        dataset_id | models_direct | models_reached | families | downloads_attributed | rank
        r/squad    | 2             | 50             | 3        | 1234.4               | 1
    """,
    "gold.training_disclosure": "stratum | models | disclosed_share \n all | 8 | 0.25",
}


def test_licences_and_datasets_are_summed_up_and_verdicts_are_called_no_advice(tmp_path: Path) -> None:
    report = facts(write_tables(write_warehouse(tmp_path), RIGHTS, snapshot_date=date(2026, 1, 2)))
    text = printed(report)
    assert "mit 3 5 3 0 2" in text
    assert "gemma 2 0 0 2 0" in text
    assert "family:llama" not in text
    assert "finetune 10 30.0% 30.0%" in text
    assert "adapter 1 100.0%" in text
    assert "use restrictions: a/y from g/base; a/[x] from g/base" in text
    assert "agreement" not in text  # the only such edge is guessed
    assert NO_LEGAL_ADVICE in text
    assert "r/squad 2 50 3 1.23 k" in text
    assert "25.0% of all models disclose any" in text
    assert json.loads(json.dumps(report))["licenses"]["conflicts"][0]["edges"] == 2


def test_a_warehouse_without_these_tables_has_no_such_sections(tmp_path: Path) -> None:
    report = facts(write_warehouse(tmp_path))
    assert (report["licenses"], report["datasets"]) == (None, None)
    assert "Licences" not in printed(report)
