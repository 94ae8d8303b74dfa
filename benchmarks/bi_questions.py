"""How long do the questions of docs/questions take over JDBC, compared with DuckDB on the same files?

Needs a built warehouse (`hublake hub --models 100000`, crawl, build), which is only read. The SQL server is that of `hublake serve`.
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
from hublake.spark_jobs.engine.server_options import hive_options
from hublake.spark_jobs.engine.sql_server import SERVE_CONF, thrift_server
from hublake.spark_jobs.engine.warehouse_session import warehouse_session
from tools.dist import ROOT

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Latencies:
    """Seconds of the first and the later runs of one query by one client."""

    first: float
    later: list[float]


@click.command()
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@WAREHOUSE
@click.option("--rounds", default=5, show_default=True, help="Runs of each query after the first.")
def main(numbers: tuple[str, ...], warehouse: str | None, rounds: int) -> None:
    """Print three lines per question (all, or those numbered like 02 or 10): the first run, then the median and slowest of the others."""
    questions = [path for path in sorted((ROOT / "docs" / "questions").glob("*.sql")) if not numbers or path.stem[:2] in numbers]
    settings = load(flags={"warehouse": warehouse})
    published = PublishedTables(settings.warehouse, settings.storage)
    with warehouse_session(settings, SERVE_CONF) as lake, thrift_server(lake, hive_options(HOST, port := free_port(), None)):
        for question in questions:
            query = question.read_text("utf-8")
            ours = measure(partial(query_over_jdbc, port, query), rounds)
            peer = measure(partial(published.rows, query), rounds)
            show(f"{question.stem}, first", ours.first, peer.first, unit="s", peer_name="DuckDB")
            show(f"{question.stem}, median", median(ours.later), median(peer.later), unit="s", peer_name="DuckDB")
            show(
                f"{question.stem}, slowest",
                max(ours.later),
                max(peer.later),
                unit="s",
                peer_name="DuckDB",
                bar="5 s at 100,000 models",
            )


def measure(run: Callable[[], Any], rounds: int) -> Latencies:
    """Run once and then `rounds` times."""
    seconds = []
    for _ in range(rounds + 1):
        with lap() as taken:
            run()
        seconds.append(taken.seconds)
    return Latencies(seconds[0], seconds[1:])


def query_over_jdbc(port: int, query: str) -> list[Any]:
    """The rows of a query on a new connection, as the slowest BI tools do."""
    connection = hive.connect(HOST, port, username="anyone", password="any", auth="CUSTOM")  # noqa: S106  # any password is accepted
    try:
        cursor = connection.cursor()
        cursor.execute(query)
        return list(cursor.fetchall())
    finally:
        connection.close()


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
