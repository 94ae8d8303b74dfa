"""Several processes that crawl one frontier, each its shard, shown as one: one bar, one log, one last word.

A worker that dies without a word is started again and takes up its shard. Workers that lose their starter end at once: whatever
they had not stored is asked for again by the next run.
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

from hublake.crawler.frontier import newest_listing
from hublake.crawler.hub_api import REPO_TYPES, typed_cards
from hublake.crawler.progress import LOOK_SECONDS, Screen, State, summed
from hublake.crawler.resume import crawl_of_cards, runs_of
from hublake.crawler.run import Summary, together
from hublake.crawler.shards import Shard
from hublake.crawler.start import log_file, run, show_lines
from hublake.lake.errors import HublakeError
from hublake.lake.settings import Settings
from hublake.lake.signals import ending_by

logger = logging.getLogger("hublake.crawler.progress")
SPIDER = "cards"
MOST_STARTS = 4  # of one worker: what kills it more often will kill it again
PARTING_SECONDS = 30.0  # from a worker's last word to its end; libraries close threads of their own then


@dataclass
class Worker:
    """One process and what it said last."""

    shard: Shard
    options: Mapping[str, Any]
    process: SpawnProcess
    line: Connection
    starts: int = 1
    state: State | None = None
    ended: Summary | HublakeError | None = None
    is_listening: bool = False  # to signals: from its first word on
    is_told_to_end: bool = False


def run_together(config: Settings, flags: Mapping[str, str], options: Mapping[str, Any], shards: Sequence[Shard]) -> Summary:
    """Crawl the cards with a process for each shard that is not through yet."""
    kind = f"{SPIDER}-full" if options["full"] else SPIDER
    listing = newest_listing(config, REPO_TYPES[options["of"]])
    crawl_id, open_shards = crawl_of_cards(listing.newest.crawl_id, kind, shards, runs_of(config, SPIDER), is_new=options["new"])
    logging.basicConfig(filename=log_file(SPIDER, config), level=logging.INFO, format="%(asctime)s [%(name)s] %(levelname)s: %(message)s")
    show_lines()
    limits = {shard: _limit(options["limit"], place, len(shards)) for place, shard in enumerate(shards)}
    each = {
        shard: {**options, "new": False, "limit": limits[shard], "shard": str(shard), "crawl_id": crawl_id}
        for shard in open_shards
        if limits[shard] != 0
    }
    own = Summary(SPIDER, crawl_id, config.warehouse, config.endpoint, outcome="failed", typed=typed_cards(options["of"]))
    return _Team(config, flags, own, each).run()


def _limit(limit: int | None, place: int, workers: int) -> int | None:
    return None if limit is None else Shard(place, workers).share_of(limit)


class _Team:
    """The workers of one crawl, from the first start to the last word."""

    def __init__(self, config: Settings, flags: Mapping[str, str], own: Summary, options: Mapping[Shard, Mapping[str, Any]]) -> None:
        self._config, self._flags, self._own = config, flags, own
        self._workers: list[Worker] = []
        self._is_ending = False
        for shard, told in options.items():
            self._workers.append(Worker(shard, told, *self._started(told)))

    def _started(self, options: Mapping[str, Any]) -> tuple[SpawnProcess, Connection]:
        context = multiprocessing.get_context("spawn")  # a fork would take along the parent's threads' locks
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, self._config, dict(self._flags), dict(options)), daemon=True)
        process.start()
        theirs.close()
        return process, ours

    def run(self) -> Summary:
        with ending_by(self._end), Screen(has_bar=sys.stderr.isatty()) as screen:
            while any(worker.ended is None for worker in self._workers):
                self._hear()
                states = [worker.state for worker in self._workers if worker.state is not None]
                if len(states) == len(self._workers):
                    screen.show(summed(states))
        return together([self._summary(worker) for worker in self._workers])

    def _hear(self) -> None:
        """What workers say within the next half second."""
        lines = {worker.line: worker for worker in self._workers if worker.ended is None}
        for line in wait(list(lines), LOOK_SECONDS):
            worker = lines[line]  # type: ignore[index]  # wait answers what it was given
            try:
                said = worker.line.recv()
            except (EOFError, OSError):
                self._mourn(worker)
                continue
            if isinstance(said, State):
                worker.state, worker.is_listening = said, True
                if self._is_ending:
                    self._tell_to_end(worker)
            else:
                _see_off(worker.process)
                worker.ended = said
                if isinstance(said, Summary) and said.is_shard_taken:  # by one that a killed crawl left and that ends now
                    self._start_again(worker, said.problem)

    def _mourn(self, worker: Worker) -> None:
        """A line that broke without a last word: the process died."""
        worker.process.join()
        code = worker.process.exitcode or 0
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        worker.ended = HublakeError(f"worker {worker.shard} died ({how})")
        self._start_again(worker, str(worker.ended))

    def _start_again(self, worker: Worker, why: str) -> None:
        if self._is_ending or worker.starts >= MOST_STARTS:
            logger.warning("%s; its shard stays unfinished", why)
            return
        logger.warning("%s; started again", why)
        worker.line.close()
        worker.is_listening = worker.is_told_to_end = False  # before there is a process: a signal may come at any moment
        worker.starts, worker.ended = worker.starts + 1, None
        worker.process, worker.line = self._started(worker.options)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        """The first signal ends cleanly, the second at once."""
        if self._is_ending:
            for worker in self._workers:
                worker.process.kill()
        self._is_ending = True
        for worker in self._workers:
            self._tell_to_end(worker)

    def _tell_to_end(self, worker: Worker) -> None:
        if worker.is_listening and not worker.is_told_to_end and worker.process.pid is not None:
            worker.is_told_to_end = True
            with suppress(ProcessLookupError):
                os.kill(worker.process.pid, signal.SIGINT)

    def _summary(self, worker: Worker) -> Summary:
        ended = worker.ended
        return ended if isinstance(ended, Summary) else replace(self._own, problem=str(ended))


def _see_off(process: SpawnProcess) -> None:
    """Wait for a worker that has said its last word: whatever it does now, all that it fetched is stored."""
    process.join(PARTING_SECONDS)
    if process.is_alive():
        logger.warning("process %d does not end by itself; killed", process.pid)
        process.kill()
        process.join()


def _work(line: Connection, config: Settings, flags: Mapping[str, str], options: Mapping[str, Any]) -> None:
    """The process of one worker. It has a group of its own, so that Ctrl-C reaches it once: through its starter."""
    os.setpgrp()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until Scrapy listens to it
    threading.Thread(target=_end_with_starter, args=(line,), daemon=True).start()
    try:
        line.send(run(SPIDER, config, flags, {**options, "report": line.send}))
    except HublakeError as problem:
        line.send(problem)


def _end_with_starter(line: Connection) -> None:
    with suppress(EOFError, OSError):
        line.recv()  # nothing is ever said on it: it ends when the starter does
    os._exit(1)
