"""Models listed in a second: `hublake crawl models`, which writes Delta, beside huggingface_hub's list_models(full=True)."""

from benchmarks.crawling import arguments, crawl, last_run, made, served, start
from benchmarks.figure import show

LIST_MODELS = """
from time import perf_counter
from huggingface_hub import list_models

began = perf_counter()
models = sum(1 for _ in list_models(full=True, sort="created_at"))
print(models / (perf_counter() - began))
"""


def main() -> None:
    """Both list the same hub, in turn; the best of several rounds counts for each.

    Ours is timed from the spider's start to the last commit: what the two cost weighs in a short listing, and not in a whole Hub's.
    """
    sizes = arguments(__doc__, models=100_000, rounds=3)
    ours, peers = [], []
    with made(sizes.models) as (folder, store), served(store) as hub:
        for number in range(sizes.rounds):
            peers.append(float(start(["-c", LIST_MODELS], hub.url).communicate()[0]))
            warehouse = folder / f"warehouse-{number}"
            crawl("models", hub.url, warehouse)
            run = last_run(warehouse)
            ours.append(run["items"] / run["seconds"])
    show("listing", max(ours), max(peers), unit="models/s", peer_name="list_models(full=True)", bar=">= 1.0")


if __name__ == "__main__":
    main()
