"""How long do the pictures and pages of `hublake export` take: of a family of 1,000 models in each layout, and of all models?

Each is a command in a process of its own, on synthetic silver tables. Defaults take a minute:
    python -m benchmarks.picture_speed
    python -m benchmarks.picture_speed --hub 3100000 --edges 1500000
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.figure import lap, show
from benchmarks.synthetic_graph import synthetic_edges, write_silver

FAMILY = 1_000
PICTURES = ("png families", "png timeline", "png spring", "png circular", "svg families", "html families")


def _seconds(warehouse: Path, out: Path, *arguments: str) -> float:
    with lap() as taken:
        command = [sys.executable, "-m", "hublake", "export", "--out", str(out), "--warehouse", str(warehouse), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return taken.seconds


def main() -> None:
    """Print a line for each picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub", type=int, default=0, help="models of a hub that is drawn as a whole")
    parser.add_argument("--edges", type=int, default=150_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        child = np.arange(1, FAMILY)
        parent = (np.random.default_rng(7).random(child.size) ** 6 * child).astype(np.int64)
        write_silver(Path(work) / "family", FAMILY, child, parent)
        for picture in PICTURES:
            file_format, layout = picture.split()
            taken = _seconds(Path(work) / "family", Path(work), "--format", file_format, "--layout", layout)
            show(f"{picture} of {FAMILY:,} models", taken, unit="s", bar="10 s")
        if args.hub:
            write_silver(Path(work) / "hub", args.hub, *synthetic_edges(args.hub, args.edges))
            for picture in ("png families", "png timeline", "gexf families"):
                file_format, layout = picture.split()
                taken = _seconds(Path(work) / "hub", Path(work), "--format", file_format, "--layout", layout)
                show(f"{picture} of {args.hub:,} models", taken, unit="s", bar="120 s")


if __name__ == "__main__":
    main()
