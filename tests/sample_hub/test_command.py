import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.sample_hub.asking import ask, rows_of


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hublake.lake.cli", "hub", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})


def ended(*arguments: str) -> tuple[int, str]:
    """(exit code, what was said on stderr) of a start that fails."""
    process = started(*arguments)
    _, told = process.communicate(timeout=60)
    return process.returncode, told


def test_it_says_where_it_is_serves_by_its_options_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    process = started("--models", "40", "--seed", "2", "--port", "0", "--window", "60", "--api", "3", "--truth", str(tmp_path / "truth"))
    assert process.stdout is not None
    first = process.stdout.readline()
    url = re.findall(r"http://127\.0\.0\.1:\d+", first)[0]
    assert "40 models" in first
    assert f"export HF_ENDPOINT={url}" in process.stdout.readline()
    answers = [ask(url, "/api/models?limit=1") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"fixed window";"api";q=3;w=60'
    process.send_signal(signal.SIGINT)
    told, errors = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in errors) == (0, False)
    assert "4 requests, 1 of them refused with 429" in told
    assert len(rows_of(tmp_path / "truth" / "models.jsonl.gz")) == 40


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    code, told = ended("--from", str(tmp_path / "nothing"), "--port", "0")
    assert code == 2
    assert "there is no folder or file" in told and "models.jsonl.gz" in told
    assert "Traceback" not in told


def test_a_port_in_use_is_wrong_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, told = ended("--models", "5", "--port", str(port))
    assert code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in told and "--port" in told
    assert "Traceback" not in told


def test_truth_goes_with_a_made_hub_alone(tmp_path: Path) -> None:
    code, told = ended("--from", str(tmp_path), "--truth", str(tmp_path / "truth"))
    assert code == 2
    assert "nothing is planted" in told
