"""The item pipeline: rows gather in memory and land in bronze in batches, by number, size and age.

Writing happens off the reactor's thread, one batch at a time. A batch that could not be written stays as it is and the crawl
ends; the last flush at the close tries it once more, so that one that did land is known by its number.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from time import monotonic
from typing import Self

from scrapy.crawler import Crawler

from hublake.crawler.items import Rows
from hublake.crawler.spider import spider_of
from hublake.lake.delta.tables import Row
from hublake.lake.errors import ShardTaken
from hublake.lake.schema import Table
from hublake.lake.schema.bronze import CRAWL_FAILURES, REPO_CHECKS

logger = logging.getLogger(__name__)
LOOK_SECONDS = 1.0  # how often the buffers' age is looked at
SLOW_SECONDS = 30.0  # a batch lands within seconds where nothing is wrong with the disk or the object store


@dataclass
class Buffer:
    """Rows of one table that are not on disk yet."""

    rows: list[Row] = field(default_factory=list)
    body_bytes: int = 0
    oldest_at: float = 0.0
    place: dict[str, str] = field(default_factory=dict)

    def add(self, item: Rows) -> None:
        if not self.rows:
            self.oldest_at = monotonic()
        self.rows += item.rows
        self.body_bytes += item.body_bytes
        self.place.update(item.place)


class DeltaSink:
    """Scrapy pipeline from `Rows` into the tables that they name."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._spider = spider_of(crawler)
        self._config = self._spider.config
        self._buffers: dict[Table, Buffer] = {}
        self._stuck: dict[Table, Buffer] = {}  # batches that could not be written
        self._writing = asyncio.Lock()
        self._at_work: tuple[Table, float] | None = None  # what is written, and since when
        self._watch: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def waiting(self) -> str:
        """Why nothing is stored, in words; empty while batches land soon."""
        if self._at_work is None:
            return ""
        table, began_at = self._at_work
        seconds = monotonic() - began_at
        return f"{table.full_name} takes no rows for {seconds:.0f} s" if seconds >= SLOW_SECONDS else ""

    async def open_spider(self) -> None:
        self._spider.flush = self._flush_all
        self._watch = asyncio.create_task(self._flush_old())

    async def process_item(self, item: Rows) -> Rows:
        """Take the rows; returns late when they fill a batch, which slows the crawl to the speed of the disk."""
        buffer = self._buffers.setdefault(item.table, Buffer())
        buffer.add(item)
        if self._is_full(buffer):
            await self._flush(item.table)
        return item

    async def close_spider(self) -> None:
        """Write what is left; what cannot be written is counted, so that the crawl's last words say it."""
        if self._watch is not None:
            async with self._writing:  # not in the middle of a batch, which nobody would know of any more
                self._watch.cancel()
        await self._flush_all()
        unwritten = sum(len(buffer.rows) for buffer in (*self._buffers.values(), *self._stuck.values()))
        self._crawler.stats.set_value("hublake/unwritten", unwritten)

    async def _flush_all(self) -> None:
        for table in list(self._buffers):
            await self._flush(table)

    def _is_full(self, buffer: Buffer) -> bool:
        crawl = self._config.crawl
        return len(buffer.rows) >= crawl.batch_rows or buffer.body_bytes >= crawl.batch_bytes

    async def _flush_old(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for table, buffer in list(self._buffers.items()):
                if buffer.rows and monotonic() - buffer.oldest_at >= self._config.crawl.batch_seconds:
                    await self._flush(table)

    async def _flush(self, table: Table) -> None:
        async with self._writing:
            if table in self._stuck and not await self._write(table, self._stuck.pop(table)):
                return
            if self._buffers[table].rows:
                taken, self._buffers[table] = self._buffers[table], Buffer()
                await self._write(table, taken)

    async def _write(self, table: Table, batch: Buffer) -> bool:
        self._at_work = table, monotonic()
        try:
            await asyncio.to_thread(self._spider.appends.append, table, batch.rows, batch.place)
        except Exception as problem:  # whatever the disk or the object store says: the rows must outlive it
            self._stuck[table] = batch
            self._fail(table, problem)
            return False
        finally:
            self._at_work = None
        self._count(table, len(batch.rows))
        return True

    def _count(self, table: Table, rows: int) -> None:
        if table not in (CRAWL_FAILURES, REPO_CHECKS):
            self._crawler.stats.inc_value("hublake/items", rows)
        logger.info("%d rows into %s", rows, table.full_name)

    def _fail(self, table: Table, problem: Exception) -> None:
        logger.error("cannot write %s", table.full_name, exc_info=problem)
        self._crawler.stats.set_value("hublake/problem", f"cannot write {table.full_name}: {str(problem)[:300]}")
        self._crawler.stats.set_value("hublake/is_shard_taken", isinstance(problem, ShardTaken))
        self._spider.end("sink_failed")
