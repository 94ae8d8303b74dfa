"""Properties of every container in compose.yaml, without a docker engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.cluster import write_secrets
from tools.dist import ROOT

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
STEPS = ("crawler0", "crawler1", "job")  # containers that run one command and exit


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_runs_as_an_unprivileged_user_on_a_read_only_root(name: str) -> None:
    service = SERVICES[name]
    assert (service["user"], service["read_only"], service["cap_drop"]) == ("10001:10001", True, ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "cap_add", "network_mode", "pid"} & set(service)


@pytest.mark.parametrize("name", SERVICES)
def test_a_published_port_is_on_loopback(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", ()))


@pytest.mark.parametrize("name", sorted(set(SERVICES) - set(STEPS)))
def test_a_permanent_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_cannot_start_processes_without_end(name: str) -> None:
    assert 0 < SERVICES[name]["pids_limit"] <= 1024


def test_the_sql_server_cannot_write_the_tables_nor_read_the_secret_of_the_cluster() -> None:
    volumes = SERVICES["sql"]["volumes"]
    assert [volume for volume in volumes if not volume.endswith(":ro")] == []
    assert [volume for volume in volumes if "spark-defaults" in volume] == []
    assert {name for name, service in SERVICES.items() if any("spark-defaults" in volume for volume in service["volumes"])} == {
        "master",
        "worker0",
        "worker1",
        "job",
    }
    assert not [name for name in SERVICES["sql"]["environment"] if "TOKEN" in name or "SECRET" in name or name.startswith("AWS_")]
    assert SERVICES["sql"]["command"][:2] == ["hublake", "serve"]


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_one_that_was_built_here_and_is_named_by_its_contents(name: str) -> None:
    assert re.fullmatch(r"hublake/(crawler|spark):\$\{TAG:-dev\}", SERVICES[name]["image"])


def test_secrets_are_not_readable_by_other_users(tmp_path: Path) -> None:
    write_secrets(tmp_path / "secrets")
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {
        "spark-defaults.conf": 0o640,
        "users": 0o640,
    }


def test_the_memory_limits_of_all_containers_fit_eight_gigabytes() -> None:
    assert sum(megabytes(service["mem_limit"]) for service in SERVICES.values()) <= 8 * 1024


def megabytes(limit: str) -> int:
    size = re.fullmatch(r"(\d+)([mg])", limit)
    assert size
    return int(size[1]) * {"m": 1, "g": 1024}[size[2]]
