"""Rows on their way to bronze, whenever the crawl ends."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import crawler.sink
from crawler.delta import Row
from crawler.items import Rows
from crawler.sink import DeltaSink
from lake.settings import Settings
from lake.tables import Table
from lake.tables.bronze import LISTINGS


class SlowAppends:
    """Takes a while for each batch; `most_at_once` are those that were being written at one time."""

    def __init__(self) -> None:
        self.stored: list[Row] = []
        self.at_once = self.most_at_once = 0

    def append(self, table: Table, rows: Sequence[Row], place: Mapping[str, str]) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(0.1)
        self.stored += rows
        self.at_once -= 1


def test_a_crawl_that_ends_in_the_middle_of_a_batch_waits_for_it_and_counts_it_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawler.sink, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(crawler.sink, "SLOW_SECONDS", 0.0)
    appends, counted = SlowAppends(), Counter[str]()
    config = Settings()
    spider = SimpleNamespace(config=replace(config, crawl=replace(config.crawl, batch_seconds=0.0)), appends=appends)
    monkeypatch.setattr(crawler.sink, "spider_of", lambda _: spider)
    stats: Any = SimpleNamespace(inc_value=lambda name, n: counted.update({name: n}), set_value=counted.__setitem__)
    sink = DeltaSink(SimpleNamespace(stats=stats))  # type: ignore[arg-type]

    async def story() -> None:
        await sink.open_spider()
        await sink.process_item(Rows(LISTINGS, [{"position": 0}]))
        assert sink.waiting == ""
        while not appends.at_once:  # the batch is old enough at once
            await asyncio.sleep(0.001)
        assert sink.waiting == "bronze.listings takes no rows for 0 s"
        await sink.process_item(Rows(LISTINGS, [{"position": 1}]))
        await sink.close_spider()

    asyncio.run(story())
    assert [row["position"] for row in appends.stored] == [0, 1]
    assert appends.most_at_once == 1
    assert sink.waiting == ""
    assert counted == {"hublake/items": 2, "hublake/unwritten": 0}
