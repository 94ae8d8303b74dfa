"""`hublake crawl`: runs a spider here. `scrapy crawl models` runs the same spider with settings from the environment."""

import click

from hublake.crawler.hub_api import REPO_TYPES
from hublake.crawler.shards import UNSHARDED
from hublake.lake.enums import SPIDERS


@click.command(short_help="Fetch the Hub into bronze tables.")
@click.argument("spider", type=click.Choice(SPIDERS))
@click.option("--endpoint", metavar="URL", help="Address of the hub. Default: HF_ENDPOINT, else the public Hub.")
@click.option("--warehouse", metavar="PATH", help="Folder or object store of the tables. Default: HUBLAKE_WAREHOUSE.")
@click.option("--of", type=click.Choice(tuple(REPO_TYPES)), default="models", show_default=True, help="Cards: of which repositories.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Stop after N models, or N cards.")
@click.option("--changed", is_flag=True, help="Listing: fetch only what is new or changed since the previous one. Cards always do.")
@click.option("--full", is_flag=True, help="Listing: also find removed and renamed repositories. Cards, accounts: fetch all again.")
@click.option("--workers", type=click.IntRange(1, 64), metavar="N", default=1, help="Cards: number of processes on this machine.")
@click.option("--shard", metavar="I/N", default=UNSHARDED, help="Cards: part I (from 0) of N, for a crawl over several machines.")
@click.option("--new", is_flag=True, help="Start a new crawl, even if one is unfinished.")
def crawl(
    spider: str,
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
    from hublake.crawler.crawl import crawl as run

    click.echo(run(spider, endpoint, warehouse, of=of, limit=limit, changed=changed, full=full, workers=workers, shard=shard, new=new))
