"""The local server: what it serves, and to whom."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import pytest

from hublake.explorer.api import CELL_CHARACTERS, ROWS, Answers, bounded_result
from hublake.explorer.data.write import write_data
from hublake.explorer.explore import serve
from hublake.explorer.server import ExplorerServer
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.settings import load
from hublake.serving.read_only_sql import ReadOnlySql
from hublake.serving.reader import open_published
from tests.serving.small_warehouse import write_warehouse


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExplorerServer]:
    folder = tmp_path_factory.mktemp("server")
    settings = load(flags={"warehouse": str(write_warehouse(folder / "w"))}, environ={})
    published = open_published(settings)
    (folder / "data").mkdir()
    write_data(published, folder / "data")
    (folder / "secret").write_text("no page may read this")
    with ExplorerServer(folder / "data", Answers(published, folder / "data", lambda: open_published(settings)).by_name(), 0) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def request(server: ExplorerServer, path: str, method: str = "GET", **headers: str) -> tuple[int, Any, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        body = response.read()
        is_json = response.getheader("Content-Type") == "application/json"
        return response.status, json.loads(body) if is_json and body else body, response.headers
    finally:
        connection.close()


def ask(server: ExplorerServer, name: str, **fields: str) -> tuple[int, Any]:
    status, answer, _ = request(server, f"/api/{name}?{urlencode(fields)}")
    return status, answer


def test_it_listens_on_this_machine_only_and_the_first_page_is_html_under_a_strict_policy(server: ExplorerServer) -> None:
    status, body, headers = request(server, "/")
    assert server.server_address[0] == "127.0.0.1"
    assert (status, body[:15]) == (200, b"<!doctype html>")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost:1", ""])
def test_a_request_under_another_host_is_refused(server: ExplorerServer, host: str) -> None:
    status, answer, _ = request(server, "/data/manifest.json", Host=host.format(port=server.server_port))
    assert (status, list(answer)) == (403, ["error"])


def test_a_page_of_another_site_cannot_query(server: ExplorerServer) -> None:
    for headers in ({"Sec_Fetch_Mode": "no-cors"}, {"Sec_Fetch_Mode": "navigate"}):
        assert request(server, "/api/model?id=a/base", Sec_Fetch_Site="cross-site", **headers)[0] == 403
    assert request(server, "/api/model?id=a/base", Sec_Fetch_Site="same-origin")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "NONSENSE"])
def test_it_only_reads(server: ExplorerServer, method: str) -> None:
    status, answer, _ = request(server, "/api/sql?q=select+1", method)
    assert (status, answer) == (405, {"error": "the explorer only reads: GET and HEAD"})


@pytest.mark.parametrize(
    "path", ["/../secret", "/data/../../secret", "/data/%2e%2e/secret", "/data//etc/passwd", "/..%2fsecret", "/data", "/\\..\\secret"]
)
def test_no_path_leads_out_of_the_folders(server: ExplorerServer, path: str) -> None:
    assert request(server, path)[0] == 404


def test_a_file_is_served_as_it_is_and_head_has_its_length(server: ExplorerServer) -> None:
    status, body, headers = request(server, "/data/map/names.txt.gz", Accept_Encoding="gzip")
    assert (status, body[:2], headers["Content-Encoding"]) == (200, b"\x1f\x8b", None)
    status, nothing, headers = request(server, "/data/map/names.txt.gz", "HEAD")
    assert (status, nothing, int(headers["Content-Length"])) == (200, b"", len(body))


def test_the_manifest_says_that_there_is_a_server(server: ExplorerServer) -> None:
    manifest = request(server, "/data/manifest.json")[1]
    assert (manifest["server"], manifest["models"]) == (True, 3)


def test_a_model_has_the_facts_of_the_command(server: ExplorerServer) -> None:
    status, facts = ask(server, "model", id="a/base")
    assert status == 200
    assert (facts["model_id"], facts["model"]["downloads_30d"], facts["children"]["models"]) == ("a/base", 1000, 1)


@pytest.mark.parametrize(
    ("name", "fields", "status", "sentence"),
    [
        ("model", {"id": "a/bas"}, 404, "no model of 2026-01-02 is called 'a/bas'. Did you mean 'a/base'?"),
        ("model", {"id": "<script>"}, 404, "no model of 2026-01-02 is called '<script>'."),
        ("model", {}, 400, "the address needs one field, id=..., and no other"),
        ("nothing", {}, 404, "there is no api/nothing"),
        ("list", {}, 400, "api/list needs a table"),
        ("list", {"table": "bronze.listings"}, 400, "api/list reads tables of silver and gold"),
        ("list", {"table": "gold.license_edges"}, 422, "gold.license_edges is not in the warehouse"),
        ("list", {"table": "silver.models", "mode_id": "x"}, 400, "silver.models has no column 'mode_id'. Did you mean 'model_id'?"),
        ("list", {"table": "silver.models", "downloads_30d": "many"}, 400, "a value does not have the type of its column"),
        ("list", {"table": "silver.models", "limit": "1001"}, 400, "limit=1001 is no number from 1 to 1000"),
        ("sql", {"q": "DROP TABLE silver.models"}, 400, "hublake sql only reads"),
        ("sql", {"q": "SELECT 1; SELECT 2"}, 400, "this runs one query at a time, and the text has 2"),
        ("sql", {"q": "SELECT * FROM read_text('/etc/passwd')"}, 422, "the query failed"),
        ("sql", {"q": "SELECT nothing"}, 422, "the query failed"),
    ],
)
def test_a_mistake_gets_one_sentence(server: ExplorerServer, name: str, fields: dict[str, str], status: int, sentence: str) -> None:
    seen, answer = ask(server, name, **fields)
    assert (seen, list(answer)) == (status, ["error"])
    assert answer["error"].startswith(sentence)


def test_an_address_is_bounded_and_names_a_field_once(server: ExplorerServer) -> None:
    assert request(server, "/api/sql?q=" + "x" * 40_000)[0] == 414
    assert request(server, "/api/model?id=a&id=b")[0] == 400
    assert request(server, "/api/list?" + "&".join(f"a{number}=1" for number in range(100)))[0] == 400
    assert request(server, "/api/model?id=%ff")[0] == 400


def test_a_list_has_the_rows_with_the_values_and_their_number(server: ExplorerServer) -> None:
    fields = {"table": "silver.models", "columns": "model_id,downloads_30d", "sort": "-downloads_30d", "limit": "2"}
    _, answer = ask(server, "list", **fields)
    assert (answer["rows"], answer["total"]) == ([["a/base", 1000], ["b/child", 500]], 3)
    assert [column["name"] for column in answer["columns"]] == ["model_id", "downloads_30d"]
    _, tagged = ask(server, "list", table="silver.models", columns="model_id", tags="x")
    assert tagged["rows"] == [["a/base"]]
    _, undated = ask(server, "list", table="silver.models", columns="model_id", created_at="", sort="model_id")
    assert undated["rows"] == [["=cmd/sum"], ["b/child"]]


@pytest.mark.parametrize(
    ("words", "found", "similar"),
    [
        ("BASE", ["a/base"], []),
        ("/ s", ["a/base", "=cmd/sum"], []),
        ("a/basf", [], ["a/base"]),
        ("%", [], []),
        ("'", [], []),
    ],
)
def test_models_are_found_by_parts_of_their_names_most_downloaded_first(
    server: ExplorerServer, words: str, found: list[str], similar: list[str]
) -> None:
    assert ask(server, "find", words=words) == (200, {"found": found, "similar": similar})


def test_a_query_is_cut_to_its_bounds(server: ExplorerServer) -> None:
    _, answer = ask(server, "sql", q=f"SELECT range AS n, repeat('x', {CELL_CHARACTERS + 1}) AS text FROM range({ROWS + 1})")
    assert answer["columns"] == ["n", "text"]
    assert answer["truncated"]
    assert len(answer["rows"]) <= ROWS
    assert answer["rows"][0][1] == "x" * CELL_CHARACTERS + f"… ({CELL_CHARACTERS + 1:,} characters)"
    assert ask(server, "sql", q="SELECT count(*) FROM silver.models")[1] == {"columns": ["count_star()"], "rows": [[4]], "truncated": False}


def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_runs(tmp_path: Path) -> None:
    sql = ReadOnlySql(open_published(load(flags={"warehouse": str(write_warehouse(tmp_path / "w"))}, environ={})))
    with pytest.raises(HublakeError, match="did not end within 0 s and was stopped"):
        bounded_result(sql, "SELECT count(*) FROM range(10_000_000_000) AS a, range(10_000) AS b", seconds=0.2)
    assert bounded_result(sql, "SELECT 1 AS one")["rows"] == [[1]]


def test_a_name_of_any_kind_is_only_looked_up(server: ExplorerServer) -> None:
    for name in ("=cmd/sum", "../../x", "a'; DROP TABLE silver.models; --", "\u202egnp", "a\x00b"):
        status, _, _ = request(server, f"/api/model?id={quote(name)}")
        assert status == (200 if name == "=cmd/sum" else 404)


def test_a_port_that_is_taken_is_reported(server: ExplorerServer, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    sentence = f"port {server.server_port} of 127.0.0.1 cannot be used: .*Choose another --port"
    with pytest.raises(WrongUse, match=sentence):
        ExplorerServer(tmp_path, {}, server.server_port)
    with pytest.raises(WrongUse, match=sentence):  # before the warehouse is read
        serve(load(flags={"warehouse": str(tmp_path / "none")}, environ={}), None, server.server_port, opens_browser=False)


def test_the_command_prints_its_address_and_ends_on_a_signal(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w")
    command = [sys.executable, "-m", "hublake", "explore", "--port", "0", "--warehouse", str(warehouse)]
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None and process.stderr is not None
        address = process.stdout.readline().removeprefix("The explorer is at ").strip()
        with urlopen(address + "data/manifest.json", timeout=20) as response:
            assert json.load(response)["models"] == 3
        process.send_signal(signal.SIGINT)
        rest, problems = process.stdout.read(), process.stderr.read()
    assert (process.returncode, rest) == (0, "Ctrl-C stops it.\n\nStopped.\n")
    assert "Traceback" not in problems


def test_a_warehouse_without_tables_is_reported_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(HublakeError, match="there is no warehouse at"):
        serve(load(flags={"warehouse": str(tmp_path / "none")}, environ={}), None, 0, opens_browser=False)
