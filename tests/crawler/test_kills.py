"""Killed at any moment and started again, a crawl leaves what an undisturbed one leaves: no row twice, none missing."""

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
# Of the hub: however late a blow comes on a busy machine, the crawl is still under way. A worker that asks one thing at a time takes
# 8 s for its half of the cards.
ANSWER_SECONDS = 0.05
CHANCE = random.Random(11)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


@dataclass
class Scene:
    """A hub, and a warehouse that was crawled from it undisturbed."""

    hub: PracticeHub
    listed: Path
    undisturbed: Path

    def after(self, requests: int) -> Callable[[], bool]:
        """Whether the hub has answered so many more than now."""
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


@dataclass(frozen=True)
class Way:
    """One spider that is killed after so many requests; each of its rows takes so many at the most, and a few are for beginning."""

    spider: str
    table: str
    killed_after: tuple[int, int]
    requests_a_row: float


@pytest.mark.parametrize(
    "way", [Way("models", "listings", (4, 12), 1 / 10), Way("cards", "cards", (60, 150), 2)], ids=lambda way: str(way.spider)
)
def test_what_was_killed_goes_on_behind_what_it_stored(scene: Scene, listed: Path, tmp_path: Path, way: Way) -> None:
    warehouse = listed if way.spider == "cards" else tmp_path / "empty"
    strike = scene.after(CHANCE.randint(*way.killed_after))
    _, _, was_running = disturbed(warehouse, scene.hub.url, [way.spider], strike, kill, SMALL_STEPS)
    assert was_running
    stored, begun = len(rows(warehouse, way.table)), scene.hub.requests.count()
    assert crawl(warehouse, scene.hub.url, way.spider, **SMALL_STEPS).returncode == 0
    assert same_as_undisturbed(scene, warehouse, way.table)
    assert len({row["crawl_id"] for row in rows(warehouse, way.table)}) == 1
    whole = len(rows(scene.undisturbed, way.table))
    assert ended(warehouse, way.spider) == [("0/1", "finished", whole)]
    assert scene.hub.requests.count() - begun <= (whole - stored) * way.requests_a_row + 2


def test_workers_may_be_killed_or_ended_or_lose_their_starter(scene: Scene, listed: Path) -> None:
    left: list[int] = []

    def kill_one_then_end_all(pid: int) -> None:
        first, second = workers_of(pid)
        os.kill(second, signal.SIGKILL)
        while {first, second}.issuperset(workers_of(pid)):  # until it is started again
            time.sleep(0.01)
        os.kill(pid, signal.SIGINT)

    def kill_the_starter(pid: int) -> None:
        left.extend(workers_of(pid))
        os.kill(pid, signal.SIGKILL)

    two, slowly = ["cards", "--workers", "2"], SMALL_STEPS | {"HUBLAKE_CRAWL_CONCURRENCY": "1"}
    code, said, _ = disturbed(listed, scene.hub.url, two, scene.after(20), kill_one_then_end_all, slowly)
    assert code == 1
    assert "worker 1/2 died (killed by SIGKILL); restarted" in said
    assert "hublake: interrupted; " in said

    disturbed(listed, scene.hub.url, two, scene.after(20), kill_the_starter, slowly)
    assert len(left) == 2
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in left if psutil.pid_exists(pid)], timeout=20)
    assert not alive

    assert crawl(listed, scene.hub.url, "cards", **SMALL_STEPS).returncode == 0  # by one: the shards need not be the same
    assert same_as_undisturbed(scene, listed, "cards")
    assert ended(listed, "cards")[0] == ("0/1", "finished", len(rows(listed, "cards")))
