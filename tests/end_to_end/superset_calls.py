"""Calls of Superset's REST API for one database address; prints their answers as JSON. Runs in Superset's own Python (test_superset.py)."""

import json
import sys
from typing import Any

LOGIN = {"username": "admin", "password": "admin", "provider": "db"}
TABLE = {"schema": "gold", "table_name": "model_impact"}


def main(address: str) -> None:
    """Add the database, browse it, query it in SQL Lab and draw a chart of one of its tables."""
    from superset.app import create_app  # installed apart: pytest, which imports every file here, has no Superset

    app = create_app()
    app.config.update(WTF_CSRF_ENABLED=False, TALISMAN_ENABLED=False, TESTING=True)
    with app.app_context():
        from superset import security_manager

        if security_manager.find_user(LOGIN["username"]) is None:
            role = security_manager.find_role("Admin")
            security_manager.add_user("admin", "a", "b", "a@example.org", role, LOGIN["password"])
    client = app.test_client()
    headers = {"Authorization": "Bearer " + client.post("/api/v1/security/login", json=LOGIN).json["access_token"]}

    def get(path: str) -> Any:
        return client.get(f"/api/v1/{path}", headers=headers)

    def post(path: str, body: dict[str, Any]) -> Any:
        return client.post(f"/api/v1/{path}", json=body, headers=headers)

    created = post("database/", {"database_name": "hublake", "sqlalchemy_uri": address, "expose_in_sqllab": True})
    database = created.json["id"]
    queried = {"database_id": database, "schema": "gold", "runAsync": False, "queryLimit": 2}
    dataset = post("dataset/", {"database": database, **TABLE}).json["id"]
    by_month = {"timeGrain": "P1M", "columnType": "BASE_AXIS", "sqlExpression": "snapshot_date", "label": "month", "expressionType": "SQL"}
    count = {"expressionType": "SQL", "sqlExpression": "count(*)", "label": "models"}
    chart = {"datasource": {"id": dataset, "type": "table"}, "queries": [{"columns": [by_month], "metrics": [count], "row_limit": 10}]}
    calls = {
        "schemas": get(f"database/{database}/schemas/"),
        "tables": get(f"database/{database}/tables/?q=(schema_name:gold)"),
        "columns": get(f"database/{database}/table_metadata/?name=model_impact&schema=gold"),
        "extra": get(f"database/{database}/table_metadata/extra/?name=model_impact&schema=gold"),
        "preview": get(f"database/{database}/select_star/model_impact/gold/"),
        "query": post("sqllab/execute/", {**queried, "sql": "SELECT model_id FROM model_impact"}),
        "refused": post("sqllab/execute/", {**queried, "sql": "DROP VIEW model_impact"}),
        "dataset": get(f"dataset/{dataset}"),
        "chart": post("chart/data", chart),
    }
    print(json.dumps({name: [answer.status_code, answer.json] for name, answer in calls.items()}))


if __name__ == "__main__":
    main(sys.argv[1])
