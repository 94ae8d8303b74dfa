"""A warehouse at s3://, on a real S3 server on loopback behind a gate that can answer 503 for a while."""

import json
import multiprocessing
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pyspark.sql import SparkSession

from crawler.delta import append, opened
from expectations.gate import Gate
from lake.settings import Settings, load
from lake.tables.bronze import CRAWL_FAILURES, CRAWL_RUNS, LISTINGS
from lake.tables.silver import MODELS
from spark_jobs.command import bronze_rows
from spark_jobs.export.published import Published
from spark_jobs.object_store import object_store_options
from spark_jobs.runner import Build, Step
from spark_jobs.storage import Warehouse

ACCESS = {"AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "loopback only", "AWS_REGION": "eu-central-1", "AWS_ALLOW_HTTP": "true"}
SILENT_SECONDS = 10
DAY = date(2026, 1, 2)


def gate(behind: tuple[str, int], ends_at: Any, refused: Any) -> ThreadingHTTPServer:
    """A server in front of another that hands everything on, but for the seconds in which it answers 503."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handed_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if time.monotonic() < ends_at.value:
                refused.value += 1
                self._answer(503, {}, b"")
                return
            connection = HTTPConnection(*behind, timeout=30)
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in ("connection", "transfer-encoding")}
            self._answer(answer.status, kept, answer.read())
            connection.close()

        for verb in ("GET", "HEAD", "PUT", "POST", "DELETE"):
            vars()[f"do_{verb}"] = handed_on

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response_only(status)
            told = {name: value for name, value in headers.items() if name.lower() != "content-length" or self.command == "HEAD"}
            for name, value in told.items():
                self.send_header(name, value)
            if self.command != "HEAD":
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def serve(ends_at: Any, refused: Any, told: Any) -> None:
    """A store behind its gate, until the process is ended."""
    store = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    store.start()
    server = gate(store.get_host_and_port(), ends_at, refused)
    told.send(server.server_port)
    server.serve_forever()


class Outage:
    """The store, in a process of its own: some calls of delta-rs let no other thread of Python run while they wait for an answer."""

    def __init__(self) -> None:
        apart = multiprocessing.get_context("spawn")
        self._ends_at, self._refused = apart.Value("d", 0.0), apart.Value("i", 0)
        listening, told = apart.Pipe(duplex=False)
        self.process = apart.Process(target=serve, args=(self._ends_at, self._refused, told), daemon=True)
        self.process.start()
        self.url = f"http://127.0.0.1:{listening.recv()}"

    def begin(self) -> None:
        self._ends_at.value = time.monotonic() + SILENT_SECONDS

    @property
    def refused(self) -> int:
        return int(self._refused.value)


@pytest.fixture(scope="module")
def outage() -> Iterator[Outage]:
    outage = Outage()
    yield outage
    outage.process.terminate()
    outage.process.join()


@pytest.fixture
def settings(outage: Outage, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Credentials come from the environment, the address of the store from conf/, as on a real one."""
    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    client = boto3.client("s3", endpoint_url=outage.url, region_name=ACCESS["AWS_REGION"])
    if not client.list_buckets()["Buckets"]:
        client.create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": ACCESS["AWS_REGION"]})
    return load(flags={"warehouse": "s3://lake/hub", "storage.aws_endpoint_url": outage.url})


def failures(crawl_id: str, count: int) -> list[dict[str, object]]:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    row = {"crawl_id": crawl_id, "snapshot_date": DAY, "reason": "made", "attempts": 1, "last_at": now}
    return [row | {"url": f"{crawl_id}/{number}"} for number in range(count)]


def together(*tasks: threading.Thread) -> None:
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()


def crawler(settings: Settings, crawl_id: str, commits: int) -> threading.Thread:
    def write() -> None:
        for row in failures(crawl_id, commits):
            append(settings, CRAWL_FAILURES, [row], {"crawl_id": crawl_id})

    return threading.Thread(target=write)


def urls(settings: Settings) -> list[str]:
    table = opened(settings, CRAWL_FAILURES)
    assert table is not None
    return sorted(table.to_pyarrow_table().column("url").to_pylist())


def listing(settings: Settings, models: Sequence[str]) -> None:
    """A finished crawl of these models."""
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    of_crawl = {"crawl_id": "whole", "snapshot_date": DAY}
    listed = of_crawl | {"repo_type": "model", "page": 0, "fetched_at": moment}
    bodies = [json.dumps({"id": model}) for model in models]
    append(settings, LISTINGS, [listed | {"position": n, "hub_id": f"h{n}", "body": body} for n, body in enumerate(bodies)], {})
    counts = dict.fromkeys(("requests", "items", "refused", "retries", "failures"), 0)
    run = {"spider": "models", "shard": "0/1", "outcome": "finished", "started_at": moment, "finished_at": moment}
    append(settings, CRAWL_RUNS, [of_crawl | run | counts], {})


def told_of_the_store(spark: SparkSession, settings: Settings) -> None:
    """The session of the tests began before there was a store."""
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()
    keys = {"access.key": ACCESS["AWS_ACCESS_KEY_ID"], "secret.key": ACCESS["AWS_SECRET_ACCESS_KEY"]}
    told = object_store_options(settings.storage, ACCESS) | {f"spark.hadoop.fs.s3a.{name}": value for name, value in keys.items()}
    for name, value in told.items():
        if name.startswith("spark.hadoop."):  # Delta's own part was set when the session began, as for every build
            hadoop.set(name.removeprefix("spark.hadoop."), value)


def test_two_crawlers_and_a_build_that_write_at_once_through_an_outage_lose_nothing(
    spark: SparkSession, settings: Settings, outage: Outage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # results of the gate lie there
    told_of_the_store(spark, settings)
    names = ["a/x", "a/y", "b/z"]
    listing(settings, names)
    steps: list[Step] = []

    def build() -> None:
        warehouse = Warehouse(spark, settings.warehouse, settings.storage)
        steps.extend(Build(warehouse, settings, Gate(warehouse.address)).run([MODELS]))

    outage.begin()
    together(threading.Thread(target=build), crawler(settings, "a", 5), crawler(settings, "b", 5))
    assert outage.refused > 0
    assert urls(settings) == [f"{crawl_id}/{number}" for crawl_id in "ab" for number in range(5)]
    assert [step.rows for step in steps if step.table == MODELS] == [len(names)]
    readers = Published(settings.warehouse, settings.storage)
    assert readers.rows("SELECT model_id FROM silver.models ORDER BY 1") == [(name,) for name in names]


def test_how_much_bronze_holds_is_told_by_its_logs_alike_in_a_store_and_in_a_folder(settings: Settings, tmp_path: Path) -> None:
    for warehouse in (str(tmp_path), "s3://lake/weighed"):
        place = replace(settings, warehouse=warehouse)
        assert bronze_rows(warehouse, place.storage) == 0
        append(place, CRAWL_FAILURES, failures("c", 2), {})
        append(place, CRAWL_FAILURES, failures("d", 3), {})
        assert bronze_rows(warehouse, place.storage) == 5
