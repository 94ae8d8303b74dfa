"""Peak memory of a worker that lists N models and fetches M cards, beside one that does a tenth of that."""

from pathlib import Path

import click

from benchmarks.crawling import crawl, kept_or_made, served
from benchmarks.figure import show


@click.command()
@click.option("--models", default=100_000, show_default=True, help="Models of the made hub, all of which are listed.")
@click.option("--cards", default=20_000, show_default=True, help="Cards that are fetched.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep hub and listing there, for parts that run one after the other.")
@click.option("--part", type=click.Choice(("all", "hub", "listing", "cards")), default="all", show_default=True, help="With --folder.")
def main(models: int, cards: int, folder: Path | None, part: str) -> None:
    """The bars are meant for a million models and 100,000 cards; made hubs of that size take minutes and gigabytes of disk.

    The tenth of the cards comes from the whole listing: a frontier that grew with it would show in both.
    """
    with kept_or_made(models, folder) as (place, store), served(store) as hub:
        if part in ("all", "listing"):
            tenth = crawl("models", hub.url, place / "tenth", "--limit", str(models // 10))
            compared("listing", crawl("models", hub.url, place / "whole"), tenth)
        if part in ("all", "cards"):
            tenth = crawl("cards", hub.url, place / "whole", "--limit", str(cards // 10))
            compared("cards", crawl("cards", hub.url, place / "whole", "--full", "--limit", str(cards)), tenth)


def compared(what: str, whole: float, tenth: float) -> None:
    """One line a figure."""
    show(f"peak memory, {what}", whole, tenth, unit="MB", peer_name="a tenth of it", bar="<= 400 MB, flat")


if __name__ == "__main__":
    main()
