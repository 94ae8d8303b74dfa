"""Scrapy's settings. A value is set here where the framework's default, in the comment next to it, does not suit this crawl.

What differs by deployment (contact, concurrency, time-out ...) comes from Hublake's settings: see `scrapy_settings`.
"""

from typing import Any

from hublake import __version__
from hublake.lake.settings import Settings

BOT_NAME = "hublake"  # scrapybot
SPIDER_MODULES = ["hublake.crawler.spiders"]  # []
COMMANDS_MODULE = "hublake.crawler.scrapy_commands"  # ""; `scrapy crawl` with an exit code that shows failures
ROBOTSTXT_OBEY = False  # False; stated explicitly: this is a client of the Hub's documented API, within its quotas, and crawls no pages

DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {  # {}
    # The last is nearest to the network: a request gets its token after it has waited for its retry, and leaves once it is paced.
    "hublake.crawler.http.middlewares.RetryMiddleware": 550,
    "hublake.crawler.http.middlewares.RedirectMiddleware": 600,
    "hublake.crawler.http.middlewares.TokenMiddleware": 940,
    "hublake.crawler.http.middlewares.PacingMiddleware": 950,
    # The framework's own that these replace, or that have no use here.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES: dict[str, int | None] = {  # {}
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # spiders handle every status themselves
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # a cursor may be long
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
ITEM_PIPELINES = {"hublake.crawler.pipeline.DeltaPipeline": 500}  # {}
EXTENSIONS: dict[str, int | None] = {  # {}
    "hublake.crawler.run_summary.RunRecorder": 500,
    "hublake.crawler.progress.ProgressReporter": 600,
    "scrapy.extensions.logstats.LogStats": None,  # ProgressReporter shows more
    "scrapy.extensions.telnet.TelnetConsole": None,  # opens a port that executes code
    "scrapy.extensions.remote_control.RemoteControl": None,  # opens a port that executes code
    "scrapy.extensions.feedexport.FeedExporter": None,  # rows are written to Delta
    "scrapy.extensions.throttle.AutoThrottle": None,  # the quota sets the pace
}

CONCURRENT_ITEMS = 1  # 100: starts that many workers for each response, and ours yield one item
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # RFPDupeFilter: remembers every URL, 1.8 million of them
DOWNLOAD_VERIFY_CERTIFICATES = True  # False; the token must not reach an impostor
DOWNLOAD_MAXSIZE = 128_000_000  # 1 GiB; the largest honest page (1,000 items of 34 kB) is a third of it, and bombs are cut off
DOWNLOAD_WARNSIZE = 0  # 32 MiB; full pages may be larger
REDIRECT_MAX_TIMES = 5  # 20; the Hub needs two
DEFAULT_REQUEST_HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip"}  # HTML first; br and zstd are unusable once truncated
COOKIES_ENABLED = False  # True
METAREFRESH_ENABLED = False  # True
REFERER_ENABLED = False  # True
WARN_ON_GENERATOR_RETURN_VALUE = False  # True: parses the source of every callback once, which takes a second or two

LOG_LEVEL = "INFO"  # DEBUG: a line for each request
LOG_FORMATTER = "hublake.crawler.progress.QuietLogFormatter"  # formats a line for each request even if it is not shown


def user_agent(contact: str) -> str:
    """Identify the crawler, and give the Hub's operators a contact."""
    return f"hublake/{__version__}" + (f" (+{contact})" if contact else "")


def scrapy_settings(config: Settings) -> dict[str, Any]:
    """Return Scrapy's settings that follow from Hublake's."""
    crawl = config.crawl
    return {
        # Twice as many as may be in flight: requests that wait for a retry must not starve the others.
        "CONCURRENT_REQUESTS": 2 * crawl.concurrency,  # 16
        "CONCURRENT_REQUESTS_PER_DOMAIN": crawl.concurrency,  # 8
        "DOWNLOAD_TIMEOUT": crawl.timeout_seconds,  # 180; covers the complete response, so an endless slow body is cut off
        "USER_AGENT": user_agent(crawl.contact),  # Scrapy/...
    }
