"""Command-line definitions of `hublake hub` and `hublake demo`."""

import re
from pathlib import Path

import click

from hublake.lake.options import LocalFolder
from hublake.sample_hub.server.quota import Quotas

HOST = "127.0.0.1"
TOKEN = re.compile(r"hf_\w{1,100}", re.ASCII)


@click.command(short_help="Serve a practice hub, synthetic or recorded.")
@click.option("--models", type=click.IntRange(min=1), default=2000, show_default=True, help="Number of models in the synthetic hub.")
@click.option("--seed", type=int, default=1, show_default=True, help="Random seed of the synthetic hub and of the faults.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="Replay recorded responses instead: a folder with models.jsonl.gz (and cards.jsonl.gz), or a file of listed models.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Port; 0 takes any free one.")
@click.option(
    "--host", default=HOST, show_default=True, help="Address to listen on. Use anything but the default only inside a private network."
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
    help="Share of requests that fail. A request fails at most three times in a row.",
)
@click.option("--token", help="Refuse every request without this token, which starts with hf_. Without the option none is needed.")
@click.option("--truth", type=LocalFolder(), help="Write the ground truth to this folder (synthetic hubs only).")
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
    token: str | None,
    truth: Path | None,
) -> None:
    """Serve a practice hub until Ctrl-C, on 127.0.0.1 unless --host is given.

    It implements the parts of the Hub's API that list repositories and serve their cards: paging, redirects, rate limits and errors.
    Quotas default to those of an anonymous client of the real Hub.

    \b
    Example, in one terminal; run the second line in another:
      hublake hub --models 500 --port 8765
      HF_ENDPOINT=http://127.0.0.1:8765 hublake crawl models
    """
    if source and truth:
        raise click.UsageError("--truth needs a synthetic hub: a recorded hub has no ground truth.")
    if token is not None and not TOKEN.fullmatch(token):
        raise click.UsageError(f"--token: {token!r} is not a token of the Hub's form. Use hf_ and letters or digits, such as hf_practice.")
    from hublake.sample_hub.serve import serve_hub

    quotas = Quotas(window, api, resolvers)
    serve_hub(models=models, seed=seed, source=source, truth=truth, host=host, port=port, quotas=quotas, faults=faults, token=token)


@click.command(short_help="Run the whole pipeline offline on a small synthetic hub.")
@click.option("--models", default=2000, show_default=True, type=click.IntRange(100), help="Number of models in the synthetic hub.")
@click.option("--seed", default=7, show_default=True, help="Random seed; the same seed generates the same hub.")
@click.option("--out", default="demo", show_default=True, type=LocalFolder(), help="Output folder.")
def demo(models: int, seed: int, out: Path) -> None:
    """Generate a hub, serve it on loopback, crawl it, build all tables through the gates, export them and report.

    \b
    Example:
      hublake demo --models 500
    """
    from hublake.sample_hub.demo import run_demo

    run_demo(models, seed, out)
