"""Reject a Spark master that cannot work before a JVM starts and retries for a minute."""

import re
import socket

from hublake.lake.errors import WrongUse

LOCAL = re.compile(r"local(?:-cluster\[\d+,\d+,\d+\]|\[(?:\d+|\*)(?:,\d+)?\])?")
STANDALONE = re.compile(r"spark://(?:[\w.-]+:\d{1,5},?)+")
CONNECT_SECONDS = 5.0


def require_master(master: str) -> None:
    """Raise WrongUse unless this is a local master, or a standalone one that accepts connections."""
    if LOCAL.fullmatch(master):
        return
    if not STANDALONE.fullmatch(master):
        raise WrongUse(
            f"--master {master} is neither local, local[N], local[*] nor spark://HOST:PORT."
            " Other masters need spark-submit (docs/operations.md)"
        )
    problems = [problem for address in master.removeprefix("spark://").split(",") if (problem := _problem(address))]
    if len(problems) == master.count(",") + 1:
        raise WrongUse(f"no Spark master accepts connections at {master}: {problems[0]}. Start it, or leave out --master to build here")


def _problem(address: str) -> str:
    """Why nothing accepts connections at HOST:PORT; empty if something does."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), CONNECT_SECONDS):
            return ""
    except (OSError, OverflowError) as error:
        return str(error.strerror if isinstance(error, OSError) and error.strerror else error) or type(error).__name__
