"""A real Superset browses, queries and draws. Runs where SUPERSET_PYTHON names the Python of an environment with apache-superset and hublake[bi]."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hublake.lake.schema.gold.impact import MODEL_IMPACT
from tests.end_to_end.sql_clients import HOST, SqlServer
from tests.end_to_end.test_bi import Built

PYTHON = os.environ.get("SUPERSET_PYTHON", "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="Superset is installed apart: set SUPERSET_PYTHON")


@pytest.fixture(scope="module")
def answers(sql_server: SqlServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Status and body of each call."""
    home = tmp_path_factory.mktemp("superset")
    environment = {"SUPERSET_HOME": str(home), "SUPERSET_SECRET_KEY": "a" * 42, "FLASK_APP": "superset", "PATH": os.environ["PATH"]}
    superset = str(Path(PYTHON).parent / "superset")
    address = f"hublake://anyone@{HOST}:{sql_server.port}/gold"
    for command in ([superset, "db", "upgrade"], [superset, "init"], [PYTHON, str(Path(__file__).parent / "superset_calls.py"), address]):
        done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=500, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
    answers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answers


def test_superset_lists_schemas_tables_columns_and_comments(answers: dict[str, Any], built: Built) -> None:
    assert {name: status for name, (status, _) in answers.items() if name != "refused"} == dict.fromkeys(set(answers) - {"refused"}, 200)
    assert sorted(answers["schemas"][1]["result"]) == ["bronze", "gold", "silver"]
    shown = {table["value"] for table in answers["tables"][1]["result"]}
    assert shown == {table.name for table in built[0].tables.values() if table.layer == "gold"}
    columns = answers["columns"][1]["columns"]
    assert [(column["name"], column["comment"]) for column in columns] == [(column.name, column.comment) for column in MODEL_IMPACT]


def test_superset_queries_and_draws(answers: dict[str, Any], built: Built) -> None:
    assert len(answers["query"][1]["data"]) == 2
    assert answers["dataset"][1]["result"]["main_dttm_col"] == "snapshot_date"
    rows = answers["chart"][1]["result"][0]["data"]
    assert [row["models"] for row in rows] == [built[0].value("SELECT count(*) FROM gold.model_impact")]


def test_superset_is_refused_a_change(answers: dict[str, Any]) -> None:
    assert answers["refused"][0] >= 400
