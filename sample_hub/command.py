"""The sub-command `hublake hub`."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.progress import Progress

from lake.ending import told_to_end
from sample_hub.faults import Faults
from sample_hub.make import make_hub
from sample_hub.quota import Quotas
from sample_hub.replay import load_recorded
from sample_hub.running import HOST, Hub
from sample_hub.store import Store

_ANONYMOUS = Quotas()


@click.command(short_help="Serve a hub to practise on, made or recorded.")
@click.option("--models", type=click.IntRange(min=1), default=2000, show_default=True, help="Make a hub of that many models.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same hub; also of the faults.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="Replay recorded answers instead: a folder with models.jsonl.gz (and cards.jsonl.gz), or such a file.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Port; 0 takes any free one.")
@click.option(
    "--host", default=HOST, show_default=True, help="Address to listen on; another than the default only inside a network of one's own."
)
@click.option(
    "--window",
    type=click.FloatRange(min=0, min_open=True),
    default=_ANONYMOUS.window_seconds,
    show_default=True,
    help="Seconds of a rate-limit window.",
)
@click.option(
    "--api", type=click.IntRange(min=1), default=_ANONYMOUS.api, show_default=True, help="Requests to /api per window and client."
)
@click.option(
    "--resolvers",
    type=click.IntRange(min=1),
    default=_ANONYMOUS.resolvers,
    show_default=True,
    help="Requests for files per window and client.",
)
@click.option(
    "--faults",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Share of requests that meet a fault; each is served after at most three.",
)
@click.option(
    "--truth", type=click.Path(path_type=Path, file_okay=False), help="Write what was planted into this folder; only for a made hub."
)
def hub(
    models: int,
    seed: int,
    source: Path | None,
    port: int,
    host: str,
    window: float,
    api: int,
    resolvers: int,
    faults: float,
    truth: Path | None,
) -> None:
    """Serve a hub to practise on, on 127.0.0.1 unless told otherwise, until Ctrl-C.

    It answers the parts of the Hub's API that list models and hand out cards, with its paging, redirects, rate limits and errors.
    Quotas default to those of an anonymous client of the real Hub.

    \b
    Example, in one terminal; the second line is for another:
      hublake hub --models 500 --port 8765
      HF_ENDPOINT=http://127.0.0.1:8765 hublake crawl models
    """
    if source and truth:
        raise click.UsageError("--truth goes with a made hub: nothing is planted in a recorded one.")
    console = Console(stderr=True)
    with TemporaryDirectory(prefix="hublake-hub-") as folder:
        store_path = Path(folder) / "hub.sqlite"
        store = load_recorded(source, store_path) if source else _made(console, store_path, models, seed, truth)
        served = Hub(store, quotas=Quotas(window, api, resolvers), faults=Faults(faults, seed), host=host, port=port)
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
