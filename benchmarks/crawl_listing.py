"""How many models per second does `hublake crawl models` list and write, compared with huggingface_hub's list_models(full=True)?"""

from benchmarks.crawling import arguments, crawl, last_run, served, start, synthetic_store
from benchmarks.figure import show

LIST_MODELS = """
from time import perf_counter
from huggingface_hub import list_models

began = perf_counter()
models = sum(1 for _ in list_models(full=True, sort="created_at"))
print(models / (perf_counter() - began))
"""


def main() -> None:
    """Both list the same hub, alternately; the best of several rounds counts.

    Ours is timed from the start of the spider to the last commit; this fixed cost matters in a short listing, not in one of the whole Hub.
    """
    sizes = arguments(__doc__, models=100_000, rounds=3)
    ours, peers = [], []
    with synthetic_store(sizes.models) as (folder, store), served(store) as hub:
        for number in range(sizes.rounds):
            peers.append(float(start(["-c", LIST_MODELS], hub.url).communicate()[0]))
            warehouse = folder / f"warehouse-{number}"
            crawl("models", hub.url, warehouse)
            run = last_run(warehouse)
            ours.append(run["items"] / run["seconds"])
    show("listing", max(ours), max(peers), unit="models/s", peer_name="list_models(full=True)", bar=">= 1.0")


if __name__ == "__main__":
    main()
