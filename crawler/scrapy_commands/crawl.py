"""`scrapy crawl`, with an exit code that tells whether the crawl got everything."""

import argparse

from scrapy import Spider
from scrapy.commands.crawl import Command as FrameworkCrawl
from scrapy.crawler import Crawler

COMPLETE = ("finished", "limited")


class Command(FrameworkCrawl):
    """Scrapy's own exit code is 0 whatever was not fetched."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        super().run(args, opts)
        if self._crawler.stats is None or self._crawler.stats.get_value("hublake/outcome") not in COMPLETE:
            self.exitcode = 1

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        self._crawler = super()._create_crawler(spidercls)
        return self._crawler
