"""What compose.yaml promises of every container, without an engine."""

import re
from typing import Any

import pytest
import yaml

from tools.dist import ROOT

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
STEPS = ("crawler0", "crawler1", "job")  # end by themselves


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_an_ordinary_user_without_rights_on_a_root_it_cannot_write(name: str) -> None:
    service = SERVICES[name]
    assert (service["user"], service["read_only"], service["cap_drop"]) == ("10001:10001", True, ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "cap_add", "network_mode", "pid"} & set(service)


@pytest.mark.parametrize("name", SERVICES)
def test_a_published_port_is_on_loopback(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", ()))


@pytest.mark.parametrize("name", sorted(set(SERVICES) - set(STEPS)))
def test_what_goes_on_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_all_containers_together_fit_eight_gigabytes() -> None:
    assert sum(megabytes(service["mem_limit"]) for service in SERVICES.values()) <= 8 * 1024


def megabytes(limit: str) -> int:
    size = re.fullmatch(r"(\d+)([mg])", limit)
    assert size
    return int(size[1]) * {"m": 1, "g": 1024}[size[2]]
