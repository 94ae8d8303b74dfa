"""Command-line definitions of `hublake crawl`. `scrapy crawl SPIDER` runs the same spider with settings from the environment."""

from collections.abc import Callable
from typing import Any

import click

from hublake.crawler.shards import UNSHARDED
from hublake.lake.errors import WrongUse
from hublake.lake.hub_requests import REPO_TYPES
from hublake.lake.options import ENDPOINT, WAREHOUSE, SuggestingGroup
from hublake.lake.terminal import echo

Command = Callable[..., None]

NEW = click.option("--new", is_flag=True, help="Start a new crawl, even if one is unfinished.")
CHANGED = click.option("--changed", is_flag=True, help="Fetch only what is new or changed, which is the default.")
ALL_AGAIN = click.option("--full", is_flag=True, help="Fetch all again, also what is stored and unchanged.")


def _option_of_cards(name: str, *, applies: bool, **attributes: Any) -> Callable[[Command], Command]:
    """An option that the other spiders refuse with its reason, and do not show."""
    return click.option(name, hidden=not applies, **attributes)


def _options(*own: Callable[[Command], Command], splits: bool = False) -> Callable[[Command], Command]:
    """Options of a spider: `own`, and those that all spiders have. `splits`: whether the work can be split (--workers, --shard, --of)."""
    each: list[Callable[[Command], Command]] = [
        ENDPOINT,
        WAREHOUSE,
        _option_of_cards(
            "--of", applies=splits, type=click.Choice(tuple(REPO_TYPES)), default="models", show_default=True, help="Of which repositories."
        ),
        *own,
        _option_of_cards(
            "--workers",
            applies=splits,
            type=click.IntRange(1, 64),
            metavar="N",
            default=1,
            show_default=True,
            help="Number of processes on this machine.",
        ),
        _option_of_cards(
            "--shard", applies=splits, metavar="I/N", default=UNSHARDED, help="Part I (from 0) of N, for a crawl over several machines."
        ),
        NEW,
    ]

    def decorate(command: Command) -> Command:
        for option in reversed(each):
            command = option(command)
        return command

    return decorate


def _limit(unit: str) -> Callable[[Command], Command]:
    return click.option("--limit", type=click.IntRange(min=1), metavar="N", help=f"Stop after N {unit}.")


def _listing_options(unit: str) -> Callable[[Command], Command]:
    changed = click.option("--changed", is_flag=True, help="Fetch only what is new or changed since the previous listing.")
    full = click.option("--full", is_flag=True, help="Also find removed and renamed repositories, one request for each that disappeared.")
    return _options(_limit(unit), changed, full)


def _crawl(spider: str, endpoint: str | None, warehouse: str | None, **options: Any) -> None:
    from hublake.crawler.crawl import crawl as run

    echo(run(spider, endpoint, warehouse, **options))


@click.group(cls=SuggestingGroup, short_help="Fetch the Hub into bronze tables.")
def crawl() -> None:
    """Fetch the listing of all models, datasets or Spaces; the cards of the newest listing; or the accounts that own its models.

    The pace follows the hub's RateLimit headers; HF_TOKEN raises the quota. Press Ctrl-C once to stop cleanly. Crawls are
    resumable and idempotent: run the same command again after a stop or a crash, and nothing is stored twice. Requests that
    fail for good are rows of bronze.crawl_failures; the exit code is then 1, and the next run requests them again.

    \b
    Examples. Run the second line every day, the third every week, the last on the second of three machines:
      hublake crawl models --limit 1000 && hublake crawl cards
      hublake crawl models --changed && hublake crawl cards --workers 4
      hublake crawl models --full
      hublake crawl datasets && hublake crawl cards --of datasets
      hublake crawl cards --shard 1/3
    """


@crawl.command(short_help="The listing of all models.")
@_listing_options("models")
@click.option("--probe", is_flag=True, help="Only report, by some ten requests, what the hub answers and what a crawl would cost.")
def models(endpoint: str | None, warehouse: str | None, *, probe: bool, **options: Any) -> None:
    """Fetch the listing of all models, up to 1,000 per request, into bronze.listings. Begin with it: all else needs a listing.

    \b
    Examples. Run the first line before the first crawl of a hub; it needs no warehouse:
      hublake crawl models --probe
      hublake crawl models --limit 1000
      hublake crawl models --changed
    """
    if not probe:
        _crawl("models", endpoint, warehouse, **options)
        return
    from hublake.crawler.probe import probe as run

    if any(options[name] for name in ("limit", "full", "changed", "new")):
        raise WrongUse("--probe stores no listing: it excludes --limit, --full, --changed and --new")
    echo(run(endpoint, warehouse))


@crawl.command(short_help="The README.md of every listed model that has one.")
@_options(_limit("cards"), CHANGED, ALL_AGAIN, splits=True)
def cards(**options: Any) -> None:
    """Fetch the model cards of the newest listing into bronze.cards, one request for each card that is new or changed.

    \b
    Examples. The last line is for the second of three machines:
      hublake crawl cards --workers 4
      hublake crawl cards --of datasets
      hublake crawl cards --shard 1/3
    """
    _crawl("cards", **options)


@crawl.command(short_help="The listing of all datasets.")
@_listing_options("datasets")
def datasets(**options: Any) -> None:
    """Fetch the listing of all datasets, up to 1,000 per request, into bronze.listings.

    \b
    Example:
      hublake crawl datasets && hublake crawl cards --of datasets
    """
    _crawl("datasets", **options)


@crawl.command(short_help="The listing of all Spaces.")
@_listing_options("Spaces")
def spaces(**options: Any) -> None:
    """Fetch the listing of all Spaces, up to 1,000 per request, into bronze.listings.

    \b
    Example:
      hublake crawl spaces
    """
    _crawl("spaces", **options)


@crawl.command(short_help="The users and organisations that own models.")
@_options(_limit("accounts"), CHANGED, ALL_AGAIN)
def accounts(**options: Any) -> None:
    """Fetch the overview of each account that owns a model of the newest listing into bronze.accounts, one request for each.

    \b
    Example:
      hublake crawl accounts
    """
    _crawl("accounts", **options)
