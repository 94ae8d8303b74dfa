"""How much faster are four workers than one, at a server with a latency of 100 ms and eight concurrent requests per worker?"""

import shutil
from pathlib import Path

from benchmarks.crawling import arguments, crawl, last_run, served, start_crawl, synthetic_store
from benchmarks.figure import show


def rate_of(url: str, listed: Path, workers: int, cards: int) -> float:
    """Cards per second of all workers together, each fetching as many cards, from the first start to the last end."""
    warehouses = [listed.parent / f"{workers}-workers-{number}" for number in range(workers)]
    for warehouse in warehouses:
        shutil.copytree(listed, warehouse)
    processes = [start_crawl("cards", url, warehouse, "--limit", str(cards)) for warehouse in warehouses]
    for process in processes:
        if process.wait() != 0:
            raise SystemExit(f"a worker failed: {process.args!r}")
    runs = [last_run(warehouse) for warehouse in warehouses]
    seconds: float = (max(run["finished_at"] for run in runs) - min(run["started_at"] for run in runs)).total_seconds()
    return sum(int(run["items"]) for run in runs) / seconds


def main() -> None:
    """Each worker has its own warehouse, so that they share only the connection to the hub and the cores of this machine."""
    sizes = arguments(__doc__, models=8_000, cards=4_000, milliseconds=100)
    with synthetic_store(sizes.models) as (folder, store):
        with served(store) as hub:
            crawl("models", hub.url, folder / "listed")
        with served(store, response_seconds=sizes.milliseconds / 1000) as hub:
            one, four = (rate_of(hub.url, folder / "listed", workers, sizes.cards) for workers in (1, 4))
    show("four workers", four, one, unit="cards/s", peer_name="one worker", bar=">= 3.2")


if __name__ == "__main__":
    main()
