"""Runs one spider in this process, from its start to its end."""

import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.settings import Settings as ScrapySettings
from twisted.python.failure import Failure

from hublake.crawler.run_summary import RunSummary
from hublake.crawler.shards import UNSHARDED
from hublake.crawler.spiders.base import HubSpider
from hublake.lake.errors import HublakeError
from hublake.lake.paths import log_folder
from hublake.lake.settings import Settings
from hublake.lake.verbosity import is_quiet, is_verbose


def run_spider(name: str, config: Settings, flags: Mapping[str, str], options: Mapping[str, Any]) -> RunSummary:
    """Run one spider to its end; `options` are its arguments. Raises HublakeError if it cannot start."""
    file = new_log_file(name, config, str(options.get("shard", UNSHARDED)))
    settings = ScrapySettings()
    settings.setmodule("hublake.crawler.settings", priority="project")
    settings.setdict({"HUBLAKE_FLAGS": dict(flags), "LOG_FILE": str(file)}, priority="cmdline")
    process = CrawlerProcess(settings)
    if options.get("report") is None:
        show_progress_lines()
    crawler = process.create_crawler(name)
    problems: list[Failure] = []
    process.crawl(crawler, **options).addErrback(problems.append)
    process.start()
    return _summary(crawler, problems)


def new_log_file(spider: str, config: Settings, shard: str = UNSHARDED) -> Path:
    """Return a new file for the run's log, in the warehouse's log folder."""
    folder = log_folder(config.warehouse)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        cause = f"cannot write to the warehouse {config.warehouse}: {problem.strerror}"
        raise HublakeError(f"{cause}. Choose another: --warehouse PATH") from None
    suffix = "" if shard == UNSHARDED else "-" + shard.replace("/", "of")
    return folder / f"crawl-{spider}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{suffix}.log"


def show_progress_lines() -> None:
    """Also print the progress lines of the log if there is no terminal for a bar; with --verbose all of ours, with --quiet none."""
    if is_quiet() or (sys.stderr.isatty() and not is_verbose()):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logging.getLogger("hublake.crawler" if is_verbose() else "hublake.crawler.progress").addHandler(handler)


def _summary(crawler: Crawler, problems: list[Failure]) -> RunSummary:
    if problems:
        problem = problems[0].value
        if isinstance(problem, HublakeError):
            raise problem
        raise HublakeError(f"the crawl did not start: {problem}. Details: {crawler.settings.get('LOG_FILE')}") from problem
    assert isinstance(crawler.spider, HubSpider)
    return RunSummary.of(crawler.spider, crawler.stats)
