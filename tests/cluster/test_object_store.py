"""A warehouse at s3://, on a real S3 server on loopback behind a gate that can answer 503 for a while."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from crawler.delta import append, opened
from lake.settings import Settings, load
from lake.tables.bronze import CRAWL_FAILURES
from spark_jobs.command import bronze_rows

ACCESS = {"AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "loopback only", "AWS_REGION": "eu-central-1", "AWS_ALLOW_HTTP": "true"}
SILENT_SECONDS = 10
DAY = date(2026, 1, 2)


class Outage:
    """A server in front of another that hands everything on, but for the seconds in which it answers 503."""

    def __init__(self, behind: tuple[str, int]) -> None:
        self.ends_at = 0.0
        self.refused = 0
        outage = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handed_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if time.monotonic() < outage.ends_at:
                    outage.refused += 1
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

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def begin(self) -> None:
        self.ends_at = time.monotonic() + SILENT_SECONDS


@pytest.fixture(scope="module")
def outage() -> Iterator[Outage]:
    store = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    store.start()
    outage = Outage(store.get_host_and_port())
    yield outage
    outage.server.shutdown()
    outage.server.server_close()
    store.stop()


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


def test_two_crawlers_that_write_at_once_through_an_outage_lose_nothing(settings: Settings, outage: Outage) -> None:
    outage.begin()
    together(crawler(settings, "a", 5), crawler(settings, "b", 5))
    assert outage.refused > 0
    assert [url for url in urls(settings) if url[0] in "ab"] == [f"{crawl_id}/{number}" for crawl_id in "ab" for number in range(5)]


def test_how_much_bronze_holds_is_told_by_its_logs_alike_in_a_store_and_in_a_folder(settings: Settings, tmp_path: Path) -> None:
    for warehouse in (str(tmp_path), "s3://lake/weighed"):
        place = replace(settings, warehouse=warehouse)
        assert bronze_rows(warehouse, place.storage) == 0
        append(place, CRAWL_FAILURES, failures("c", 2), {})
        append(place, CRAWL_FAILURES, failures("d", 3), {})
        assert bronze_rows(warehouse, place.storage) == 5
