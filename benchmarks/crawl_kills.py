"""Crawls killed at random moments and started again: bronze equals that of an undisturbed crawl.

The peer is the undisturbed crawl of the same hub, in the same run. For each way of crawling: how often it was killed, how many rows
it stored, how many are missing or there twice, and how many requests it took beside the undisturbed one.
"""

import os
import random
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import click

from hublake.crawler.shards import covers_everything
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.synthetic.generate import generate_hub
from tests.crawler.crawl_runner import crawl, rows
from tests.crawler.kills import contents, disturbed, kill_all, workers_of

STEPS = {"HUBLAKE_CRAWL_PAGE_SIZE": "20", "HUBLAKE_CRAWL_BATCH_ROWS": "100", "HUBLAKE_CRAWL_CONCURRENCY": "2"}
LONGEST_STEP_SECONDS = 0.3  # from one answer to the next, a commit between them included


@dataclass(frozen=True)
class Way:
    """One way of crawling, with what an undisturbed crawl did."""

    arguments: list[str]
    table: str
    base: Path  # warehouse to begin with
    undisturbed: Path
    requests: int

    def is_over(self, warehouse: Path) -> bool:
        """Whether the crawl has said its last word, so that the same command would begin another."""
        runs = rows(warehouse, "crawl_runs")
        return covers_everything(
            [run["shard"] for run in runs if run["spider"] == self.arguments[0] and run["outcome"] == "finished"] or ["0/2"]
        )


def measured(arguments: list[str], table: str, base: Path, hub: PracticeHub, folder: Path) -> Way:
    """The undisturbed crawl."""
    undisturbed = Path(shutil.copytree(base, folder / f"undisturbed-{'-'.join(arguments)}"))
    before = hub.requests.count()
    done = crawl(undisturbed, hub.url, *arguments, **STEPS)
    if done.returncode:
        raise SystemExit(done.stderr)
    return Way(arguments, table, base, undisturbed, hub.requests.count() - before)


def strikes(chance: random.Random) -> Callable[[int], None]:
    """Kill -9: everything, or the one that was started, or (it is started again) one worker of several."""

    def strike(pid: int) -> None:
        workers = workers_of(pid)
        match chance.choice(("all", "starter", "worker")) if workers else "all":
            case "all":
                kill_all(pid)
            case "starter":
                os.kill(pid, signal.SIGKILL)
            case _:
                os.kill(chance.choice(workers), signal.SIGKILL)

    return strike


def after(requests: int, seconds: float, hub: PracticeHub) -> Callable[[], bool]:
    """Whether the hub has answered so many more than now, and so many seconds have passed since it had."""
    there, ends = hub.requests.count(), list[float]()

    def is_time() -> bool:
        if not ends and hub.requests.count() >= there + requests:
            ends.append(monotonic() + seconds)
        return bool(ends) and monotonic() >= ends[0]

    return is_time


def killed(way: Way, kills: int, chance: random.Random, hub: PracticeHub, folder: Path) -> tuple[int, int, int, int, float]:
    """(kills, crawls, missing rows, rows too many, requests a crawl) of as many crawls as the kills are spread over."""
    struck, crawls, missing, doubled = 0, 0, 0, 0
    before = hub.requests.count()
    while struck < kills:
        warehouse = Path(shutil.copytree(way.base, folder / f"killed-{crawls}"))
        while struck < kills and not way.is_over(warehouse):
            moment = after(chance.randint(0, way.requests), chance.uniform(0.0, LONGEST_STEP_SECONDS), hub)
            _, _, was_running = disturbed(warehouse, hub.url, way.arguments, moment, strikes(chance), STEPS)
            struck += was_running
            click.echo(f"  {' '.join(way.arguments)}: {struck} of {kills} kills", err=True)
        if not way.is_over(warehouse) and (done := crawl(warehouse, hub.url, *way.arguments, **STEPS)).returncode:
            raise SystemExit(done.stderr)
        found, expected = contents(warehouse, way.table), contents(way.undisturbed, way.table)
        missing, doubled, crawls = missing + (expected - found).total(), doubled + (found - expected).total(), crawls + 1
        shutil.rmtree(warehouse)
    return struck, crawls, missing, doubled, (hub.requests.count() - before) / crawls


@click.command()
@click.option("--models", default=2000, show_default=True, help="Models of the made hub.")
@click.option("--kills", default=20, show_default=True, help="Kills in all, spread evenly over the ways of crawling.")
@click.option("--seed", default=1, show_default=True, help="Of the moments and of the hub.")
@click.option("--workers", type=int, multiple=True, default=(1, 4), show_default=True, help="Of the card crawls; 0 leaves cards out.")
def main(models: int, kills: int, seed: int, workers: tuple[int, ...]) -> None:
    """Kill crawls of the listing and of cards, by one worker and by four."""
    chance = random.Random(seed)
    with TemporaryDirectory(prefix="hublake-kills-") as name:
        folder = Path(name)
        store = generate_hub(folder / "hub.sqlite", models, seed)
        with PracticeHub(store, quotas=Quotas(5, 1_000_000, 1_000_000)) as hub:
            (folder / "empty").mkdir()
            listing = measured(["models"], "listings", folder / "empty", hub, folder)
            cards = [["cards", "--workers", str(number)] for number in workers if number]
            ways = [listing, *(measured(arguments, "cards", listing.undisturbed, hub, folder) for arguments in cards)]
            click.echo(
                f"{'crawl':20} {'kills':>6} {'crawls':>7} {'rows':>8} {'missing':>8} {'too many':>9} {'requests':>9} {'undisturbed':>12}"
            )
            for place, way in enumerate(ways):
                share = kills // len(ways) + (place < kills % len(ways))
                struck, crawls, missing, doubled, requests = killed(way, share, chance, hub, folder)
                row = f"{' '.join(way.arguments):20} {struck:6} {crawls:7} {contents(way.undisturbed, way.table).total():8}"
                click.echo(f"{row} {missing:8} {doubled:9} {requests:9.0f} {way.requests:12}  (bar: 0 missing, 0 too many)")
        store.close()


if __name__ == "__main__":
    main()
