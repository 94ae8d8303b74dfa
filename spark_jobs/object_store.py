"""Warehouses at s3://: what Spark is told, from the very settings that delta-rs reads, so that one address serves both."""

from collections.abc import Mapping

S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem"
# The one of Delta's stores that makes a log file by `create, unless it exists` and nothing else. S3A turns that into a conditional PUT
# (If-None-Match), so two writers, and delta-rs beside them, never take each other's commit away. Delta's own for S3 looks first and
# writes after, which is safe for one driver alone.
CONDITIONAL_LOG_STORE = "io.delta.storage.GCSLogStore"
# S3A's key -> name of delta-rs's option, which is also that of AWS's variable of the environment.
SAME = {"endpoint": "aws_endpoint_url", "endpoint.region": "aws_region"}


def object_store_options(storage: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Spark's options for s3://. Credentials are not among them: both sides take them from the environment or the machine's role."""
    chosen = {name.lower(): value for name, value in environ.items() if name.startswith("AWS_")}
    chosen |= {name.lower(): value for name, value in storage.items()}
    told = {f"spark.hadoop.fs.s3a.{key}": chosen[name] for key, name in SAME.items() if chosen.get(name)}
    if "aws_endpoint_url" in chosen:  # a store that is not Amazon's: its buckets are folders of its address
        told["spark.hadoop.fs.s3a.path.style.access"] = "true"
    schemes = {"spark.hadoop.fs.s3.impl": S3A, "spark.hadoop.fs.s3a.create.conditional.enabled": "true"}
    return told | schemes | {f"spark.delta.logStore.{scheme}.impl": CONDITIONAL_LOG_STORE for scheme in ("s3", "s3a")}
