"""What a user gets wrong ends at once, with one sentence that says what to do, and the right exit code."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hublake.lake.cli import main
from tests.serving.small_warehouse import write_warehouse


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_warehouse(tmp_path_factory.mktemp("warehouse"))


@pytest.fixture(scope="module")
def unused_port() -> Iterator[int]:
    """A port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.mark.parametrize(
    ("command", "code", "sentence"),
    [
        ("exprot", 2, "no such command: 'exprot'. Did you mean 'export'?"),
        ("crawl model", 2, "no such command: 'model'. Did you mean 'models'?"),
        ("tables modls", 2, "no table is called 'modls'. Did you mean 'models'"),
        ("build modls --warehouse {warehouse}", 2, "no table is called 'modls'. Did you mean 'models'"),
        ("build --warehouse {empty}/nothing", 1, "there is no warehouse at {empty}/nothing. Fill one: hublake crawl models"),
        ("check --warehouse {empty}", 1, "the warehouse {empty} contains no table. Fill it: hublake crawl models --warehouse {empty}"),
        ("report --warehouse {empty}", 1, "the warehouse {empty} contains no table. Fill it: hublake crawl models"),
        ("serve --warehouse {empty}/nothing", 1, "there is no warehouse at {empty}/nothing. Fill one: hublake crawl models"),
        ("build --warehouse {warehouse} --master yarn", 2, "--master yarn is neither local, local[N], local[*] nor spark://HOST:PORT"),
        ("check --warehouse {warehouse} --master local[x]", 2, "--master local[x] is neither local"),
        ("build --warehouse {warehouse} --master spark://127.0.0.1:{port}", 2, "no Spark master accepts connections at spark://127.0.0.1"),
        ("build --warehouse {warehouse} --as-of yesterday", 2, "'yesterday' is neither a day (YYYY-MM-DD) nor a crawl_id"),
        ("build --warehouse {warehouse} --expect 9 --repair", 2, "leave one of them out"),
        ("report --warehouse {warehouse} --as-of 2026-02-30", 2, "'2026-02-30' is neither a day"),
        ("report --warehouse=", 2, "--warehouse is empty. It needs a folder or an object-store address"),
        ("export --format csv --out s3://bucket/x --warehouse {warehouse}", 2, "is an address, and files are written to a folder of this"),
        ("export modls --format csv --out {empty}/out --warehouse {warehouse}", 2, "no table is called 'modls'. Did you mean 'models'"),
        ("export --root a/bas --format csv --out {empty}/out --warehouse {warehouse}", 2, "is called 'a/bas'. Did you mean 'a/base'?"),
        (
            "export documentation_rates --root a/base --format csv --out {empty}/out --warehouse {warehouse}",
            2,
            "are not about single models",
        ),
        ("export --ancestors --format csv --out {empty}/out --warehouse {warehouse}", 2, "--ancestors needs --root ID"),
        ("export network_metrics --format csv --out {empty}/out --warehouse {warehouse}", 1, "Create it: hublake build --warehouse"),
        ("serve --warehouse {warehouse} --host 0.0.0.0", 2, "name a file of users and passwords (--users)"),
        ("crawl models --endpoint hub.example --warehouse {empty}", 2, "'hub.example' is not a hub's address"),
        ("crawl cards --warehouse {empty}", 1, "List the hub first: hublake crawl models"),
        ("crawl models --workers 2 --warehouse {empty}", 2, "each page of a listing leads to the next"),
        ("hub --from {empty}/nothing", 2, "there is no folder or file {empty}/nothing. Pass a folder with models.jsonl.gz"),
        ("demo --out s3://bucket/demo", 2, "is an address, and files are written to a folder of this machine"),
        ("demo --out {warehouse}", 2, "contains files that no demo wrote. Choose another --out"),
        ("optimise --warehouse {empty}", 1, "the warehouse {empty} contains no table"),
    ],
)
def test_a_mistake_ends_with_one_sentence_and_its_exit_code(
    command: str, code: int, sentence: str, warehouse: Path, unused_port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"warehouse": warehouse, "empty": tmp_path, "port": unused_port}
    with pytest.raises(SystemExit) as ended:
        main(command.format(**places).split())
    shown = capsys.readouterr()
    assert (ended.value.code, shown.out) == (code, "")
    *usage, last = shown.err.splitlines()
    assert sentence.format(**places) in last
    assert last.startswith(("hublake: ", "Error: "))
    assert all(line.startswith(("Usage: ", "Try ")) or not line for line in usage)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_variable_is_named_and_no_engine_is_loaded() -> None:
    script = (
        "import os, sys; os.environ['HUBLAKE_WAREHOUSE'] = ''; from hublake.lake.cli import main\n"
        "try: main(['build'])\n"
        "except SystemExit as end: print(end.code, 'pyspark' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr.partition(".")[0]) == ("2 False\n", "hublake: HUBLAKE_WAREHOUSE is empty")
