"""`hublake crawl`: the spiders, run here. `scrapy crawl models` runs the same with settings from the environment."""

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.settings import Settings as ScrapySettings
from twisted.python.failure import Failure

from crawler.frontier import newest_listing
from crawler.hub_api import REPO_TYPES, checked_endpoint
from crawler.run import last_words
from crawler.spider import HubSpider
from lake.errors import HublakeError
from lake.places import log_folder
from lake.settings import Settings, load
from lake.vocabulary import SPIDERS


@click.command(short_help="The Hub's answers into bronze tables.")
@click.argument("what", type=click.Choice(SPIDERS))
@click.option("--endpoint", metavar="URL", help="The hub. Default: HF_ENDPOINT, else the public one.")
@click.option("--warehouse", metavar="PATH", help="Folder or object store of the tables. Default: HUBLAKE_WAREHOUSE.")
@click.option("--of", type=click.Choice(tuple(REPO_TYPES)), default="models", show_default=True, help="Cards: whose.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="End after N models, or N cards.")
@click.option("--full", is_flag=True, help="Cards and accounts: fetch also those that bronze already holds.")
def crawl(what: str, endpoint: str | None, warehouse: str | None, of: str, limit: int | None, full: bool) -> None:
    """Fetch the listing of all models, datasets or Spaces; the cards that the newest listing promises; or the accounts that own its models.

    The pace follows the hub's RateLimit headers; HF_TOKEN raises the quota. Ctrl-C once ends cleanly. Whatever could
    not be fetched stands in bronze.crawl_failures, and the exit code is 1.

    \b
    Example:
      hublake crawl models --limit 1000 && hublake crawl cards
      hublake crawl datasets && hublake crawl cards --of datasets
    """
    flags = {name: value for name, value in (("endpoint", endpoint), ("warehouse", warehouse)) if value is not None}
    config = load(flags=flags)
    checked_endpoint(config.endpoint)
    if what != "cards" and of != "models":
        raise click.UsageError("--of goes with cards.")
    if what in ("cards", "accounts"):  # said before anything is made in a warehouse that may be a typing error
        newest_listing(config, REPO_TYPES[of])
    click.echo(run(what, config, flags, limit=limit, full=full, **({"of": of} if what == "cards" else {})))


def run(what: str, config: Settings, flags: dict[str, str], **arguments: Any) -> str:
    """Run one spider to its end and return its last words; raises the HublakeError that they are after a failure."""
    process = CrawlerProcess(_scrapy_settings(what, config, flags))
    _show_lines()
    crawler = process.create_crawler(what)
    problems: list[Failure] = []
    process.crawl(crawler, **arguments).addErrback(problems.append)
    process.start()
    return _concluded(crawler, problems)


def _scrapy_settings(what: str, config: Settings, flags: dict[str, str]) -> ScrapySettings:
    settings = ScrapySettings()
    settings.setmodule("crawler.settings", priority="project")
    own: dict[str, Any] = {"HUBLAKE_FLAGS": flags, "LOG_FILE": str(_log_file(what, config))}
    settings.setdict(own, priority="cmdline")
    return settings


def _log_file(what: str, config: Settings) -> Path:
    folder = log_folder(config.warehouse)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        where = f"cannot write below the warehouse {config.warehouse}: {problem.strerror}"
        raise HublakeError(f"{where}. Choose another: --warehouse PATH") from None
    return folder / f"crawl-{what}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"


def _show_lines() -> None:
    """Where there is no terminal for a bar, the progress lines of the log are shown too."""
    if not sys.stderr.isatty():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        logging.getLogger("crawler.progress").addHandler(handler)


def _concluded(crawler: Crawler, problems: list[Failure]) -> str:
    if problems:
        problem = problems[0].value
        if isinstance(problem, HublakeError):
            raise problem
        raise HublakeError(f"the crawl did not start: {problem}. Details: {crawler.settings.get('LOG_FILE')}") from problem
    assert isinstance(crawler.spider, HubSpider)
    words = last_words(crawler.spider, crawler.stats)
    if isinstance(words, HublakeError):
        raise words
    return words
