"""Spark options for a warehouse at s3://, derived from the settings that delta-rs reads."""

import math
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from hublake.lake.delta.store_errors import RETRY_TIMEOUT, report_unreachable_store
from hublake.lake.errors import WrongUse

S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem"
# Delta's only log store that writes a log file with a single "create if absent". S3A turns that into a conditional PUT (If-None-Match), so
# concurrent writers, including delta-rs, never overwrite each other's commits. Delta's own log store for S3 checks first and writes
# afterwards, which is safe for a single driver only.
CONDITIONAL_LOG_STORE = "io.delta.storage.GCSLogStore"
# S3A's key -> the option of delta-rs, which is also the name of the environment variable of AWS.
OPTION_OF_KEY = {"endpoint": "aws_endpoint_url", "endpoint.region": "aws_region"}
FIRST_PAUSE_SECONDS = 0.1  # S3A's default of fs.s3a.retry.throttle.interval; each pause is twice as long as the one before
SECONDS = {"s": 1, "m": 60, "h": 3600}


def object_store_options(storage: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Spark options for s3://. They contain no credentials: delta-rs and Spark take them from the environment or the machine's role."""
    chosen = {name.lower(): value for name, value in environ.items() if name.startswith("AWS_")}
    chosen |= {name.lower(): value for name, value in storage.items()}
    options = {f"spark.hadoop.fs.s3a.{key}": chosen[name] for key, name in OPTION_OF_KEY.items() if chosen.get(name)}
    if "aws_endpoint_url" in chosen:  # not Amazon's own store: buckets are paths below its address, not host names
        options["spark.hadoop.fs.s3a.path.style.access"] = "true"
    if RETRY_TIMEOUT in chosen:
        options["spark.hadoop.fs.s3a.retry.throttle.limit"] = str(_max_retries(chosen[RETRY_TIMEOUT]))
    schemes = {"spark.hadoop.fs.s3.impl": S3A, "spark.hadoop.fs.s3a.create.conditional.enabled": "true"}
    return options | schemes | {f"spark.delta.logStore.{scheme}.impl": CONDITIONAL_LOG_STORE for scheme in ("s3", "s3a")}


def _max_retries(timeout: str) -> int:
    """The most retries with doubling pauses that together do not exceed a timeout such as "300s" or "5m" (the format of delta-rs).

    S3A's default is 20 retries, the last of which pauses for more than half a day: a build would neither end nor report why.
    """
    found = re.fullmatch(r"(\d+)\s*([smh])", timeout.strip())
    if not found:
        raise WrongUse(f"storage.{RETRY_TIMEOUT} = '{timeout}': write a whole number of seconds, minutes or hours, such as 300s, 5m or 1h")
    seconds = int(found[1]) * SECONDS[found[2]]
    return max(1, int(math.log2(seconds / FIRST_PAUSE_SECONDS + 1)))


def report_unreachable_spark_store(address: str) -> AbstractContextManager[None]:
    """`report_unreachable_store` for a block that also reads and writes with Spark."""
    return report_unreachable_store(address, (OSError, Py4JJavaError, PySparkException))
