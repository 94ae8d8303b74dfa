"""Spark's options for a warehouse at s3://, from the settings that delta-rs reads."""

import math
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from hublake.lake.delta.store_errors import RETRY_TIMEOUT, report_unreachable_store
from hublake.lake.errors import WrongUse

S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem"
# The one of Delta's stores that makes a log file by `create, unless it exists` and nothing else. S3A turns that into a conditional PUT
# (If-None-Match), so two writers, and delta-rs beside them, never take each other's commit away. Delta's own for S3 looks first and
# writes after, which is safe for one driver alone.
CONDITIONAL_LOG_STORE = "io.delta.storage.GCSLogStore"
# S3A's key -> name of delta-rs's option, which is also that of AWS's variable of the environment.
SAME = {"endpoint": "aws_endpoint_url", "endpoint.region": "aws_region"}
FIRST_WAIT_SECONDS = 0.1  # fs.s3a.retry.throttle.interval, as S3A comes; each wait is twice the one before
SECONDS = {"s": 1, "m": 60, "h": 3600}


def object_store_options(storage: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Spark's options for s3://. Credentials are not among them: both sides take them from the environment or the machine's role."""
    chosen = {name.lower(): value for name, value in environ.items() if name.startswith("AWS_")}
    chosen |= {name.lower(): value for name, value in storage.items()}
    told = {f"spark.hadoop.fs.s3a.{key}": chosen[name] for key, name in SAME.items() if chosen.get(name)}
    if "aws_endpoint_url" in chosen:  # a store that is not Amazon's: its buckets are folders of its address
        told["spark.hadoop.fs.s3a.path.style.access"] = "true"
    if RETRY_TIMEOUT in chosen:
        told["spark.hadoop.fs.s3a.retry.throttle.limit"] = str(_waits(chosen[RETRY_TIMEOUT]))
    schemes = {"spark.hadoop.fs.s3.impl": S3A, "spark.hadoop.fs.s3a.create.conditional.enabled": "true"}
    return told | schemes | {f"spark.delta.logStore.{scheme}.impl": CONDITIONAL_LOG_STORE for scheme in ("s3", "s3a")}


def _waits(patience: str) -> int:
    """The most waits, each twice as long as the one before, that together do not outlast "300s" or "5m" (the form of delta-rs).

    S3A comes with 20, of which the last is longer than half a day: a build would neither end nor say why.
    """
    found = re.fullmatch(r"(\d+)\s*([smh])", patience.strip())
    if not found:
        raise WrongUse(f"storage.{RETRY_TIMEOUT} = '{patience}': write a whole number of seconds, minutes or hours, as 300s, 5m or 1h")
    seconds = int(found[1]) * SECONDS[found[2]]
    return max(1, int(math.log2(seconds / FIRST_WAIT_SECONDS + 1)))


def translate_spark_store_errors(address: str) -> AbstractContextManager[None]:
    """`report_unreachable_store` for a block that also reads and writes by Spark."""
    return report_unreachable_store(address, (OSError, Py4JJavaError, PySparkException))
