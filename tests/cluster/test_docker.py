"""`make cluster` on a real engine. Takes minutes: runs if MINICLUSTER is set; MINICLUSTER=required makes a missing engine a failure."""

import errno
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from pyhive import hive
from TCLIService import ttypes
from thrift.transport.TTransport import TTransportException

from tools import cluster as mini
from tools import images

MINICLUSTER = os.environ.get("MINICLUSTER", "")
SERVICES = (*mini.SERVICES, "sql")

pytestmark = [pytest.mark.timeout(3000), pytest.mark.xdist_group("docker")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[mini.Cluster]:
    if not MINICLUSTER:
        pytest.skip("the mini-cluster takes minutes: set MINICLUSTER=1, or MINICLUSTER=required")
    if reason := mini.missing_requirement():
        if MINICLUSTER == "required":
            pytest.fail(f"MINICLUSTER=required, but {reason}")
        pytest.skip(reason)
    try:
        yield mini.up(os.environ.get("BASE_IMAGE", mini.BASE), models=500)
    finally:
        mini.down()
    project_filter = ("--filter", f"label=com.docker.compose.project={mini.PROJECT}")
    left = [docker(*kind, *project_filter) for kind in (("ps", "-aq"), ("network", "ls", "-q"), ("volume", "ls", "-q"))]
    assert [*left, docker("image", "ls", "-q", "--filter", f"label={images.LABEL}"), mini.FOLDER.exists()] == ["", "", "", "", False]


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True, timeout=120).stdout.strip()


def sql_cursor(cluster: mini.Cluster) -> Any:
    user, password = (mini.FOLDER / "secrets" / "users").read_text("utf-8").split()
    host, port = cluster.address("sql", 10000).split(":")
    return hive.connect(host, int(port), username=user, password=password, auth="CUSTOM").cursor()


def query_rows(cluster: mini.Cluster, query: str) -> list[Any]:
    cursor = sql_cursor(cluster)
    cursor.execute(query)
    return list(cursor.fetchall())


def test_the_tables_are_served_over_jdbc_and_again_after_a_restart_during_a_query(cluster: mini.Cluster) -> None:
    models = query_rows(cluster, "SELECT count(*) FROM gold.model_impact")
    assert models[0][0] > 400
    running_query = sql_cursor(cluster)
    running_query.execute("SELECT count(*) FROM range(1000000) AS a JOIN range(1000000) AS b ON a.id + b.id < 0", async_=True)
    assert running_query.poll().operationState in (ttypes.TOperationState.PENDING_STATE, ttypes.TOperationState.RUNNING_STATE)
    cluster.call("restart", "sql")
    with pytest.raises((TTransportException, OSError)):
        running_query.poll()
    cluster.up("sql")
    assert query_rows(cluster, "SELECT count(*) FROM gold.model_impact") == models


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_runs_as_an_ordinary_user_on_a_read_only_root(cluster: mini.Cluster, service: str) -> None:
    probe = "id -u; touch /opt/x 2>/dev/null || echo read-only; grep CapEff /proc/self/status"
    shown = docker("exec", cluster.container(service), "sh", "-c", probe)
    assert shown.split() == ["10001", "read-only", "CapEff:", "0000000000000000"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_port_is_published_on_loopback_only(cluster: mini.Cluster, service: str) -> None:
    published = docker("port", cluster.container(service)).splitlines()
    assert [line for line in published if "-> 127.0.0.1:" not in line] == []


def test_no_image_contains_a_secret(cluster: mini.Cluster) -> None:
    image = docker("inspect", "-f", "{{.Image}}", cluster.container("sql"))
    shown = docker(
        "run", "--rm", "--network", "none", image, "sh", "-c", "ls /run/users /opt/spark-conf/spark-defaults.conf 2>/dev/null; env"
    )
    assert "/run/users" not in shown
    assert "spark-defaults" not in shown
    secret = (mini.FOLDER / "secrets" / "spark-defaults.conf").read_text("utf-8").split()[-1]
    assert secret not in shown + docker("history", "--no-trunc", image)


def test_a_submission_without_the_secret_runs_nothing_on_the_cluster(cluster: mini.Cluster) -> None:
    guess = [
        "spark-submit",
        "--master",
        "spark://master:7077",
        "--conf",
        "spark.authenticate.secret=guessed",
        "/opt/spark_jobs/__main__.py",
    ]
    with pytest.raises(mini.ClusterError, match="compose run"):
        cluster.call("run", "--rm", "-T", "--entrypoint", "", "job", *guess, "check")
    running = "import json, urllib.request as u; print(len(json.load(u.urlopen('http://master:8080/json/'))['activeapps']))"
    assert docker("exec", cluster.container("master"), "python3", "-c", running) == "0"


def test_the_sql_server_cannot_write_the_tables_nor_read_the_secret_of_the_cluster(cluster: mini.Cluster) -> None:
    look = "touch /data/warehouse/x 2>/dev/null || echo read-only; cat /opt/spark-conf/spark-defaults.conf 2>/dev/null || echo none; env"
    shown = docker("exec", cluster.container("sql"), "sh", "-c", look).splitlines()
    assert shown[:2] == ["read-only", "none"]
    secret = (mini.FOLDER / "secrets" / "spark-defaults.conf").read_text("utf-8").split()[-1]
    assert not [line for line in shown if secret in line]


def test_the_master_accepts_no_submission_by_rest(cluster: mini.Cluster) -> None:
    connect = "import socket; print(socket.socket().connect_ex(('master', 6066)))"
    assert docker("exec", cluster.container("master"), "python3", "-c", connect) == str(errno.ECONNREFUSED)
