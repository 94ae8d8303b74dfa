"""Several processes that crawl one frontier, each its own shard, and appear as one: one bar, one log, one closing message.

A worker that dies is restarted and resumes its shard. Workers that lose their parent process end at once: the next run fetches what they
had not stored.
"""

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any

from hublake.crawler.checkpoint import assign_card_crawl, crawl_runs
from hublake.crawler.hub_api import cards_arguments
from hublake.crawler.listings.stored import newest_listing
from hublake.crawler.process import new_log_file, run_spider, show_progress_lines
from hublake.crawler.progress import UPDATE_SECONDS, CrawlProgress, ProgressDisplay, combine_progress
from hublake.crawler.run_summary import RunSummary, combine_summaries
from hublake.crawler.shards import Shard
from hublake.lake.errors import HublakeError
from hublake.lake.hub_requests import REPO_TYPES
from hublake.lake.settings import Settings
from hublake.lake.signals import on_stop_signal

logger = logging.getLogger("hublake.crawler.progress")
SPIDER = "cards"
MOST_STARTS = 4  # of one worker: whatever kills it more often will kill it again
EXIT_SECONDS = 30.0  # between a worker's result and its exit, in which libraries close their own threads


@dataclass
class Worker:
    """One process, and what it last reported."""

    shard: Shard
    options: Mapping[str, Any]
    process: SpawnProcess
    connection: Connection
    starts: int = 1
    progress: CrawlProgress | None = None
    result: RunSummary | HublakeError | None = None
    handles_signals: bool = False  # from its first report on
    is_stop_sent: bool = False


def run_workers(config: Settings, flags: Mapping[str, str], options: Mapping[str, Any], shards: Sequence[Shard]) -> RunSummary:
    """Crawl the cards with one process for each shard that has not ended yet."""
    kind = f"{SPIDER}-full" if options["full"] else SPIDER
    listing = newest_listing(config, REPO_TYPES[options["of"]])
    crawl_id, open_shards = assign_card_crawl(listing.newest.crawl_id, kind, shards, crawl_runs(config, SPIDER), is_new=options["new"])
    log_format = "%(asctime)s [%(name)s] %(levelname)s: %(message)s"
    logging.basicConfig(filename=new_log_file(SPIDER, config), level=logging.INFO, format=log_format)
    show_progress_lines()
    limits = {shard: _limit(options["limit"], index, len(shards)) for index, shard in enumerate(shards)}
    worker_options = {
        shard: {**options, "new": False, "limit": limits[shard], "shard": str(shard), "crawl_id": crawl_id}
        for shard in open_shards
        if limits[shard] != 0
    }
    failure = RunSummary(SPIDER, crawl_id, config.warehouse, config.endpoint, outcome="failed", arguments=cards_arguments(options["of"]))
    return _WorkerPool(config, flags, failure, worker_options).run()


def _limit(limit: int | None, index: int, workers: int) -> int | None:
    return None if limit is None else Shard(index, workers).portion_of(limit)


class _WorkerPool:
    """The workers of one crawl. `failure` is the summary of a worker that dies and is not restarted."""

    def __init__(self, config: Settings, flags: Mapping[str, str], failure: RunSummary, options: Mapping[Shard, Mapping[str, Any]]) -> None:
        self._config, self._flags, self._failure = config, flags, failure
        self._workers: list[Worker] = []
        self._is_stopping = False
        for shard, worker_options in options.items():
            self._workers.append(Worker(shard, worker_options, *self._start(worker_options)))

    def _start(self, options: Mapping[str, Any]) -> tuple[SpawnProcess, Connection]:
        context = multiprocessing.get_context("spawn")  # a fork would inherit the locks of the parent's threads
        ours, theirs = context.Pipe()
        process = context.Process(target=_run_worker, args=(theirs, self._config, dict(self._flags), dict(options)), daemon=True)
        process.start()
        theirs.close()
        return process, ours

    def run(self) -> RunSummary:
        with on_stop_signal(self._stop), ProgressDisplay(has_bar=sys.stderr.isatty()) as display:
            while any(worker.result is None for worker in self._workers):
                self._receive()
                reported = [worker.progress for worker in self._workers if worker.progress is not None]
                if len(reported) == len(self._workers):
                    display.show(combine_progress(reported))
        return combine_summaries([self._summary(worker) for worker in self._workers])

    def _receive(self) -> None:
        """Handle what workers report within the next half second."""
        workers = {worker.connection: worker for worker in self._workers if worker.result is None}
        for connection in wait(list(workers), UPDATE_SECONDS):
            worker = workers[connection]  # type: ignore[index]  # wait returns what it was given
            try:
                message = worker.connection.recv()
            except (EOFError, OSError):
                self._handle_death(worker)
                continue
            if isinstance(message, CrawlProgress):
                worker.progress, worker.handles_signals = message, True
                if self._is_stopping:
                    self._send_stop(worker)
            else:
                _wait_for_exit(worker.process)
                worker.result = message
                if isinstance(message, RunSummary) and message.is_shard_taken:  # by a worker of a killed crawl, which ends by now
                    self._restart(worker, message.problem)

    def _handle_death(self, worker: Worker) -> None:
        """Handle a connection that broke without a result: the process died."""
        worker.process.join()
        code = worker.process.exitcode or 0
        cause = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        worker.result = HublakeError(f"worker {worker.shard} died ({cause})")
        self._restart(worker, str(worker.result))

    def _restart(self, worker: Worker, reason: str) -> None:
        if self._is_stopping or worker.starts >= MOST_STARTS:
            logger.warning("%s; its shard stays unfinished", reason)
            return
        logger.warning("%s; restarted", reason)
        worker.connection.close()
        worker.handles_signals = worker.is_stop_sent = False  # before the process exists: a signal may arrive at any moment
        worker.starts, worker.result = worker.starts + 1, None
        worker.process, worker.connection = self._start(worker.options)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """Stop cleanly on the first signal, and at once on the second."""
        if self._is_stopping:
            for worker in self._workers:
                worker.process.kill()
        self._is_stopping = True
        for worker in self._workers:
            self._send_stop(worker)

    def _send_stop(self, worker: Worker) -> None:
        if worker.handles_signals and not worker.is_stop_sent and worker.process.pid is not None:
            worker.is_stop_sent = True
            with suppress(ProcessLookupError):
                os.kill(worker.process.pid, signal.SIGINT)

    def _summary(self, worker: Worker) -> RunSummary:
        result = worker.result
        return result if isinstance(result, RunSummary) else replace(self._failure, problem=str(result))


def _wait_for_exit(process: SpawnProcess) -> None:
    """Wait until a worker that has sent its result exits: everything that it fetched is stored by then."""
    process.join(EXIT_SECONDS)
    if process.is_alive():
        logger.warning("process %d does not exit by itself; killed", process.pid)
        process.kill()
        process.join()


def _run_worker(connection: Connection, config: Settings, flags: Mapping[str, str], options: Mapping[str, Any]) -> None:
    """Run one worker process. It has its own process group, so that Ctrl-C reaches it once: through its parent."""
    os.setpgrp()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until Scrapy handles it
    threading.Thread(target=_exit_with_parent, args=(connection,), daemon=True).start()
    try:
        connection.send(run_spider(SPIDER, config, flags, {**options, "report": connection.send}))
    except HublakeError as problem:
        connection.send(problem)


def _exit_with_parent(connection: Connection) -> None:
    with suppress(EOFError, OSError):
        connection.recv()  # the parent never sends: this returns when it ends
    os._exit(1)
