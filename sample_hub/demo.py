"""`hublake demo`: the whole way on a small made hub, offline, each step by the command that a user would type."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console

from hublake.lake.errors import HublakeError, WrongUse
from hublake.sample_hub.make import make_hub
from hublake.sample_hub.quota import Quotas
from hublake.sample_hub.running import Hub

MARK = ".made-by-hublake-demo"


def demo(models: int, seed: int, out: Path) -> None:
    """Make a hub, crawl it over HTTP on loopback, build, export and report, each by the command that a user would type."""
    console = Console(highlight=False)
    begin = time.monotonic()
    _cleared(out)
    warehouse = str(out / "warehouse")
    console.print(f"[bold]1/6[/] making a hub of {models:,} models (seed {seed}); the truth it plants: {out / 'truth'}")
    store = make_hub(out / "hub.sqlite", models=models, seed=seed, truth_dir=out / "truth")
    # The Hub counts in windows of five minutes; these are short, so that the demo shows pacing and still ends.
    with Hub(store, quotas=Quotas(window_seconds=5, api=500, resolvers=1500)) as hub:
        console.print(f"[bold]2/6[/] crawling its listings of models and datasets over {hub.url}")
        _run("crawl", "models", "--endpoint", hub.url, "--warehouse", warehouse)
        _run("crawl", "datasets", "--endpoint", hub.url, "--warehouse", warehouse)
        console.print("[bold]3/6[/] crawling its model cards and the accounts that own models, as fast as its quota allows")
        _run("crawl", "cards", "--endpoint", hub.url, "--warehouse", warehouse)
        _run("crawl", "accounts", "--endpoint", hub.url, "--warehouse", warehouse)
    console.print("[bold]4/6[/] building silver and gold through the gates")
    _run("build", "--warehouse", warehouse)
    console.print(f"[bold]5/6[/] exporting to {out / 'exports'}")
    for form in ("csv", "json"):
        _run("export", "--format", form, "--out", str(out / "exports"), "--warehouse", warehouse)
    console.print(f"[bold]6/6[/] what came out, after {time.monotonic() - begin:.0f} s")
    _run("report", "--warehouse", warehouse)
    console.print(f"[dim]exports[/]      {(out / 'exports').resolve()}", soft_wrap=True)
    console.print(f"[dim]planted truth[/]  {(out / 'truth').resolve()}", soft_wrap=True)


def _cleared(out: Path) -> None:
    """Only what an earlier demo made is removed."""
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise WrongUse(f"{out.resolve()} holds files that no demo made. Choose another --out.")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).touch()


def _run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "hublake.lake.cli", *arguments], check=False)
    if done.returncode:
        raise HublakeError(f"the demo ended at: hublake {' '.join(arguments)} (exit code {done.returncode})")
