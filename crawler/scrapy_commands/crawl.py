"""`scrapy crawl` with an exit code that shows whether the crawl fetched everything."""

import argparse

from scrapy import Spider
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler

from hublake.lake.enums import COMPLETE_OUTCOMES


class Command(ScrapyCrawl):
    """Scrapy's own command exits with 0 even if requests failed."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        super().run(args, opts)
        if self._crawler.stats is None or self._crawler.stats.get_value("hublake/outcome") not in COMPLETE_OUTCOMES:
            self.exitcode = 1

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        self._crawler = super()._create_crawler(spidercls)
        return self._crawler
