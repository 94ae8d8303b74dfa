"""Runs a practice hub in the foreground."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.progress import Progress

from hublake.lake.signals import told_to_end
from hublake.sample_hub.faults import Faults
from hublake.sample_hub.make import make_hub
from hublake.sample_hub.quota import Quotas
from hublake.sample_hub.replay import load_recorded
from hublake.sample_hub.running import Hub
from hublake.sample_hub.store import Store


def serve_hub(
    *, models: int, seed: int, source: Path | None, truth: Path | None, host: str, port: int, quotas: Quotas, faults: float
) -> None:
    """Make a hub, or load a recorded one, and serve it until Ctrl-C."""
    console = Console(stderr=True)
    with TemporaryDirectory(prefix="hublake-hub-") as folder:
        store_path = Path(folder) / "hub.sqlite"
        store = load_recorded(source, store_path) if source else _made(console, store_path, models, seed, truth)
        served = Hub(store, quotas=quotas, faults=Faults(faults, seed), host=host, port=port)
        with told_to_end() as is_told, served as running:  # in this order: who reads the address may end it at once
            click.echo(f"A hub of {store.count():,} models at {running.url}")
            click.echo(f"Point at it:  export HF_ENDPOINT={running.url}")
            click.echo("Ctrl-C ends it.")
            is_told.wait()
            asked, refused = running.requests.count(), running.requests.count(status=429)
        store.close()
    click.echo(f"\nEnded. {asked:,} requests, {refused:,} of them refused with 429.")


def _made(console: Console, store_path: Path, models: int, seed: int, truth: Path | None) -> Store:
    """With a bar on a terminal, plain lines elsewhere."""
    if not console.is_terminal:
        console.print(f"Making a hub of {models:,} models ...")
        return make_hub(store_path, models, seed, truth)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Making a hub", total=models)
        return make_hub(store_path, models, seed, truth, lambda done: progress.update(task, completed=done))
