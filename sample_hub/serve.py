"""Runs a practice hub in the foreground."""

from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress

from hublake.lake.console import open_console
from hublake.lake.signals import stop_event
from hublake.lake.terminal import echo
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.replay import load_recording
from hublake.sample_hub.server.faults import Faults
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.store import Store
from hublake.sample_hub.synthetic.generate import generate_hub


def serve_hub(
    *,
    models: int,
    seed: int,
    source: Path | None,
    truth: Path | None,
    host: str,
    port: int,
    quotas: Quotas,
    faults: float,
    token: str | None,
) -> None:
    """Generate a hub, or load a recorded one, and serve it until Ctrl-C."""
    console = open_console(stderr=True)
    with TemporaryDirectory(prefix="hublake-hub-") as folder:
        store_path = Path(folder) / "hub.sqlite"
        store = load_recording(source, store_path) if source else _generate(console, store_path, models, seed, truth)
        hub = PracticeHub(store, quotas=quotas, faults=Faults(faults, seed), required_token=token, host=host, port=port)
        # Signals first: a process that reads the address may stop the hub at once.
        with stop_event() as stopped, hub as running:
            echo(f"A hub of {store.count():,} models at {running.url}")
            echo(f"To use it:  export HF_ENDPOINT={running.url}" + (f" HF_TOKEN={token}" if token else ""))
            echo("Ctrl-C stops it.")
            stopped.wait()
            requests, refused = running.requests.count(), running.requests.count(status=429)
        store.close()
    echo(f"\nStopped after {requests:,} requests, {refused:,} of them refused with 429.")


def _generate(console: Console, store_path: Path, models: int, seed: int, truth: Path | None) -> Store:
    """Show a progress bar on a terminal and a plain line elsewhere."""
    if not console.is_terminal:
        console.print(f"Generating a hub of {models:,} models ...")
        return generate_hub(store_path, models, seed, truth)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Generating a hub", total=models)
        return generate_hub(store_path, models, seed, truth, lambda done: progress.update(task, completed=done))
