"""Which figures of a table are watched for drift."""

from hublake.expectations.drift import drift_expectations
from hublake.lake.schema.silver.models import MODELS


def test_the_digest_of_a_record_is_no_figure() -> None:
    watched = {str(expectation.configuration.description).rpartition(": ")[2] for expectation in drift_expectations(MODELS, {})}
    assert "downloads_30d" in watched
    assert "record_digest" not in watched
