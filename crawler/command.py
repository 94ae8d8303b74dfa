"""`hublake crawl`: the spiders, run here. `scrapy crawl models` runs the same with settings from the environment."""

from typing import Any

import click

from crawler.frontier import known_listing, newest_listing
from crawler.hub_api import REPO_TYPES, checked_endpoint
from crawler.run import Summary, last_words
from crawler.shards import WHOLE, Shard
from crawler.start import run
from crawler.workers import run_together
from lake.errors import HublakeError, WrongUse
from lake.settings import Settings, load
from lake.vocabulary import SPIDERS


@click.command(short_help="The Hub's answers into bronze tables.")
@click.argument("what", type=click.Choice(SPIDERS))
@click.option("--endpoint", metavar="URL", help="The hub. Default: HF_ENDPOINT, else the public one.")
@click.option("--warehouse", metavar="PATH", help="Folder or object store of the tables. Default: HUBLAKE_WAREHOUSE.")
@click.option("--of", type=click.Choice(tuple(REPO_TYPES)), default="models", show_default=True, help="Cards: whose.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="End after N models, or N cards.")
@click.option("--changed", is_flag=True, help="Listing: only what is new or changed since the one before. Cards are always so.")
@click.option("--full", is_flag=True, help="Listing: also look for what has gone or was renamed. Cards, accounts: fetch all again.")
@click.option("--workers", type=click.IntRange(1, 64), metavar="N", default=1, help="Cards: that many processes on this machine.")
@click.option("--shard", metavar="I/N", default=WHOLE, help="Cards: part I (from 0) of N, for a crawl over several machines.")
@click.option("--new", is_flag=True, help="Begin a new crawl, even where one stands unfinished.")
def crawl(
    what: str,
    endpoint: str | None,
    warehouse: str | None,
    of: str,
    limit: int | None,
    changed: bool,
    full: bool,
    workers: int,
    shard: str,
    new: bool,
) -> None:
    """Fetch the listing of all models, datasets or Spaces; the cards that the newest listing promises; or the accounts that own its models.

    The pace follows the hub's RateLimit headers; HF_TOKEN raises the quota. Ctrl-C once ends cleanly. A crawl that was
    stopped or killed is taken up where it stood by the same command; nothing is stored twice. Whatever could not be
    fetched stands in bronze.crawl_failures, the exit code is 1, and the next run asks for it again.

    \b
    Examples; the second line is for every day, the third for every week, the last for the second of three machines:
      hublake crawl models --limit 1000 && hublake crawl cards
      hublake crawl models --changed && hublake crawl cards --workers 4
      hublake crawl models --full
      hublake crawl datasets && hublake crawl cards --of datasets
      hublake crawl cards --shard 1/3
    """
    flags = {name: value for name, value in (("endpoint", endpoint), ("warehouse", warehouse)) if value is not None}
    config = load(flags=flags)
    checked_endpoint(config.endpoint)
    if full and changed:
        raise WrongUse("--full and --changed exclude each other")
    if what != "cards" and of != "models":
        raise WrongUse("--of goes with cards")
    part = Shard.read(shard)
    if what != "cards" and part.of * workers > 1:
        why = "one worker spends the whole quota of the API" if what == "accounts" else "a listing is one walk, a page leads to the next"
        raise WrongUse(f"--workers and --shard split the cards, not {what}: {why}")
    _check_listing(what, config, REPO_TYPES[of], changed=changed)
    options: dict[str, Any] = {"limit": limit, "full": full, "changed": changed, "new": new} | ({"of": of} if what == "cards" else {})
    if workers > 1:
        summary = run_together(config, flags, options, part.split(workers))
    else:
        summary = run(what, config, flags, options | {"shard": shard})
    click.echo(_said(summary))


def _check_listing(what: str, config: Settings, repo_type: str, *, changed: bool) -> None:
    """Say what is missing before anything is made in a warehouse that may be a typing error."""
    if what in ("cards", "accounts"):
        newest_listing(config, repo_type)
    elif changed:
        known_listing(config, REPO_TYPES[what])


def _said(summary: Summary) -> str:
    words = last_words(summary)
    if isinstance(words, HublakeError):
        raise words
    return words
