"""Buffered rows are stored, whenever the crawl ends."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

import hublake.crawler.pipeline
from hublake.crawler.items import Rows
from hublake.crawler.pipeline import DeltaPipeline
from hublake.lake.delta.tables import Row
from hublake.lake.schema import Table
from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.settings import Settings


class SlowWriter:
    """A writer whose writer last until `may_end` is set; `most_at_once` is the highest number of concurrent writer."""

    def __init__(self) -> None:
        self.stored: list[Row] = []
        self.may_end = Event()
        self.at_once = self.most_at_once = 0

    def append(self, table: Table, rows: Sequence[Row], checkpoint: Mapping[str, str]) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        assert self.may_end.wait(30)
        self.stored += rows
        self.at_once -= 1


def test_a_crawl_that_ends_during_a_write_waits_for_it_counts_it_and_reports_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hublake.crawler.pipeline, "CHECK_SECONDS", 0.001)
    clock = [100.0]
    monkeypatch.setattr(hublake.crawler.pipeline, "monotonic", lambda: clock[0])
    writer, counted = SlowWriter(), Counter[str]()
    config = Settings()
    spider = SimpleNamespace(config=replace(config, crawl=replace(config.crawl, batch_seconds=0.0)), writer=writer)
    monkeypatch.setattr(hublake.crawler.pipeline, "hub_spider", lambda _: spider)
    stats: Any = SimpleNamespace(inc_value=lambda name, n: counted.update({name: n}), set_value=counted.__setitem__, get_value=counted.get)
    pipeline = DeltaPipeline(SimpleNamespace(stats=stats))  # type: ignore[arg-type]

    async def scenario() -> None:
        await pipeline.open_spider()
        await pipeline.process_item(Rows(LISTINGS, [{"position": 0}]))
        while not writer.at_once:  # the batch is due immediately
            await asyncio.sleep(0.001)
        assert pipeline.wait_reason == ""
        clock[0] += 62
        assert pipeline.wait_reason == "writing to bronze.listings has taken 62 s"
        await pipeline.process_item(Rows(LISTINGS, [{"position": 1}]))
        closing = asyncio.create_task(pipeline.close_spider())
        await asyncio.sleep(0.01)  # long enough to write the second row
        writer.may_end.set()
        await closing

    asyncio.run(scenario())
    assert [row["position"] for row in writer.stored] == [0, 1]
    assert writer.most_at_once == 1
    assert pipeline.wait_reason == ""
    assert counted == {"hublake/items": 2, "hublake/unwritten": 0}
