"""One spider, run in this process from its start to its end."""

import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.settings import Settings as ScrapySettings
from twisted.python.failure import Failure

from hublake.crawler.run import Summary
from hublake.crawler.spider import HubSpider
from hublake.lake.errors import HublakeError
from hublake.lake.paths import log_folder
from hublake.lake.settings import Settings


def run(what: str, config: Settings, flags: Mapping[str, str], options: Mapping[str, Any]) -> Summary:
    """Run one spider to its end; HublakeError where it could not start. `options` are the spider's own."""
    file = log_file(what, config, str(options.get("shard", "")))
    settings = ScrapySettings()
    settings.setmodule("hublake.crawler.settings", priority="project")
    settings.setdict({"HUBLAKE_FLAGS": dict(flags), "LOG_FILE": str(file)}, priority="cmdline")
    process = CrawlerProcess(settings)
    if options.get("report") is None:
        show_lines()
    crawler = process.create_crawler(what)
    problems: list[Failure] = []
    process.crawl(crawler, **options).addErrback(problems.append)
    process.start()
    return _concluded(crawler, problems)


def log_file(what: str, config: Settings, shard: str = "") -> Path:
    """A new file for the run's log, below the warehouse."""
    folder = log_folder(config.warehouse)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        where = f"cannot write below the warehouse {config.warehouse}: {problem.strerror}"
        raise HublakeError(f"{where}. Choose another: --warehouse PATH") from None
    part = "" if shard in ("", "0/1") else "-" + shard.replace("/", "of")
    return folder / f"crawl-{what}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{part}.log"


def show_lines() -> None:
    """Where there is no terminal for a bar, the progress lines of the log are shown too."""
    if not sys.stderr.isatty():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        logging.getLogger("hublake.crawler.progress").addHandler(handler)


def _concluded(crawler: Crawler, problems: list[Failure]) -> Summary:
    if problems:
        problem = problems[0].value
        if isinstance(problem, HublakeError):
            raise problem
        raise HublakeError(f"the crawl did not start: {problem}. Details: {crawler.settings.get('LOG_FILE')}") from problem
    assert isinstance(crawler.spider, HubSpider)
    return Summary.of(crawler.spider, crawler.stats)
