"""What Spark is told of an object store."""

import pytest

from lake.errors import WrongUse
from spark_jobs.object_store import object_store_options

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
