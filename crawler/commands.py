"""`hublake crawl`: the spiders, run here. `scrapy crawl models` runs the same with settings from the environment."""

import click

from hublake.crawler.hub_api import REPO_TYPES
from hublake.crawler.shards import WHOLE
from hublake.lake.enums import SPIDERS


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
    from hublake.crawler.crawl import crawl as run

    click.echo(run(what, endpoint, warehouse, of=of, limit=limit, changed=changed, full=full, workers=workers, shard=shard, new=new))
