"""One synthetic hub for all tests that only read it, and a small one per test for those that change it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.store import Store
from hublake.sample_hub.synthetic.generate import generate_hub
from tests.sample_hub.http_client import read_rows

UNLIMITED = Quotas(window_seconds=300, api=1_000_000, resolvers=1_000_000, pages=1_000_000)
GRANTED = "hf_granted"


@pytest.fixture(scope="session")
def truth_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("synthetic")


@pytest.fixture(scope="session")
def hub(truth_dir: Path) -> Iterator[PracticeHub]:
    """A thousand models, served without limits."""
    store = generate_hub(truth_dir / "hub.sqlite", models=1000, seed=7, truth_dir=truth_dir)
    with PracticeHub(store, quotas=UNLIMITED, granted_tokens=[GRANTED]) as running:
        yield running
    store.close()


@pytest.fixture(scope="session")
def truth_models(hub: PracticeHub, truth_dir: Path) -> list[dict[str, Any]]:
    return read_rows(truth_dir / "models.jsonl.gz")


@pytest.fixture(scope="session")
def truth_edges(hub: PracticeHub, truth_dir: Path) -> list[dict[str, Any]]:
    return read_rows(truth_dir / "edges.jsonl.gz")


@pytest.fixture
def small_store(tmp_path: Path) -> Iterator[Store]:
    store = generate_hub(tmp_path / "small.sqlite", models=60, seed=3)
    yield store
    store.close()
