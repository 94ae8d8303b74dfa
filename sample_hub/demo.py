"""`hublake demo`: the whole pipeline on a small synthetic hub, offline. Each step runs the command that a user would type."""

import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hublake.lake.console import open_console
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.terminal import echo
from hublake.lake.verbosity import is_quiet
from hublake.sample_hub.practice_hub import PracticeHub
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.synthetic.generate import generate_hub

MARKER = ".made-by-hublake-demo"
REAL_HUB = "export HUBLAKE_WAREHOUSE=warehouse; hublake crawl models --limit 1000 && hublake crawl cards && hublake build && hublake report"


def run_demo(models: int, seed: int, out: Path) -> None:
    """Generate a hub, crawl it over HTTP on loopback, build, export and report. Steps that do not depend on each other run in parallel."""
    console = open_console()
    console.quiet = is_quiet()
    begin = time.monotonic()
    _clear(out)
    warehouse = ("--warehouse", str(out / "warehouse"))
    with _waiting("build", "--expect", str(models), *warehouse) as build:  # Spark starts during the crawl
        console.print(f"[bold]1/6[/] generating a hub of {models:,} models (seed {seed}); its ground truth: {out / 'truth'}")
        store = generate_hub(out / "hub.sqlite", models=models, seed=seed, truth_dir=out / "truth")
        # The Hub counts in windows of five minutes. These are short, so that the demo shows pacing and still ends.
        with PracticeHub(store, quotas=Quotas(window_seconds=5, api=1000, resolvers=1500)) as hub:
            at_hub = ("--endpoint", hub.url, *warehouse)
            console.print(f"[bold]2/6[/] crawling the listings of models and datasets at {hub.url}")
            with _in_background("crawl", "datasets", *at_hub):
                _run("crawl", "models", *at_hub)
            console.print("[bold]3/6[/] crawling model cards and the accounts that own models, as fast as the quota allows")
            with _in_background("crawl", "accounts", *at_hub):
                _run("crawl", "cards", *at_hub)
        console.print("[bold]4/6[/] building silver and gold through the gates")
        build()
    exports = out / "exports"
    console.print(f"[bold]5/6[/] exporting to {exports}")
    to_exports = ("--out", str(exports), *warehouse)
    with (
        _in_background("export", "--format", "csv", *to_exports, is_quiet=True),
        _in_background("export", "--format", "json", *to_exports, is_quiet=True),
        _in_background("explore", "--out", str(out / "explorer"), *warehouse, is_quiet=True),
    ):
        console.print(f"[bold]6/6[/] results, after {time.monotonic() - begin:.0f} s")
        _run("report", *warehouse)
    console.print(f"  {len(list(exports.glob('*.csv')))} tables, each as CSV and as JSON Lines, are in {exports}", soft_wrap=True)
    console.print(f"[dim]  # the same for a thousand models of the real Hub, at its pace[/]\n  {REAL_HUB}", soft_wrap=True)
    site = f"the same as files for a web server: {out / 'explorer'}"
    console.print(f"  to see it in a browser: hublake explore --open {shlex.join(warehouse)}    [dim]# {site}[/]", soft_wrap=True)


def _clear(out: Path) -> None:
    """Remove the output of an earlier demo, and nothing else. Raises WrongUse where the folder has other files."""
    if out.exists() and any(out.iterdir()):
        if not (out / MARKER).exists():
            raise WrongUse(f"{out.resolve()} contains files that no demo wrote. Choose another --out.")
        shutil.rmtree(out)
    (out / "warehouse").mkdir(parents=True)
    (out / MARKER).touch()


def _run(*arguments: str) -> None:
    _require_success(arguments, subprocess.run(_command(arguments), check=False).returncode)


@contextmanager
def _waiting(*arguments: str) -> Iterator[Callable[[], None]]:
    """Start a command that waits for a line on standard input, and yield a function that sends the line and waits for the end."""
    with subprocess.Popen(_command(arguments), stdin=subprocess.PIPE) as process:

        def resume() -> None:
            process.communicate(b"\n")
            _require_success(arguments, process.returncode)

        try:
            yield resume
        except BaseException:
            process.terminate()
            raise


@contextmanager
def _in_background(*arguments: str, is_quiet: bool = False) -> Iterator[None]:
    """Run a command beside the `with` block. Its output, unless `is_quiet`, is printed after it has ended; errors always."""
    with tempfile.TemporaryFile() as output, subprocess.Popen(_command(arguments), stdout=output) as process:
        try:
            yield
        except BaseException:
            process.terminate()
            raise
        returncode = process.wait()
        output.seek(0)
        text = output.read().decode(errors="replace").rstrip()
        if text and not is_quiet:
            echo(text)
    _require_success(arguments, returncode)


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "hublake.lake.cli", *arguments]


def _require_success(arguments: Sequence[str], returncode: int) -> None:
    if returncode:
        raise HublakeError(f"the demo stopped at: hublake {' '.join(arguments)} (exit code {returncode})")
