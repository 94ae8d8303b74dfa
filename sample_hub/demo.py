"""`hublake demo`: the whole pipeline on a small synthetic hub, offline. Each step runs the command that a user would type."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from hublake.lake.console import open_console
from hublake.lake.errors import HublakeError, WrongUse
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.synthetic.generate import generate_hub

MARKER = ".made-by-hublake-demo"
REAL_HUB = "export HUBLAKE_WAREHOUSE=warehouse; hublake crawl models --limit 1000 && hublake crawl cards && hublake build && hublake report"


def run_demo(models: int, seed: int, out: Path) -> None:
    """Generate a hub, crawl it over HTTP on loopback, build, export and report."""
    console = open_console()
    begin = time.monotonic()
    _clear(out)
    warehouse = str(out / "warehouse")
    console.print(f"[bold]1/6[/] generating a hub of {models:,} models (seed {seed}); its ground truth: {out / 'truth'}")
    store = generate_hub(out / "hub.sqlite", models=models, seed=seed, truth_dir=out / "truth")
    # The Hub counts in windows of five minutes. These are short, so that the demo shows pacing and still ends.
    with PracticeHub(store, quotas=Quotas(window_seconds=5, api=500, resolvers=1500)) as hub:
        console.print(f"[bold]2/6[/] crawling the listings of models and datasets at {hub.url}")
        _run("crawl", "models", "--endpoint", hub.url, "--warehouse", warehouse)
        _run("crawl", "datasets", "--endpoint", hub.url, "--warehouse", warehouse)
        console.print("[bold]3/6[/] crawling model cards and the accounts that own models, as fast as the quota allows")
        _run("crawl", "cards", "--endpoint", hub.url, "--warehouse", warehouse)
        _run("crawl", "accounts", "--endpoint", hub.url, "--warehouse", warehouse)
    console.print("[bold]4/6[/] building silver and gold through the gates")
    _run("build", "--warehouse", warehouse)
    exports = out / "exports"
    console.print(f"[bold]5/6[/] exporting to {exports}")
    for file_format in ("csv", "json"):
        _run("export", "--format", file_format, "--out", str(exports), "--warehouse", warehouse, is_quiet=True)
    console.print(f"{len(list(exports.glob('*.csv')))} tables, each as CSV and as JSON Lines")
    console.print(f"[bold]6/6[/] results, after {time.monotonic() - begin:.0f} s")
    _run("report", "--warehouse", warehouse)
    console.print(f"[dim]  # the same for a thousand models of the real Hub, at its pace[/]\n  {REAL_HUB}", soft_wrap=True)


def _clear(out: Path) -> None:
    """Remove the output of an earlier demo, and nothing else. Raises WrongUse where the folder has other files."""
    if out.exists() and any(out.iterdir()):
        if not (out / MARKER).exists():
            raise WrongUse(f"{out.resolve()} contains files that no demo wrote. Choose another --out.")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARKER).touch()


def _run(*arguments: str, is_quiet: bool = False) -> None:
    output = subprocess.DEVNULL if is_quiet else None
    done = subprocess.run([sys.executable, "-m", "hublake.lake.cli", *arguments], stdout=output, check=False)
    if done.returncode:
        raise HublakeError(f"the demo stopped at: hublake {' '.join(arguments)} (exit code {done.returncode})")
