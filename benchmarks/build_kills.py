"""A build is killed at random moments: how often do readers see a mixture of old and new?

python -m benchmarks.build_kills [--kills N] [--models N] [--seed S]      two crawls of a made hub over loopback, the second built N times
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from deltalake import DeltaTable

from benchmarks.figure import lap, show
from benchmarks.gate_cost import crawl_synthetic_hub
from hublake.lake.delta.builds import BuildLog
from hublake.lake.delta.tables import append
from hublake.lake.paths import Location
from hublake.lake.schema import TABLES
from hublake.lake.schema.operations import BUILDS
from hublake.serving.reader import PublishedTables

Rows = dict[str, int]
LATER = date(2100, 1, 1)  # the day of the second crawl: after the first one, whenever this runs


def recrawled(address: str) -> None:
    """A second listing: the first one's items but for every tenth, on a later day."""
    for name in ("bronze.listings", "bronze.crawl_runs"):
        table = TABLES[name]
        rows = DeltaTable(table.path(address)).to_pyarrow_table().to_pylist()
        later = [{**row, "snapshot_date": LATER, "crawl_id": "second"} for row in rows if row.get("spider", "models") == "models"]
        for row in later:
            for column in ("fetched_at", "started_at", "finished_at"):
                if column in row:
                    row[column] = row[column].replace(year=2100, month=1, day=1)
        append(Location(address), table, [row for n, row in enumerate(later) if n % 10 != 9], {})


def build(address: str) -> subprocess.Popen[bytes]:
    """`hublake build` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "hublake.lake.cli", "build", "model_impact", "model_history", "model_metrics", "--warehouse", address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def build_log_commits(address: str) -> int:
    """Commits of the build log: one more when a build begins to publish, another when it has ended."""
    return len(list((Path(BUILDS.path(address)) / "_delta_log").glob("*.json")))


def wait_for_commits(process: subprocess.Popen[bytes], address: str, commits: int) -> None:
    """Until the build log has so many, or the build has ended."""
    while process.poll() is None and build_log_commits(address) < commits:
        time.sleep(0.01)


def publishing(address: str) -> tuple[float, float]:
    """Seconds of a whole build, which must succeed, and of the part of it in which tables are published."""
    known = build_log_commits(address)
    with lap() as whole:
        process = build(address)
        wait_for_commits(process, address, known + 1)
        with lap() as last:
            wait_for_commits(process, address, known + 2)
        assert process.wait() == 0
    return whole.seconds, last.seconds


def seen(address: str) -> Rows:
    """Rows of every table of silver and gold as a reader sees them, but of the tables about builds."""
    published = PublishedTables(address, {})
    about_builds = ("gold.builds", "gold.quality_results")
    names = [n for n, t in published.tables.items() if t.layer != "bronze" and n not in about_builds]
    return {name: published.value(f"SELECT count(*) FROM {name}") for name in names}  # noqa: S608  # declared names


def copied(source: Path, target: Path) -> str:
    """A fresh copy of a warehouse."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    return str(target)


def main() -> None:
    """Build both crawls once for the two truths, then kill as many builds as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--models", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hublake-kills-"))
    address = crawl_synthetic_hub(folder, options.models)
    assert build(address).wait() == 0
    old = seen(address)
    recrawled(address)
    whole = copied(Path(address), folder / "whole")
    seconds, publishing_seconds = publishing(whole)
    new = seen(whole)
    assert old != new
    random_, found = random.Random(options.seed), {"old": 0, "new": 0, "mixed": 0}
    known = build_log_commits(address)
    for number in range(options.kills):
        trial = copied(Path(address), folder / "trial")
        process = build(trial)
        if is_late := bool(number % 2):  # every other kill falls where tables are published, however long the machine took until then
            wait_for_commits(process, trial, known + 1)
        moment = random_.uniform(0, publishing_seconds if is_late else seconds)
        time.sleep(moment)
        process.kill()
        process.wait()
        state = {json.dumps(old): "old", json.dumps(new): "new"}.get(json.dumps(seen(trial)), "mixed")
        found[state] += 1
        when = f"{moment:.2f} of {publishing_seconds:.2f} s of publishing" if is_late else f"{moment:.1f} of {seconds:.1f} s"
        print(f"killed after {when}: {state}; unfinished: {len(BuildLog(Location(trial)).history().unfinished)}", flush=True)
    show(f"readers that saw a mixture after {options.kills} kills ({found})", found["mixed"], unit="kills", bar="0")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
