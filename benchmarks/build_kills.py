"""How often do readers see a mixture of old and new tables after a build was killed at a random moment?

python -m benchmarks.build_kills [--kills N] [--models N] [--seed S]      two crawls of a synthetic hub; the second is built N times
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


def add_second_crawl(address: str) -> None:
    """Append a second listing on a later day: the items of the first one without every tenth."""
    for name in ("bronze.listings", "bronze.crawl_runs"):
        table = TABLES[name]
        rows = DeltaTable(table.path(address)).to_pyarrow_table().to_pylist()
        later = [{**row, "snapshot_date": LATER, "crawl_id": "second"} for row in rows if row.get("spider", "models") == "models"]
        for row in later:
            for column in ("fetched_at", "started_at", "finished_at"):
                if column in row:
                    row[column] = row[column].replace(year=2100, month=1, day=1)
        append(Location(address), table, [row for n, row in enumerate(later) if n % 10 != 9], {})


def start_build(address: str) -> subprocess.Popen[bytes]:
    """Start `hublake build`."""
    return subprocess.Popen(
        [sys.executable, "-m", "hublake.lake.cli", "build", "model_impact", "model_history", "model_metrics", "--warehouse", address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def build_log_commits(address: str) -> int:
    """Commits of gold.builds: one when a build starts to publish, another when it has finished."""
    return len(list((Path(BUILDS.path(address)) / "_delta_log").glob("*.json")))


def wait_for_commits(process: subprocess.Popen[bytes], address: str, commits: int) -> None:
    """Wait until the build log has so many commits, or the build has ended."""
    while process.poll() is None and build_log_commits(address) < commits:
        time.sleep(0.01)


def time_build(address: str) -> tuple[float, float]:
    """Seconds of a build, which must succeed, and of its publishing phase."""
    commits = build_log_commits(address)
    with lap() as total:
        process = start_build(address)
        wait_for_commits(process, address, commits + 1)
        with lap() as publishing:
            wait_for_commits(process, address, commits + 2)
        assert process.wait() == 0
    return total.seconds, publishing.seconds


def row_counts(address: str) -> Rows:
    """Rows per table of silver and gold as a reader sees them, without the tables about builds."""
    published = PublishedTables(address, {})
    about_builds = ("gold.builds", "gold.quality_results")
    names = [n for n, t in published.tables.items() if t.layer != "bronze" and n not in about_builds]
    return {name: published.value(f"SELECT count(*) FROM {name}") for name in names}  # noqa: S608  # declared names


def copy_warehouse(source: Path, target: Path) -> str:
    """Replace `target` by a copy of the warehouse; returns its address."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    return str(target)


def main() -> None:
    """Build both crawls once for the two expected states, then kill builds of the second one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--models", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hublake-kills-"))
    address = crawl_synthetic_hub(folder, options.models)
    assert start_build(address).wait() == 0
    old = row_counts(address)
    add_second_crawl(address)
    undisturbed = copy_warehouse(Path(address), folder / "undisturbed")
    seconds, publishing_seconds = time_build(undisturbed)
    new = row_counts(undisturbed)
    assert old != new
    rng, found = random.Random(options.seed), {"old": 0, "new": 0, "mixed": 0}
    commits = build_log_commits(address)
    for number in range(options.kills):
        trial = copy_warehouse(Path(address), folder / "trial")
        process = start_build(trial)
        if is_late := bool(number % 2):  # every other kill hits the publishing phase, however long the machine took until then
            wait_for_commits(process, trial, commits + 1)
        moment = rng.uniform(0, publishing_seconds if is_late else seconds)
        time.sleep(moment)
        process.kill()
        process.wait()
        state = {json.dumps(old): "old", json.dumps(new): "new"}.get(json.dumps(row_counts(trial)), "mixed")
        found[state] += 1
        when = f"{moment:.2f} of {publishing_seconds:.2f} s of publishing" if is_late else f"{moment:.1f} of {seconds:.1f} s"
        print(f"killed after {when}: {state}; unfinished: {len(BuildLog(Location(trial)).history().unfinished)}", flush=True)
    show(f"kills of {options.kills} after which readers saw a mixture ({found})", found["mixed"], unit="kills", bar="0")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
