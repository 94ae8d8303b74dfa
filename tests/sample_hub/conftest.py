"""One made hub for all tests that only read it, and a small one, anew for each test, for those that change it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hublake.sample_hub.make import make_hub
from hublake.sample_hub.quota import Quotas
from hublake.sample_hub.running import Hub
from hublake.sample_hub.store import Store
from tests.sample_hub.asking import rows_of

PLENTY = Quotas(window_seconds=300, api=1_000_000, resolvers=1_000_000, pages=1_000_000)
GRANTED = "hf_granted"


@pytest.fixture(scope="session")
def truth_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="session")
def hub(truth_dir: Path) -> Iterator[Hub]:
    """A thousand models, served without limits."""
    store = make_hub(truth_dir / "hub.sqlite", models=1000, seed=7, truth_dir=truth_dir)
    with Hub(store, quotas=PLENTY, granted_tokens=[GRANTED]) as running:
        yield running
    store.close()


@pytest.fixture(scope="session")
def planted_models(hub: Hub, truth_dir: Path) -> list[dict[str, Any]]:
    return rows_of(truth_dir / "models.jsonl.gz")


@pytest.fixture(scope="session")
def planted_edges(hub: Hub, truth_dir: Path) -> list[dict[str, Any]]:
    return rows_of(truth_dir / "edges.jsonl.gz")


@pytest.fixture
def small_store(tmp_path: Path) -> Iterator[Store]:
    store = make_hub(tmp_path / "small.sqlite", models=60, seed=3)
    yield store
    store.close()
