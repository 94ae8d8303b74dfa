"""Does a crawl that is killed at random moments and restarted store the same rows as an undisturbed one?

The peer is an undisturbed crawl of the same hub, in the same run. Prints for each crawl command: kills, rows stored, rows missing or
duplicated, and requests compared with the undisturbed crawl.
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
LONGEST_STEP_SECONDS = 0.3  # from one answer to the next, including a commit between them


@dataclass(frozen=True)
class Scenario:
    """A crawl command, with the result of an undisturbed crawl."""

    arguments: list[str]
    table: str
    base: Path  # the warehouse before the crawl
    undisturbed: Path
    requests: int

    def is_finished(self, warehouse: Path) -> bool:
        """Whether the crawl has finished, so that the same command would begin another one."""
        runs = rows(warehouse, "crawl_runs")
        return covers_everything(
            [run["shard"] for run in runs if run["spider"] == self.arguments[0] and run["outcome"] == "finished"] or ["0/2"]
        )


def run_undisturbed(arguments: list[str], table: str, base: Path, hub: PracticeHub, folder: Path) -> Scenario:
    """Run the crawl once without kills."""
    undisturbed = Path(shutil.copytree(base, folder / f"undisturbed-{'-'.join(arguments)}"))
    before = hub.requests.count()
    done = crawl(undisturbed, hub.url, *arguments, **STEPS)
    if done.returncode:
        raise SystemExit(done.stderr)
    return Scenario(arguments, table, base, undisturbed, hub.requests.count() - before)


def random_kill(rng: random.Random) -> Callable[[int], None]:
    """A function that sends SIGKILL to all processes, to the parent, or to one of several workers (which the parent restarts)."""

    def kill(pid: int) -> None:
        workers = workers_of(pid)
        match rng.choice(("all", "parent", "worker")) if workers else "all":
            case "all":
                kill_all(pid)
            case "parent":
                os.kill(pid, signal.SIGKILL)
            case _:
                os.kill(rng.choice(workers), signal.SIGKILL)

    return kill


def moment_after(requests: int, seconds: float, hub: PracticeHub) -> Callable[[], bool]:
    """A function that is true once the hub has answered so many more requests and then so many seconds have passed."""
    requests_before, deadline = hub.requests.count(), list[float]()

    def is_reached() -> bool:
        if not deadline and hub.requests.count() >= requests_before + requests:
            deadline.append(monotonic() + seconds)
        return bool(deadline) and monotonic() >= deadline[0]

    return is_reached


def crawl_with_kills(
    scenario: Scenario, kills: int, rng: random.Random, hub: PracticeHub, folder: Path
) -> tuple[int, int, int, int, float]:
    """(kills, crawls, missing rows, duplicate rows, requests per crawl) of the crawls over which the kills are spread."""
    killed, crawls, missing, duplicates = 0, 0, 0, 0
    before = hub.requests.count()
    while killed < kills:
        warehouse = Path(shutil.copytree(scenario.base, folder / f"killed-{crawls}"))
        while killed < kills and not scenario.is_finished(warehouse):
            moment = moment_after(rng.randint(0, scenario.requests), rng.uniform(0.0, LONGEST_STEP_SECONDS), hub)
            _, _, was_running = disturbed(warehouse, hub.url, scenario.arguments, moment, random_kill(rng), STEPS)
            killed += was_running
            click.echo(f"  {' '.join(scenario.arguments)}: {killed} of {kills} kills", err=True)
        if not scenario.is_finished(warehouse) and (done := crawl(warehouse, hub.url, *scenario.arguments, **STEPS)).returncode:
            raise SystemExit(done.stderr)
        found, expected = contents(warehouse, scenario.table), contents(scenario.undisturbed, scenario.table)
        missing, duplicates, crawls = missing + (expected - found).total(), duplicates + (found - expected).total(), crawls + 1
        shutil.rmtree(warehouse)
    return killed, crawls, missing, duplicates, (hub.requests.count() - before) / crawls


@click.command()
@click.option("--models", default=2000, show_default=True, help="Models of the synthetic hub.")
@click.option("--kills", default=20, show_default=True, help="Total number of kills, spread evenly over the crawl commands.")
@click.option("--seed", default=1, show_default=True, help="Seed of the hub and of the moments.")
@click.option("--workers", type=int, multiple=True, default=(1, 4), show_default=True, help="Workers of card crawls; 0: none.")
def main(models: int, kills: int, seed: int, workers: tuple[int, ...]) -> None:
    """Kill crawls of the listing and of cards, by one worker and by four."""
    rng = random.Random(seed)
    with TemporaryDirectory(prefix="hublake-kills-") as name:
        folder = Path(name)
        store = generate_hub(folder / "hub.sqlite", models, seed)
        with PracticeHub(store, quotas=Quotas(5, 1_000_000, 1_000_000)) as hub:
            (folder / "empty").mkdir()
            listing = run_undisturbed(["models"], "listings", folder / "empty", hub, folder)
            cards = [["cards", "--workers", str(number)] for number in workers if number]
            scenarios = [listing, *(run_undisturbed(arguments, "cards", listing.undisturbed, hub, folder) for arguments in cards)]
            click.echo(
                f"{'crawl':20} {'kills':>6} {'crawls':>7} {'rows':>8} {'missing':>8} {'duplicate':>9} {'requests':>9} {'undisturbed':>12}"
            )
            for position, scenario in enumerate(scenarios):
                share = kills // len(scenarios) + (position < kills % len(scenarios))
                killed, crawls, missing, duplicates, requests = crawl_with_kills(scenario, share, rng, hub, folder)
                row = f"{' '.join(scenario.arguments):20} {killed:6} {crawls:7} {contents(scenario.undisturbed, scenario.table).total():8}"
                click.echo(f"{row} {missing:8} {duplicates:9} {requests:9.0f} {scenario.requests:12}  (bar: 0 missing, 0 duplicate)")
        store.close()


if __name__ == "__main__":
    main()
