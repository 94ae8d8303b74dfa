"""A crawl that is killed at any moment and run again stores the same as an undisturbed one: no duplicates, nothing missing."""

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.synthetic.generate import generate_hub
from tests.crawler.crawl_runner import crawl, rows
from tests.crawler.kills import contents, disturbed, workers_of

MODELS = 240
SMALL_STEPS = {"HUBLAKE_CRAWL_PAGE_SIZE": "10", "HUBLAKE_CRAWL_BATCH_ROWS": "25"}
# Response time of the hub. However late a signal comes on a busy machine, the crawl is still running: a worker with one request at a
# time takes 8 s for its half of the cards.
ANSWER_SECONDS = 0.05
CHANCE = random.Random(11)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


@dataclass
class Scene:
    """A hub, and the warehouse of an undisturbed crawl of it."""

    hub: PracticeHub
    listed: Path
    undisturbed: Path

    def after(self, requests: int) -> Callable[[], bool]:
        """Return a function that checks whether the hub has answered this many more requests since now."""
        there = self.hub.requests.count()
        return lambda: self.hub.requests.count() >= there + requests


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("kills")
    store = generate_hub(folder / "hub.sqlite", MODELS, 7)
    with PracticeHub(store, quotas=Quotas(5, 100_000, 100_000), response_seconds=ANSWER_SECONDS) as hub:
        assert crawl(folder / "listed", hub.url, "models", **SMALL_STEPS).returncode == 0
        shutil.copytree(folder / "listed", folder / "undisturbed")
        assert crawl(folder / "undisturbed", hub.url, "cards", **SMALL_STEPS).returncode == 0
        yield Scene(hub, folder / "listed", folder / "undisturbed")
    store.close()


@pytest.fixture
def listed(scene: Scene, tmp_path: Path) -> Path:
    """A warehouse with a listing and no cards."""
    return Path(shutil.copytree(scene.listed, tmp_path / "warehouse"))


def same_as_undisturbed(scene: Scene, warehouse: Path, table: str) -> bool:
    return contents(warehouse, table) == contents(scene.undisturbed, table)


def ended(warehouse: Path, spider: str) -> list[tuple[Any, ...]]:
    return sorted((run["shard"], run["outcome"], run["crawl_items"]) for run in rows(warehouse, "crawl_runs") if run["spider"] == spider)


CERTIFICATE_REQUESTS = 6  # after the last page of a listing


@dataclass(frozen=True)
class KillCase:
    """A spider that is killed after a number of requests; each row takes at most `requests_a_row`, besides a few at the start."""

    spider: str
    table: str
    killed_after: tuple[int, int]
    requests_a_row: float


@pytest.mark.parametrize(
    "case", [KillCase("models", "listings", (4, 12), 1 / 10), KillCase("cards", "cards", (60, 150), 2)], ids=lambda case: str(case.spider)
)
def test_a_killed_crawl_continues_after_what_it_stored(scene: Scene, listed: Path, tmp_path: Path, case: KillCase) -> None:
    warehouse = listed if case.spider == "cards" else tmp_path / "empty"
    strike = scene.after(CHANCE.randint(*case.killed_after))
    _, _, was_running = disturbed(warehouse, scene.hub.url, [case.spider], strike, kill, SMALL_STEPS)
    assert was_running
    stored, before = len(rows(warehouse, case.table)), scene.hub.requests.count()
    assert crawl(warehouse, scene.hub.url, case.spider, **SMALL_STEPS).returncode == 0
    assert same_as_undisturbed(scene, warehouse, case.table)
    assert len({row["crawl_id"] for row in rows(warehouse, case.table)}) == 1
    whole = len(rows(scene.undisturbed, case.table))
    assert ended(warehouse, case.spider) == [("0/1", "finished", whole)]
    assert scene.hub.requests.count() - before <= (whole - stored) * case.requests_a_row + 2 + CERTIFICATE_REQUESTS


def test_workers_survive_kills_stops_and_the_loss_of_their_parent(scene: Scene, listed: Path) -> None:
    left: list[int] = []

    def kill_one_then_stop_all(pid: int) -> None:
        first, second = workers_of(pid)
        os.kill(second, signal.SIGKILL)
        while {first, second}.issuperset(workers_of(pid)):  # until it is restarted
            time.sleep(0.01)
        os.kill(pid, signal.SIGINT)

    def kill_the_parent(pid: int) -> None:
        left.extend(workers_of(pid))
        os.kill(pid, signal.SIGKILL)

    two, slowly = ["cards", "--workers", "2"], SMALL_STEPS | {"HUBLAKE_CRAWL_CONCURRENCY": "1"}
    code, stderr, _ = disturbed(listed, scene.hub.url, two, scene.after(20), kill_one_then_stop_all, slowly)
    assert code == 1
    assert "worker 1/2 died (killed by SIGKILL); restarted" in stderr
    assert "hublake: interrupted; " in stderr

    disturbed(listed, scene.hub.url, two, scene.after(20), kill_the_parent, slowly)
    assert len(left) == 2
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in left if psutil.pid_exists(pid)], timeout=20)
    assert not alive

    assert crawl(listed, scene.hub.url, "cards", **SMALL_STEPS).returncode == 0  # by one process: the shards need not be the same
    assert same_as_undisturbed(scene, listed, "cards")
    assert ended(listed, "cards")[0] == ("0/1", "finished", len(rows(listed, "cards")))
