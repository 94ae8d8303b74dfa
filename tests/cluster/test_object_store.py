"""A warehouse at s3://, on a real S3 server on loopback behind a proxy that can respond with 503 for a while."""

import gzip
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import boto3
import pytest

from hublake.lake.delta.builds import BuildLog, PublishPlan
from hublake.lake.delta.repair import Repair, require_sound
from hublake.lake.delta.tables import append, open_table
from hublake.lake.errors import DamagedTable
from hublake.lake.schema.bronze import CRAWL_FAILURES
from hublake.lake.schema.gold.lineage import NETWORK_METRICS
from hublake.lake.settings import Settings, load
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.synthetic.generate import generate_hub
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.engine.warehouse_session import count_bronze_rows
from tests.cluster.object_store_server import ObjectStoreServer
from tests.cluster.standalone import Daemon
from tests.end_to_end.sql_clients import serving

ACCESS = {"AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "loopback only", "AWS_REGION": "eu-central-1", "AWS_ALLOW_HTTP": "true"}
OUTAGE_SECONDS = 10
DAY = date(2026, 1, 2)


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStoreServer]:
    with ObjectStoreServer() as store:
        yield store


@pytest.fixture
def settings(store: ObjectStoreServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as for a real store: credentials from the environment, the address of the store from conf/."""
    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    client = boto3.client("s3", endpoint_url=store.url, region_name=ACCESS["AWS_REGION"])
    if not client.list_buckets()["Buckets"]:
        client.create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": ACCESS["AWS_REGION"]})
    return load(flags={"warehouse": "s3://lake/hub", "storage.aws_endpoint_url": store.url})


def failures(crawl_id: str, count: int) -> list[dict[str, object]]:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    row = {"crawl_id": crawl_id, "snapshot_date": DAY, "reason": "made", "attempts": 1, "last_at": now}
    return [row | {"url": f"{crawl_id}/{number}"} for number in range(count)]


def test_two_crawls_and_a_build_survive_an_outage_and_lose_nothing(settings: Settings, store: ObjectStoreServer, tmp_path: Path) -> None:
    """All three run as commands; the crawls are slow enough to run during the whole outage."""
    crawled = replace(settings, warehouse="s3://lake/crawled")
    made = generate_hub(tmp_path / "hub.sqlite", models=400, seed=7, truth_dir=tmp_path / "truth")
    with PracticeHub(made, quotas=Quotas(api=10_000, resolvers=10_000), response_seconds=1.0) as hub:
        place = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path), "AWS_ENDPOINT_URL": store.url}
        place |= {"HUBLAKE_WAREHOUSE": crawled.warehouse, "HUBLAKE_CRAWL_BATCH_ROWS": "15", "HUBLAKE_CRAWL_CONCURRENCY": "3"}

        def hublake(name: str, *arguments: str) -> Daemon:
            return Daemon([sys.executable, "-m", "hublake.lake.cli", *arguments], tmp_path / name, place, tmp_path)

        listing = hublake("listing", "crawl", "models")
        assert listing.process.wait(60) == 0, listing.output()
        crawls = [hublake(f"shard{part}", "crawl", "cards", "--shard", f"{part}/2") for part in range(2)]
        build = hublake("build", "build", "models")
        try:
            build.wait_for("snapshot")
            before = store.refuse(OUTAGE_SECONDS)
            for started in (build, *crawls):
                assert started.process.wait(200) == 0, started.output()
        finally:
            for started in (build, *crawls):
                started.kill()
    assert store.refused > before
    with gzip.open(tmp_path / "truth" / "models.jsonl.gz", "rt", encoding="utf-8") as lines:
        models = [json.loads(line) for line in lines]
    readers = PublishedTables(crawled.warehouse, crawled.storage)
    with_card = sorted(row["hub_id"] for row in models if row["card_status"] == 200)
    assert [row[0] for row in readers.rows("SELECT hub_id FROM bronze.cards WHERE status = 200 ORDER BY 1")] == with_card
    assert readers.value("SELECT count(*) FROM silver.models") == len(models)


def test_bronze_rows_are_counted_from_the_logs_in_a_store_as_in_a_folder(settings: Settings, tmp_path: Path) -> None:
    for warehouse in (str(tmp_path), "s3://lake/counted"):
        chosen = replace(settings, warehouse=warehouse)
        assert count_bronze_rows(chosen.location) == 0
        append(chosen.location, CRAWL_FAILURES, failures("c", 2), {})
        append(chosen.location, CRAWL_FAILURES, failures("d", 3), {})
        assert count_bronze_rows(chosen.location) == 5


def test_damage_in_a_store_is_found_and_moved_away(settings: Settings) -> None:
    location = replace(settings, warehouse="s3://lake/damaged").location
    for number in range(2):
        append(location, NETWORK_METRICS, [{"snapshot_date": DAY, "metric": f"m{number}", "value": 1.0}], {})
    plan = PublishPlan(NETWORK_METRICS.full_name, str(DAY), (), (), {"fingerprint": "f"})
    BuildLog(location).record("run", "published", [(plan, 2)])
    assert require_sound(location, [NETWORK_METRICS]) == []
    client = boto3.client("s3", region_name=ACCESS["AWS_REGION"], endpoint_url=location.storage["aws_endpoint_url"])

    def keys() -> list[str]:
        return [str(found["Key"]) for found in client.list_objects_v2(Bucket="lake", Prefix="damaged/")["Contents"]]

    client.put_object(Bucket="lake", Key=next(key for key in keys() if key.endswith(".parquet") and "network" in key), Body=b"cut")
    with pytest.raises(DamagedTable, match=r"gold\.network_metrics is damaged: s3://lake/damaged/gold/.* has 3 bytes instead of"):
        require_sound(location, [NETWORK_METRICS])
    repair = Repair(location, [], [NETWORK_METRICS], lambda _: None).prepare()
    assert repair.rebuild == {NETWORK_METRICS.full_name: [DAY]}
    assert open_table(location, NETWORK_METRICS) is None
    moved = {key.split("/", 3)[3] for key in keys() if "/_damaged/" in key}
    assert f"gold/network_metrics/_delta_log/{2:020}.json" in moved


def test_the_sql_server_reads_a_store_and_has_its_credentials_in_no_variable(
    settings: Settings, store: ObjectStoreServer, tmp_path: Path
) -> None:
    chosen = replace(settings, warehouse="s3://lake/served")
    append(chosen.location, CRAWL_FAILURES, failures("crawl", 3), {})
    with serving(tmp_path / "server", chosen.warehouse, AWS_ENDPOINT_URL=store.url) as server:
        assert server.rows(f"SELECT count(*) FROM {CRAWL_FAILURES.full_name}") == [(3,)]
        secret = ACCESS["AWS_SECRET_ACCESS_KEY"].encode()
        found = server.environments_and_arguments()
        assert len(found) >= 2, "Python and a JVM"
        assert [each for each in found if secret in each] == []
