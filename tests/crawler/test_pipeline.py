"""Rows on their way to bronze, whenever the crawl ends."""

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


class SlowAppends:
    """Takes its time for each batch, until it `may_end`; `most_at_once` are those that were being written at one time."""

    def __init__(self) -> None:
        self.stored: list[Row] = []
        self.may_end = Event()
        self.at_once = self.most_at_once = 0

    def append(self, table: Table, rows: Sequence[Row], place: Mapping[str, str]) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        assert self.may_end.wait(30)
        self.stored += rows
        self.at_once -= 1


def test_a_crawl_that_ends_in_the_middle_of_a_batch_waits_for_it_and_counts_it_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hublake.crawler.pipeline, "CHECK_SECONDS", 0.001)
    clock = [100.0]
    monkeypatch.setattr(hublake.crawler.pipeline, "monotonic", lambda: clock[0])
    appends, counted = SlowAppends(), Counter[str]()
    config = Settings()
    spider = SimpleNamespace(config=replace(config, crawl=replace(config.crawl, batch_seconds=0.0)), writer=appends)
    monkeypatch.setattr(hublake.crawler.pipeline, "hub_spider", lambda _: spider)
    stats: Any = SimpleNamespace(inc_value=lambda name, n: counted.update({name: n}), set_value=counted.__setitem__)
    sink = DeltaPipeline(SimpleNamespace(stats=stats))  # type: ignore[arg-type]

    async def story() -> None:
        await sink.open_spider()
        await sink.process_item(Rows(LISTINGS, [{"position": 0}]))
        while not appends.at_once:  # the batch is old enough at once
            await asyncio.sleep(0.001)
        assert sink.wait_reason == ""
        clock[0] += 62
        assert sink.wait_reason == "writing to bronze.listings has taken 62 s"
        await sink.process_item(Rows(LISTINGS, [{"position": 1}]))
        closing = asyncio.create_task(sink.close_spider())
        await asyncio.sleep(0.01)  # in which it could write what came second
        appends.may_end.set()
        await closing

    asyncio.run(story())
    assert [row["position"] for row in appends.stored] == [0, 1]
    assert appends.most_at_once == 1
    assert sink.wait_reason == ""
    assert counted == {"hublake/items": 2, "hublake/unwritten": 0}
