"""How many cards per second does `hublake crawl cards` fetch without a quota, compared with a bare Scrapy spider that stores nothing?"""

import json
from pathlib import Path

from deltalake import DeltaTable

from benchmarks.crawling import arguments, crawl, last_run, served, start, synthetic_store
from benchmarks.figure import show
from hublake.crawler.hub_api import cached_card_url

BARE = """
import sys
from pathlib import Path
from time import perf_counter

import scrapy
from scrapy.crawler import CrawlerProcess

class Cards(scrapy.Spider):
    name = "cards"
    custom_settings = {"CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "LOG_ENABLED": False}
    seen = 0

    async def start(self):
        self.began = perf_counter()
        for url in Path(sys.argv[1]).read_text().split():
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response):
        self.seen += 1

    def closed(self, reason):
        print(self.seen / (perf_counter() - self.began))

process = CrawlerProcess()
process.crawl(Cards)
process.start()
"""


def card_urls(listed: Path, endpoint: str) -> str:
    """Addresses of the listed cards, one per line: the bare spider requests the same as ours."""
    rows = DeltaTable(str(listed / "bronze" / "listings")).to_pyarrow_table(columns=["repo_id", "body"]).to_pylist()
    items = [json.loads(row["body"]) for row in rows]
    cards = [item for item in items if {"rfilename": "README.md"} in item.get("siblings", []) and "/" in item["id"]]
    return "\n".join(cached_card_url(endpoint, "model", item["id"], item["sha"]) for item in cards)


def main() -> None:
    """Both fetch the same cards from the same hub, alternately; the best of several rounds counts."""
    sizes = arguments(__doc__, models=8_000, rounds=3)
    ours, peers = [], []
    with synthetic_store(sizes.models) as (folder, store), served(store) as hub:
        crawl("models", hub.url, folder / "warehouse")
        urls = folder / "urls"
        urls.write_text(card_urls(folder / "warehouse", hub.url))
        for _ in range(sizes.rounds):
            peers.append(float(start(["-c", BARE, str(urls)], hub.url).communicate()[0]))
            crawl("cards", hub.url, folder / "warehouse", "--full")
            run = last_run(folder / "warehouse")
            ours.append(run["items"] / run["seconds"])
    show("cards", max(ours), max(peers), unit="cards/s", peer_name="a bare Scrapy spider", bar=">= 0.85")


if __name__ == "__main__":
    main()
