"""The ten questions of docs/questions over JDBC, once warm, beside DuckDB in this process on the same files.

Takes a warehouse that was built (`hublake hub --models 100000`, crawl, build), serves it as `hublake serve` does and only reads it.
    python -m benchmarks.bi_questions --warehouse demo/warehouse
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import click
from pyhive import hive

from benchmarks.figure import lap, show
from hublake.lake.options import WAREHOUSE
from hublake.lake.settings import load
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.engine.sql_server import SERVE_CONF, hive_options, thrift_server
from hublake.spark_jobs.engine.warehouse_session import warehouse_session
from tools.dist import ROOT

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Asked:
    """Seconds of one question, asked again and again by one client: the first time, then each time."""

    first: float
    then: list[float]


@click.command()
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@WAREHOUSE
@click.option("--rounds", default=5, show_default=True, help="Times each question is asked after the first.")
def main(numbers: tuple[str, ...], warehouse: str | None, rounds: int) -> None:
    """Three lines a question (all, or those named as 02 or 10): the first time, then median and slowest."""
    questions = [path for path in sorted((ROOT / "docs" / "questions").glob("*.sql")) if not numbers or path.stem[:2] in numbers]
    settings = load(flags={"warehouse": warehouse})
    published = PublishedTables(settings.warehouse, settings.storage)
    with warehouse_session(settings, SERVE_CONF) as lake, thrift_server(lake, hive_options(HOST, port := free_port(), None)):
        for question in questions:
            query = question.read_text("utf-8")
            ours = asked(partial(over_jdbc, port, query), rounds)
            peer = asked(partial(published.rows, query), rounds)
            show(f"{question.stem}, first", ours.first, peer.first, unit="s", peer_name="DuckDB")
            show(f"{question.stem}, median", median(ours.then), median(peer.then), unit="s", peer_name="DuckDB")
            show(f"{question.stem}, slowest", max(ours.then), max(peer.then), unit="s", peer_name="DuckDB", bar="5 s at 100,000 models")


def asked(ask: Callable[[], Any], rounds: int) -> Asked:
    """Ask once and then so often."""
    seconds = []
    for _ in range(rounds + 1):
        with lap() as taken:
            ask()
        seconds.append(taken.seconds)
    return Asked(seconds[0], seconds[1:])


def over_jdbc(port: int, query: str) -> list[Any]:
    """By a client that logs in for each question, as the slowest of BI tools do."""
    connection = hive.connect(HOST, port, username="anyone", password="any", auth="CUSTOM")  # noqa: S106  # any word will do
    try:
        cursor = connection.cursor()
        cursor.execute(query)
        return list(cursor.fetchall())
    finally:
        connection.close()


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
