"""The environment of the SQL server: it contains no secret, in case a client ever gets to read it."""

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import replace

from pyspark.sql import SparkSession

from hublake.lake.settings import Settings

SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|_KEY\b|_KEY_ID\b|APIKEY", re.IGNORECASE)
# Variables of an object store, which the server does need, and S3A's names for them.
STORE_KEYS = {
    "AWS_ACCESS_KEY_ID": "fs.s3a.access.key",
    "AWS_SECRET_ACCESS_KEY": "fs.s3a.secret.key",
    "AWS_SESSION_TOKEN": "fs.s3a.session.token",
}
PIPE = "SERVER_CREDENTIALS_PIPE"  # contains the number of a file descriptor
OVERRIDING = ("HIVE_SERVER2_",)  # variables that HiveServer2 prefers to its options, such as that of the address


def without_secrets(settings: Settings) -> Settings:
    """Start this process again without the secrets of its environment; returns in the new process.

    The credentials of an object store are handed over through a pipe and become settings, which stay in memory. Under spark-submit, which
    has started the JVM with the environment of its caller, nothing changes.
    """
    if "PYSPARK_GATEWAY_PORT" in os.environ:
        return settings
    if PIPE in os.environ:
        with open(int(os.environ.pop(PIPE)), encoding="utf-8") as pipe:  # noqa: PTH123  # a descriptor
            credentials = json.load(pipe)
        return replace(settings, storage={**credentials, **settings.storage})
    removed = [name for name in os.environ if is_secret(name) or name.startswith(OVERRIDING)]
    if removed:
        _start_again(os.environ, removed)
    return settings


def is_secret(name: str) -> bool:
    """Whether a variable contains a secret, by its name. One that names a file contains none."""
    return SECRET_NAME.search(name) is not None and not name.endswith(("_FILE", "_PATH"))


def _start_again(environ: Mapping[str, str], removed: list[str]) -> None:
    credentials = {name.lower(): environ[name] for name in STORE_KEYS if name in environ}
    reading, writing = os.pipe()
    os.write(writing, json.dumps(credentials).encode())
    os.close(writing)
    os.set_inheritable(reading, True)
    kept = {name: value for name, value in environ.items() if name not in removed}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], kept | {PIPE: str(reading)})  # this very command


def pass_credentials(spark: SparkSession, storage: Mapping[str, str]) -> None:
    """Give a running session the credentials of its object store, which are then neither in an argument nor in a variable."""
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()
    for name, key in STORE_KEYS.items():
        if value := storage.get(name.lower()):
            hadoop.set(key, value)
