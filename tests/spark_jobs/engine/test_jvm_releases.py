"""Objects of the JVM that Python no longer uses are released in batches."""

import gc
import time
from typing import Any

import pytest
from py4j.clientserver import JavaClient
from py4j.protocol import GATEWAY_SERVER_OBJECT_ID, Py4JError, Py4JNetworkError
from pyspark.sql import SparkSession

from hublake.spark_jobs.engine.jvm_releases import OBJECTS_PER_RELEASE, BatchingClient

PATIENCE_SECONDS = 30.0


@pytest.fixture
def client() -> BatchingClient:
    """A client without a connection."""
    unconnected = BatchingClient.__new__(BatchingClient)
    unconnected.unreleased = []
    return unconnected


def test_objects_are_released_once_there_are_enough(client: BatchingClient) -> None:
    released: list[list[str]] = []
    client.release = released.append
    ids = [f"o{number}" for number in range(2 * OBJECTS_PER_RELEASE + 1)]
    for target_id in ids:
        client.garbage_collect_object(target_id, enqueue=False)
    assert released == [ids[:OBJECTS_PER_RELEASE], ids[OBJECTS_PER_RELEASE:-1]]
    assert client.unreleased == ids[-1:]


def test_the_gateway_itself_is_never_in_a_batch(client: BatchingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    passed_on: list[Any] = []
    monkeypatch.setattr(JavaClient, "garbage_collect_object", lambda _, *call: passed_on.append(call))
    client.garbage_collect_object(GATEWAY_SERVER_OBJECT_ID, enqueue=False)
    client.garbage_collect_object("o1")  # a finalizer, which may not wait for the JVM
    assert passed_on == [(GATEWAY_SERVER_OBJECT_ID, False), ("o1", True)]
    assert client.unreleased == []


@pytest.mark.parametrize("error", [Py4JNetworkError, Py4JError])
def test_a_jvm_that_has_ended_or_cannot_answer_is_no_error(client: BatchingClient, error: type[Exception]) -> None:
    def refuse(_: list[str]) -> None:
        raise error("connection refused")

    client.release = refuse
    for number in range(OBJECTS_PER_RELEASE):
        client.garbage_collect_object(f"o{number}", enqueue=False)
    assert client.unreleased == []


def test_the_jvm_keeps_only_objects_that_python_uses(spark: SparkSession) -> None:
    jvm, gateway = spark.sparkContext._jvm, spark.sparkContext._gateway
    kept = gateway.java_gateway_server.getGateway().getBindings()  # type: ignore[union-attr]
    used = jvm.java.util.ArrayList()  # type: ignore[union-attr]
    before = kept.size()
    objects = [jvm.java.util.ArrayList() for _ in range(2 * OBJECTS_PER_RELEASE)]  # type: ignore[union-attr]
    assert kept.size() >= before + 2 * OBJECTS_PER_RELEASE
    objects.clear()
    gc.collect()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while kept.size() > before + OBJECTS_PER_RELEASE and time.monotonic() < deadline:
        time.sleep(0.1)
    assert kept.size() <= before + OBJECTS_PER_RELEASE
    assert used.isEmpty()
