"""The item pipeline: it buffers rows in memory and writes them to bronze in batches, by number, size and age.

Batches are written outside the reactor's thread, one after the other. A batch that cannot be written is kept as it is, and the crawl ends.
The last flush, when the spider closes, tries it once more: if it had been stored after all, its number shows that.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from time import monotonic
from typing import Self

import pyarrow as pa
from scrapy.crawler import Crawler

from hublake.crawler.items import Rows
from hublake.crawler.spiders.base import hub_spider
from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.delta.tables import Row
from hublake.lake.errors import ShardTaken
from hublake.lake.schema import Table
from hublake.lake.schema.bronze import CRAWL_FAILURES, LISTING_CERTIFICATES, REPO_CHECKS

logger = logging.getLogger(__name__)
CHECK_SECONDS = 1.0  # how often the age of the buffers is checked
SLOW_SECONDS = 30.0  # a healthy disk or object store takes a batch within seconds


@dataclass
class Buffer:
    """Rows of one table that are not stored yet."""

    rows: list[Row] = field(default_factory=list)
    body_bytes: int = 0
    oldest_at: float = 0.0
    checkpoint: dict[str, str] = field(default_factory=dict)

    def add(self, item: Rows) -> None:
        if not self.rows:
            self.oldest_at = monotonic()
        self.rows += item.rows
        self.body_bytes += item.body_bytes
        self.checkpoint.update(item.checkpoint)


class DeltaPipeline:
    """Scrapy item pipeline: writes `Rows` to the tables that they name."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._spider = hub_spider(crawler)
        self._config = self._spider.config
        self._buffers: dict[Table, Buffer] = {}
        self._unwritten: dict[Table, Buffer] = {}  # batches that could not be written
        self._lock = asyncio.Lock()
        self._current_write: tuple[Table, float] | None = None  # the table, and when its write began
        self._flusher: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def wait_reason(self) -> str:
        """Why nothing is stored, for the operator; empty while batches are written quickly."""
        if self._current_write is None:
            return ""
        table, began_at = self._current_write
        seconds = monotonic() - began_at
        return f"writing to {table.full_name} has taken {seconds:.0f} s" if seconds >= SLOW_SECONDS else ""

    async def open_spider(self) -> None:
        self._spider.flush = self._flush_all
        self._flusher = asyncio.create_task(self._flush_old_buffers())

    async def process_item(self, item: Rows) -> Rows:
        """Buffer the rows. If they fill a batch, it is written first, which slows the crawl down to the speed of the storage."""
        buffer = self._buffers.setdefault(item.table, Buffer())
        buffer.add(item)
        if self._is_full(buffer):
            await self._flush(item.table)
        return item

    async def close_spider(self) -> None:
        """Write what is left; count what cannot be written, so that the closing message reports it."""
        if self._flusher is not None:
            async with self._lock:  # not in the middle of a batch, whose result would then be lost
                self._flusher.cancel()
        await self._flush_all()
        waiting = sum(len(buffer.rows) for buffer in (*self._buffers.values(), *self._unwritten.values()))
        unwritten = waiting + self._crawler.stats.get_value("hublake/rejected", 0)
        self._crawler.stats.set_value("hublake/unwritten", unwritten)

    async def _flush_all(self) -> None:
        for table in list(self._buffers):
            await self._flush(table)

    def _is_full(self, buffer: Buffer) -> bool:
        crawl = self._config.crawl
        return len(buffer.rows) >= crawl.batch_rows or buffer.body_bytes >= crawl.batch_bytes

    async def _flush_old_buffers(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            for table, buffer in list(self._buffers.items()):
                if buffer.rows and monotonic() - buffer.oldest_at >= self._config.crawl.batch_seconds:
                    await self._flush(table)

    async def _flush(self, table: Table) -> None:
        async with self._lock:
            if table in self._unwritten and not await self._write(table, self._unwritten.pop(table)):
                return
            if self._buffers[table].rows:
                taken, self._buffers[table] = self._buffers[table], Buffer()
                await self._write(table, taken)

    async def _write(self, table: Table, batch: Buffer) -> bool:
        self._current_write = table, monotonic()
        try:
            rows = await asyncio.to_thread(self._storable, table, batch.rows)
            await asyncio.to_thread(self._spider.writer.append, table, rows, batch.checkpoint)
        except asyncio.CancelledError:
            raise
        except BaseException as problem:  # of any kind, and a panic of delta-rs is no Exception: the rows must not be lost
            self._unwritten[table] = batch
            self._fail(table, problem)
            return False
        finally:
            self._current_write = None
        self._count(table, len(rows))
        return True

    def _storable(self, table: Table, rows: list[Row]) -> list[Row]:
        """Return the rows without those that the table's types cannot hold, so that one of them costs itself and not the batch."""
        if _problem_of(table, rows) is None:
            return rows
        problems = [_problem_of(table, [row]) for row in rows]
        for row, problem in zip(rows, problems, strict=True):
            if problem is not None:
                ids = {name: row.get(name) for name in table.key}
                logger.error("a row of %s cannot be stored: %r: %s", table.full_name, ids, problem)
                self._crawler.stats.inc_value("hublake/rejected")
        return [row for row, problem in zip(rows, problems, strict=True) if problem is None]

    def _count(self, table: Table, rows: int) -> None:
        if table not in (CRAWL_FAILURES, LISTING_CERTIFICATES, REPO_CHECKS):
            self._crawler.stats.inc_value("hublake/items", rows)
        logger.info("%d rows into %s", rows, table.full_name)

    def _fail(self, table: Table, problem: BaseException) -> None:
        self._crawler.stats.set_value("hublake/is_shard_taken", isinstance(problem, ShardTaken))
        self._spider.fail(f"cannot write {table.full_name}", problem)


def _problem_of(table: Table, rows: list[Row]) -> Exception | None:
    """Return why Arrow cannot hold these rows; None if it can."""
    try:
        pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))
    except (ValueError, TypeError, OverflowError) as problem:  # pa.ArrowInvalid and UnicodeError are ValueErrors
        return problem
    return None
