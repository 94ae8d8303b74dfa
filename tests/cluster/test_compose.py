"""Properties of every container in compose.yaml, without a docker engine."""

import re
from typing import Any

import pytest
import yaml

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


def test_the_memory_limits_of_all_containers_fit_eight_gigabytes() -> None:
    assert sum(megabytes(service["mem_limit"]) for service in SERVICES.values()) <= 8 * 1024


def megabytes(limit: str) -> int:
    size = re.fullmatch(r"(\d+)([mg])", limit)
    assert size
    return int(size[1]) * {"m": 1, "g": 1024}[size[2]]
