"""Runs one crawl by the command's options, in this process or in several."""

from dataclasses import replace
from typing import Any

from hublake.crawler.checkpoint import crawl_runs
from hublake.crawler.crawl_ids import is_in_future
from hublake.crawler.listings.stored import finished_listing, newest_listing
from hublake.crawler.process import run_spider
from hublake.crawler.run_summary import closing_message
from hublake.crawler.shards import Shard
from hublake.crawler.workers import run_workers
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.hub_requests import REPO_PATHS, REPO_TYPES, normalize_endpoint
from hublake.lake.settings import Settings, load


def crawl(
    spider: str,
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
    """Crawl, and return the closing message. Raises HublakeError for wrong use, and if something could not be fetched."""
    flags = {name: value for name, value in (("endpoint", endpoint), ("warehouse", warehouse)) if value is not None}
    config = load(flags=flags)
    normalize_endpoint(config.endpoint)
    if full and changed:
        raise WrongUse("--full and --changed exclude each other")
    if spider != "cards" and of != "models":
        raise WrongUse("--of applies to cards only")
    part = Shard.parse(shard)
    if spider != "cards" and part.of * workers > 1:
        reason = "one worker spends all of the API's quota" if spider == "accounts" else "each page of a listing leads to the next"
        raise WrongUse(f"--workers and --shard split the cards, not {spider}: {reason}")
    warnings = _warnings(config, spider, REPO_TYPES[of])
    _require_listing(spider, config, REPO_TYPES[of], changed=changed)
    options: dict[str, Any] = {"limit": limit, "full": full, "changed": changed, "new": new} | ({"of": of} if spider == "cards" else {})
    if workers > 1:
        summary = run_workers(config, flags, options, part.split(workers))
    else:
        summary = run_spider(spider, config, flags, options | {"shard": shard})
    message = closing_message(replace(summary, warnings=(*summary.warnings, *warnings)))
    if isinstance(message, HublakeError):
        raise message
    return message


def _warnings(config: Settings, spider: str, repo_type: str) -> list[str]:
    """Return a warning if a listing from the future is ignored."""
    listing = spider if spider in REPO_TYPES else REPO_PATHS[repo_type]
    ignored = [run for run in crawl_runs(config, listing) if is_in_future(run["started_at"])]
    if not ignored:
        return []
    newest = max(ignored, key=lambda run: run["started_at"])
    return [f"ignored a listing from the future: crawl {newest['crawl_id']} started at {newest['started_at']:%Y-%m-%d %H:%M} UTC"]


def _require_listing(spider: str, config: Settings, repo_type: str, *, changed: bool) -> None:
    """Raise MissingTable before anything is created in a warehouse whose address may be a typing error."""
    if spider in ("cards", "accounts"):
        newest_listing(config, repo_type)
    elif changed:
        finished_listing(config, REPO_TYPES[spider])
