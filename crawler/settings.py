"""Scrapy's settings. Each value stands here because the framework's own, noted beside it, is not right for this crawl.

What differs by place (contact, concurrency, time-out ...) comes from Hublake's settings: see `derived`.
"""

from importlib.metadata import version
from typing import Any

from hublake.lake.settings import Settings

BOT_NAME = "hublake"  # scrapybot
SPIDER_MODULES = ["hublake.crawler.spiders"]  # []
COMMANDS_MODULE = "hublake.crawler.scrapy_commands"  # ""; `scrapy crawl` with an exit code that tells
ROBOTSTXT_OBEY = False  # False; said aloud: this is a client of the Hub's documented API, within its quotas, and walks no pages

DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {  # {}
    # Nearest to the wire last: a request gets its token after it waited for its next try, and its leave at the very end.
    "hublake.crawler.middlewares.RetryMiddleware": 550,
    "hublake.crawler.middlewares.RedirectMiddleware": 600,
    "hublake.crawler.middlewares.TokenMiddleware": 940,
    "hublake.crawler.middlewares.PacingMiddleware": 950,
    # The framework's own that these replace, or that have nothing to do here.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES: dict[str, int | None] = {  # {}
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # spiders look at every status themselves
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # a cursor may be long
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
ITEM_PIPELINES = {"hublake.crawler.sink.DeltaSink": 500}  # {}
EXTENSIONS: dict[str, int | None] = {  # {}
    "hublake.crawler.run.RunRecord": 500,
    "hublake.crawler.progress.ProgressReport": 600,
    "scrapy.extensions.logstats.LogStats": None,  # ProgressReport says more
    "scrapy.extensions.telnet.TelnetConsole": None,  # opens a port that runs code
    "scrapy.extensions.remote_control.RemoteControl": None,  # likewise
    "scrapy.extensions.feedexport.FeedExporter": None,  # rows go to Delta
    "scrapy.extensions.throttle.AutoThrottle": None,  # the budget sets the pace
}

CONCURRENT_ITEMS = 1  # 100: starts that many workers for each answer, and ours hold one item
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # RFPDupeFilter: remembers every URL, 1.8 million of them
DOWNLOAD_VERIFY_CERTIFICATES = True  # False; the token must not go to whoever answers
DOWNLOAD_MAXSIZE = 128_000_000  # 1 GiB; the largest honest page (1,000 items of 34 kB) is a third of it, and so are bombs cut
DOWNLOAD_WARNSIZE = 0  # 32 MiB; full pages may be larger
REDIRECT_MAX_TIMES = 5  # 20; the Hub needs two
DEFAULT_REQUEST_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip"}  # HTML first; br and zstd cannot be kept when cut
COOKIES_ENABLED = False  # True
METAREFRESH_ENABLED = False  # True
REFERER_ENABLED = False  # True
WARN_ON_GENERATOR_RETURN_VALUE = False  # True: parses the source of every callback once, for a second or two

LOG_LEVEL = "INFO"  # DEBUG: a line for each request
LOG_FORMATTER = "hublake.crawler.progress.QuietLogFormatter"  # formats a line for each request even when it is not shown


def user_agent(contact: str) -> str:
    """Who we are, and where the crawl's operator can be reached."""
    return f"hublake/{version('hublake')}" + (f" (+{contact})" if contact else "")


def derived(config: Settings) -> dict[str, Any]:
    """Scrapy's settings that follow from Hublake's."""
    crawl = config.crawl
    return {
        # Twice as many are let in as may be on the way: requests that wait for a further try must not starve the others.
        "CONCURRENT_REQUESTS": 2 * crawl.concurrency,  # 16
        "CONCURRENT_REQUESTS_PER_DOMAIN": crawl.concurrency,  # 8
        "DOWNLOAD_TIMEOUT": crawl.timeout_seconds,  # 180; covers the whole answer, so an endless slow body ends
        "USER_AGENT": user_agent(crawl.contact),  # Scrapy/...
    }
