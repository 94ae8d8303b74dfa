"""Runs one crawl by options, in this process or in several."""

from typing import Any

from hublake.crawler.frontier import known_listing, newest_listing
from hublake.crawler.hub_api import REPO_TYPES, checked_endpoint
from hublake.crawler.run import Summary, last_words
from hublake.crawler.shards import Shard
from hublake.crawler.start import run
from hublake.crawler.workers import run_together
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.settings import Settings, load


def crawl(
    what: str,
    endpoint: str | None,
    warehouse: str | None,
    *,
    of: str,
    limit: int | None,
    changed: bool,
    full: bool,
    workers: int,
    shard: str,
    new: bool,
) -> str:
    """Crawl, and say what was stored. Raises HublakeError for wrong use and where something could not be fetched."""
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
    return _said(summary)


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
