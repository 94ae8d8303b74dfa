"""Which share of a quota does the crawler use, and what is refused, compared with huggingface_hub and Scrapy's AutoThrottle?

The windows are a tenth of the Hub's, at twice the rate of an anonymous client. The small scale works against the crawler: the Hub states
the end of a window in whole seconds, so up to two seconds at each edge are idle, which the rest must make up; and the reserve between
workers is a number of requests (some 10 to 20 for four), whatever the quota. Other load on the machine affects all four figures.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from deltalake import DeltaTable

from benchmarks.crawling import arguments, crawl, run_for, served, start, start_crawl, synthetic_store
from benchmarks.figure import show
from hublake.sample_hub.server.quota import Quotas

HUB_CLIENT = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from huggingface_hub import hf_hub_download

for name in Path(sys.argv[1]).read_text().split():
    with TemporaryDirectory() as folder:
        try:
            hf_hub_download(name, "README.md", local_dir=folder)
        except Exception:
            continue
"""
AUTO_THROTTLE = """
import sys
from pathlib import Path

import scrapy
from scrapy.crawler import CrawlerProcess

class Cards(scrapy.Spider):
    name = "cards"
    custom_settings = {"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_TARGET_CONCURRENCY": 8, "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
                       "AUTOTHROTTLE_START_DELAY": 0.1, "LOG_ENABLED": False}

    async def start(self):
        for name in Path(sys.argv[1]).read_text().split():
            yield scrapy.Request(f"{sys.argv[2]}/{name}/resolve/main/README.md", dont_filter=True)

    def parse(self, response):
        yield {"body": response.body}

process = CrawlerProcess()
process.crawl(Cards)
process.start()
"""
Processes = list["subprocess.Popen[str]"]


def crawls(url: str, listed: Path, workers: int) -> Processes:
    """Start independent crawls of cards, each into its own warehouse."""
    started = []
    for number in range(workers):
        warehouse = listed.parent / f"{workers}-workers-{number}"
        shutil.copytree(listed, warehouse)
        started.append(start_crawl("cards", url, warehouse))
    return started


def names_of(listed: Path) -> Path:
    """A file of the listed names, one per line, which the peers request."""
    names = DeltaTable(str(listed / "bronze" / "listings")).to_pyarrow_table(columns=["repo_id"]).column("repo_id").to_pylist()
    path = listed.parent / "names"
    path.write_text("\n".join(name for name in names if name))
    return path


def main() -> None:
    """Each crawls a hub of its own, with the same models and quota, for a number of windows."""
    sizes = arguments(__doc__, models=12_000, quota=600, window=30, windows=5, peer_windows=2)
    with synthetic_store(sizes.models) as (folder, store):
        listed = folder / "listed"
        with served(store) as hub:
            crawl("models", hub.url, listed)
        names = names_of(listed)

        def measured(what: str, windows: int, start_all: Callable[[str], Processes]) -> float:
            with served(store, Quotas(sizes.window, sizes.quota, sizes.quota, sizes.quota)) as hub:
                run_for((windows + 2) * sizes.window, lambda: start_all(hub.url))
                counts = hub.counts("resolvers")
            cards, share = counts.answered / (windows + 2), counts.share_used(sizes.quota)
            print(
                f"{what}: {share:.1%} of the quota used, {counts.refused} refused, {cards:.0f} cards per window; {counts.granted}",
                flush=True,
            )
            return cards

        one = measured("one worker", sizes.windows, lambda url: crawls(url, listed, 1))
        measured("four workers on one token", sizes.windows, lambda url: crawls(url, listed, 4))
        loop = "huggingface_hub, hf_hub_download one after the other"
        peer = measured(loop, sizes.peer_windows, lambda url: [start(["-c", HUB_CLIENT, str(names)], url)])
        measured("Scrapy with AutoThrottle", sizes.peer_windows, lambda url: [start(["-c", AUTO_THROTTLE, str(names), url], url)])
    show(
        "one worker",
        one,
        peer,
        unit="cards/window",
        peer_name="huggingface_hub",
        bar="98 % and with four workers 95 % used, none refused",
    )


if __name__ == "__main__":
    main()
