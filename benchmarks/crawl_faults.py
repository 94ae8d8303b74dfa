"""Every kind of fault at once, on a tenth of the requests: bronze equals that of a crawl without any."""

from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import click

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.faults import KINDS, Faults
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.store import Store
from hublake.sample_hub.synthetic.generate import generate_hub
from tests.crawler.crawl_runner import crawl, rows
from tests.crawler.kills import contents


def crawled(store: Store, warehouse: Path, faults: Faults, page_size: int) -> tuple[float, list[int]]:
    """(seconds, exit codes) of a listing and its cards."""
    begin = monotonic()
    with PracticeHub(store, quotas=Quotas(5, 1_000_000, 1_000_000), faults=faults) as hub:
        done = [crawl(warehouse, hub.url, what, HUBLAKE_CRAWL_PAGE_SIZE=str(page_size)) for what in ("models", "cards")]
    return monotonic() - begin, [run.returncode for run in done]


@click.command()
@click.option("--models", default=2000, show_default=True, help="Models of the made hub.")
@click.option("--share", default=0.1, show_default=True, help="Share of requests that meet a fault.")
@click.option("--page-size", default=20, show_default=True, help="Small, so that the listing meets many faults too.")
@click.option("--seed", default=1, show_default=True, help="Of the hub and of the faults.")
def main(models: int, share: float, page_size: int, seed: int) -> None:
    """Crawl one hub with faults and without."""
    with TemporaryDirectory(prefix="hublake-faults-") as name:
        folder = Path(name)
        store = generate_hub(folder / "hub.sqlite", models, seed)
        peer_seconds, _ = crawled(store, folder / "calm", Faults(), page_size)
        seconds, codes = crawled(store, folder / "faulty", Faults(share, seed, slow_seconds=0.2), page_size)
        retries = sum(run["retries"] for run in rows(folder / "faulty", "crawl_runs"))
        click.echo(f"kinds: {', '.join(KINDS)}; {share:.0%} of requests; asked again: {retries:,}; exit codes {codes}")
        for table in ("listings", "cards"):
            calm, faulty = contents(folder / "calm", table), contents(folder / "faulty", table)
            lost, more = (calm - faulty).total(), (faulty - calm).total()
            click.echo(f"{table}: {faulty.total():,} rows; without faults {calm.total():,}; lost {lost}, too many {more} (bar: 0, 0)")
        click.echo(f"given up: {len(rows(folder / 'faulty', 'crawl_failures'))} (bar: 0)")
        click.echo(f"seconds: {seconds:.1f}; without faults {peer_seconds:.1f}; ratio {seconds / peer_seconds:.2f}")
        store.close()


if __name__ == "__main__":
    main()
