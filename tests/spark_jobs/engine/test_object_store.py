"""Spark options of an object store, and errors of one that does not respond."""

import pytest

from hublake.lake.errors import StoreUnreachable, WrongUse
from hublake.spark_jobs.engine.object_store import object_store_options, report_unreachable_spark_store

ACCESS = {"AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "loopback only"}


def test_spark_and_delta_rs_share_one_address_and_settings_override_the_environment() -> None:
    options = object_store_options(
        {"aws_endpoint_url": "http://store:9000"}, {"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://other"}
    )
    assert options["spark.hadoop.fs.s3a.endpoint"] == "http://store:9000"
    assert options["spark.hadoop.fs.s3a.endpoint.region"] == "eu-west-1"
    assert options["spark.hadoop.fs.s3a.path.style.access"] == "true"
    assert "spark.hadoop.fs.s3a.endpoint" not in object_store_options({}, {})


def test_the_options_of_a_session_contain_no_credential() -> None:
    options = object_store_options({}, ACCESS)
    assert not [name for name in options if "key" in name or ACCESS["AWS_SECRET_ACCESS_KEY"] in name]
    assert ACCESS["AWS_SECRET_ACCESS_KEY"] not in options.values()


@pytest.mark.parametrize(("timeout", "retries"), [("300s", 11), ("5m", 11), ("1h", 15), ("1s", 3), ("0s", 1)])
def test_spark_retries_no_longer_than_delta_rs_does(timeout: str, retries: int) -> None:
    """Pauses double from a tenth of a second: eleven take 205 s in total, twelve would take 410."""
    options = object_store_options({"retry_timeout": timeout}, {})
    assert options["spark.hadoop.fs.s3a.retry.throttle.limit"] == str(retries)


def test_an_invalid_timeout_is_refused() -> None:
    with pytest.raises(WrongUse, match="300s, 5m or 1h"):
        object_store_options({"retry_timeout": "soon"}, {})


DELTA_RS_ERROR = """Kernel error -> Generic S3 error
          \x1b[31m↳\x1b[0m Error performing GET http://store/lake/_delta_log/_last_checkpoint in 20.6s, after 15 retries
            \x1b[31m↳\x1b[0m 20s  - Server returned non-2xx status code
             \x1b[31m↳\x1b[0m 503 Service Unavailable"""


def test_an_unresponsive_store_is_reported_in_one_sentence_with_the_remedy() -> None:
    message = r"s3://lake/hub .*run the same command again .*Seen: Kernel error .* after 15 retries .* 503 Service Unavailable"
    with pytest.raises(StoreUnreachable, match=message), report_unreachable_spark_store("s3://lake/hub"):
        raise OSError(DELTA_RS_ERROR)


@pytest.mark.parametrize(("address", "problem"), [("warehouse", DELTA_RS_ERROR), ("s3://lake/hub", "Generic S3 error: 403 Forbidden")])
def test_any_other_error_passes_through(address: str, problem: str) -> None:
    with pytest.raises(OSError, match="S3 error"), report_unreachable_spark_store(address):
        raise OSError(problem)
