import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.sample_hub.http_client import get_once, read_rows


def start_hub(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hublake.lake.cli", "hub", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})


def fail_to_start(*arguments: str) -> tuple[int, str]:
    """(exit code, stderr) of a hub that does not start."""
    process = start_hub(*arguments)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


def test_it_prints_its_address_applies_its_options_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    process = start_hub(
        "--models",
        "40",
        "--seed",
        "2",
        "--port",
        "0",
        "--window",
        "60",
        "--api",
        "3",
        "--truth",
        str(tmp_path / "truth"),
        "--token",
        "hf_mine",
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    url = re.findall(r"http://127\.0\.0\.1:\d+", first)[0]
    assert "40 models" in first
    assert f"export HF_ENDPOINT={url} HF_TOKEN=hf_mine" in process.stdout.readline()
    responses = [get_once(url, "/api/models?limit=1", Authorization="Bearer hf_mine") for _ in range(4)]
    assert get_once(url, "/api/models?limit=1").status == 401
    assert [response.status for response in responses] == [200, 200, 200, 429]
    assert responses[0].headers["ratelimit-policy"] == '"fixed window";"api";q=3;w=60'
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in errors) == (0, False)
    assert "5 requests, 1 of them refused with 429" in output
    assert len(read_rows(tmp_path / "truth" / "models.jsonl.gz")) == 40


def test_a_missing_folder_is_a_usage_error(tmp_path: Path) -> None:
    code, errors = fail_to_start("--from", str(tmp_path / "nothing"), "--port", "0")
    assert code == 2
    assert "there is no folder or file" in errors and "models.jsonl.gz" in errors
    assert "Traceback" not in errors


def test_a_malformed_token_is_a_usage_error() -> None:
    code, errors = fail_to_start("--models", "5", "--port", "0", "--token", "mine")
    assert code == 2
    assert "--token: 'mine' is not a token of the Hub's form" in errors


def test_a_port_in_use_is_a_usage_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, errors = fail_to_start("--models", "5", "--port", str(port))
    assert code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in errors and "--port" in errors
    assert "Traceback" not in errors


def test_ground_truth_needs_a_synthetic_hub(tmp_path: Path) -> None:
    code, errors = fail_to_start("--from", str(tmp_path), "--truth", str(tmp_path / "truth"))
    assert code == 2
    assert "a recorded hub has no ground truth" in errors
