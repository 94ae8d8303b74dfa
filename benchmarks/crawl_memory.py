"""Peak memory of a worker that lists N models and fetches M cards, beside one that does a tenth of that."""

from pathlib import Path

from benchmarks.crawling import arguments, crawl, made, served
from benchmarks.figure import show


def peaks(models: int, cards: int) -> tuple[float, float]:
    """MB at the most while listing, and while fetching cards."""
    with made(models) as (folder, store), served(store) as hub:
        warehouse: Path = folder / "warehouse"
        listing = crawl("models", hub.url, warehouse)
        return listing, crawl("cards", hub.url, warehouse, "--limit", str(cards))


def main() -> None:
    """The bars are meant for a million models and 100,000 cards; made hubs of that size take minutes and gigabytes of disk."""
    sizes = arguments(__doc__, models=100_000, cards=20_000)
    tenth = peaks(sizes.models // 10, sizes.cards // 10)
    whole = peaks(sizes.models, sizes.cards)
    for what, peak, peak_of_tenth in zip(("listing", "cards"), whole, tenth, strict=True):
        show(f"peak memory, {what}", peak, peak_of_tenth, unit="MB", peer_name="a tenth of it", bar="<= 400 MB, flat")


if __name__ == "__main__":
    main()
