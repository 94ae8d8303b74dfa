"""`hublake hub` and `hublake demo`."""

from pathlib import Path

import click

from hublake.sample_hub.quota import Quotas

HOST = "127.0.0.1"


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
    default=Quotas.window_seconds,
    show_default=True,
    help="Seconds of a rate-limit window.",
)
@click.option("--api", type=click.IntRange(min=1), default=Quotas.api, show_default=True, help="Requests to /api per window and client.")
@click.option(
    "--resolvers",
    type=click.IntRange(min=1),
    default=Quotas.resolvers,
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
    from hublake.sample_hub.served import serve_hub

    quotas = Quotas(window, api, resolvers)
    serve_hub(models=models, seed=seed, source=source, truth=truth, host=host, port=port, quotas=quotas, faults=faults)


@click.command(short_help="The whole way, offline, on a small made hub.")
@click.option("--models", default=2000, show_default=True, type=click.IntRange(100), help="Models of the made hub.")
@click.option("--seed", default=7, show_default=True, help="The same seed makes the same hub.")
@click.option("--out", default="demo", show_default=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for everything.")
def demo(models: int, seed: int, out: Path) -> None:
    """Make a hub on loopback, crawl it over HTTP, check, compute lineage, impact and documentation, export, and report.

    \b
    Example:
      hublake demo --models 500
    """
    from hublake.sample_hub.demo import demo as run

    run(models, seed, out)
