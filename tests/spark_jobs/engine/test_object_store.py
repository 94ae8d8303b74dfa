"""What Spark is told of an object store."""

import pytest

from hublake.lake.errors import StoreUnreachable, WrongUse
from hublake.spark_jobs.engine.object_store import object_store_options, report_unreachable_spark_store

ACCESS = {"AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "loopback only"}


def test_one_address_serves_both_sides_and_settings_stand_above_the_environment() -> None:
    told = object_store_options({"aws_endpoint_url": "http://store:9000"}, {"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://other"})
    assert told["spark.hadoop.fs.s3a.endpoint"] == "http://store:9000"
    assert told["spark.hadoop.fs.s3a.endpoint.region"] == "eu-west-1"
    assert told["spark.hadoop.fs.s3a.path.style.access"] == "true"
    assert "spark.hadoop.fs.s3a.endpoint" not in object_store_options({}, {})


def test_no_credential_gets_into_the_options_of_a_session() -> None:
    told = object_store_options({}, ACCESS)
    assert not [name for name in told if "key" in name or ACCESS["AWS_SECRET_ACCESS_KEY"] in name]
    assert ACCESS["AWS_SECRET_ACCESS_KEY"] not in told.values()


@pytest.mark.parametrize(("patience", "waits"), [("300s", 11), ("5m", 11), ("1h", 15), ("1s", 3), ("0s", 1)])
def test_spark_waits_for_a_store_no_longer_than_delta_rs_does(patience: str, waits: int) -> None:
    """Its waits double from a tenth of a second: eleven take 205 s together, a twelfth would make them 410."""
    told = object_store_options({"retry_timeout": patience}, {})
    assert told["spark.hadoop.fs.s3a.retry.throttle.limit"] == str(waits)


def test_a_patience_that_is_no_time_is_refused() -> None:
    with pytest.raises(WrongUse, match="300s, 5m or 1h"):
        object_store_options({"retry_timeout": "soon"}, {})


OF_DELTA_RS = """Kernel error -> Generic S3 error
          \x1b[31m↳\x1b[0m Error performing GET http://store/lake/_delta_log/_last_checkpoint in 20.6s, after 15 retries
            \x1b[31m↳\x1b[0m 20s  - Server returned non-2xx status code
             \x1b[31m↳\x1b[0m 503 Service Unavailable"""


def test_a_store_that_is_silent_is_told_in_a_sentence_that_says_what_to_do() -> None:
    told = r"s3://lake/hub .*run the same command again .*Seen: Kernel error .* after 15 retries .* 503 Service Unavailable"
    with pytest.raises(StoreUnreachable, match=told), report_unreachable_spark_store("s3://lake/hub"):
        raise OSError(OF_DELTA_RS)


@pytest.mark.parametrize(("address", "problem"), [("warehouse", OF_DELTA_RS), ("s3://lake/hub", "Generic S3 error: 403 Forbidden")])
def test_what_is_no_silence_of_a_store_stays_what_it_is(address: str, problem: str) -> None:
    with pytest.raises(OSError, match="S3 error"), report_unreachable_spark_store(address):
        raise OSError(problem)
