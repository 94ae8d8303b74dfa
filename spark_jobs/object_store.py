"""Warehouses at s3://: what Spark is told, from the very settings that delta-rs reads, and what is said of a store that is silent."""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from lake.errors import StoreUnreachable, WrongUse
from lake.places import is_local

S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem"
# The one of Delta's stores that makes a log file by `create, unless it exists` and nothing else. S3A turns that into a conditional PUT
# (If-None-Match), so two writers, and delta-rs beside them, never take each other's commit away. Delta's own for S3 looks first and
# writes after, which is safe for one driver alone.
CONDITIONAL_LOG_STORE = "io.delta.storage.GCSLogStore"
# S3A's key -> name of delta-rs's option, which is also that of AWS's variable of the environment.
SAME = {"endpoint": "aws_endpoint_url", "endpoint.region": "aws_region"}
# How long the one side waits for a store that answers 503, the other does too.
PATIENCE = "retry_timeout"
FIRST_WAIT_SECONDS = 0.1  # fs.s3a.retry.throttle.interval, as S3A comes; each wait is twice the one before
# A line of an error that comes of a store without an answer: of S3A, and of delta-rs in its box of arrows and colours.
SILENCE = re.compile(r".*(?:Status Code: 5\d\d|Unable to execute HTTP request|Generic S3 error.*(?: 5\d\d |error sending request)).*")
DRAWN = re.compile(r"(?:\x1b\[\d+m|[\s↳│╰─▶])+")
SEEN_CHARACTERS = 300
SECONDS = {"s": 1, "m": 60, "h": 3600}


def object_store_options(storage: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Spark's options for s3://. Credentials are not among them: both sides take them from the environment or the machine's role."""
    chosen = {name.lower(): value for name, value in environ.items() if name.startswith("AWS_")}
    chosen |= {name.lower(): value for name, value in storage.items()}
    told = {f"spark.hadoop.fs.s3a.{key}": chosen[name] for key, name in SAME.items() if chosen.get(name)}
    if "aws_endpoint_url" in chosen:  # a store that is not Amazon's: its buckets are folders of its address
        told["spark.hadoop.fs.s3a.path.style.access"] = "true"
    if PATIENCE in chosen:
        told["spark.hadoop.fs.s3a.retry.throttle.limit"] = str(_waits(chosen[PATIENCE]))
    schemes = {"spark.hadoop.fs.s3.impl": S3A, "spark.hadoop.fs.s3a.create.conditional.enabled": "true"}
    return told | schemes | {f"spark.delta.logStore.{scheme}.impl": CONDITIONAL_LOG_STORE for scheme in ("s3", "s3a")}


def _waits(patience: str) -> int:
    """The most waits, each twice as long as the one before, that together do not outlast "300s" or "5m" (the form of delta-rs).

    S3A comes with 20, of which the last is longer than half a day: a build would neither end nor say why.
    """
    found = re.fullmatch(r"(\d+)\s*([smh])", patience.strip())
    if not found:
        raise WrongUse(f"storage.{PATIENCE} = '{patience}': write a whole number of seconds, minutes or hours, as 300s, 5m or 1h")
    seconds = int(found[1]) * SECONDS[found[2]]
    return max(1, int(math.log2(seconds / FIRST_WAIT_SECONDS + 1)))


@contextmanager
def store_waited_for(address: str) -> Iterator[None]:
    """Raises StoreUnreachable in place of what delta-rs or Spark raise in the block where the store of the warehouse does not answer."""
    try:
        yield
    except (OSError, Py4JJavaError, PySparkException) as error:
        lines = str(error).splitlines() if not isinstance(error, OSError) else [str(error)]
        silence = next((plain for plain in (DRAWN.sub(" ", line) for line in lines) if SILENCE.fullmatch(plain)), None)
        if is_local(address) or silence is None:
            raise
        raise StoreUnreachable(
            f"the object store of {address} gave no answer for as long as it is waited for (storage.{PATIENCE} in conf/)."
            f" What was committed is whole: run the same command again once it answers. Seen: {silence.strip()[:SEEN_CHARACTERS]}"
        ) from error
