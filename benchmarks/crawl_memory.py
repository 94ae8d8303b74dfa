"""Does the peak memory of a crawl stay flat, compared with a crawl of a tenth of the models or cards?"""

from pathlib import Path

import click

from benchmarks.crawling import cached_store, crawl, served
from benchmarks.figure import show


@click.command()
@click.option("--models", default=100_000, show_default=True, help="Models of the synthetic hub, all of which are listed.")
@click.option("--cards", default=20_000, show_default=True, help="Cards to fetch.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep hub and listing there, to run the parts separately.")
@click.option("--part", type=click.Choice(("all", "hub", "listing", "cards")), default="all", show_default=True, help="With --folder.")
def main(models: int, cards: int, folder: Path | None, part: str) -> None:
    """The bars apply to a million models and 100,000 cards; a synthetic hub of that size takes minutes and gigabytes of disk.

    The tenth of the cards uses the full listing, so that memory of the frontier counts in both.
    """
    with cached_store(models, folder) as (root, store), served(store) as hub:
        if part in ("all", "listing"):
            tenth = crawl("models", hub.url, root / "tenth", "--limit", str(models // 10))
            show_peak("listing", crawl("models", hub.url, root / "full"), tenth)
        if part in ("all", "cards"):
            tenth = crawl("cards", hub.url, root / "full", "--limit", str(cards // 10))
            show_peak("cards", crawl("cards", hub.url, root / "full", "--full", "--limit", str(cards)), tenth)


def show_peak(what: str, full: float, tenth: float) -> None:
    """Print one figure."""
    show(f"peak memory, {what}", full, tenth, unit="MB", peer_name="a tenth", bar="<= 400 MB, flat")


if __name__ == "__main__":
    main()
