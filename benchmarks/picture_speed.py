"""How long do the pictures and pages of `hublake export` take: of a family of 1,000 models in each layout, and of all models?

Each is a command in a process of its own, on synthetic silver tables. Defaults take a minute:
    python -m benchmarks.picture_speed
    python -m benchmarks.picture_speed --hub 3100000 --edges 1500000
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.figure import show
from benchmarks.reader_speed import hublake
from benchmarks.synthetic_graph import synthetic_edges, write_silver

FAMILY = 1_000
PICTURES = ("png families", "png timeline", "png spring", "png circular", "svg families", "html families")


def _show(picture: str, models: int, warehouse: Path, out: Path, bar: str) -> None:
    file_format, layout = picture.split()
    used = hublake("export", "--out", str(out), "--warehouse", str(warehouse), "--format", file_format, "--layout", layout)
    show(f"{picture} of {models:,} models", used.seconds, unit="s", bar=bar)
    show(f"{picture} of {models:,} models", used.cpu, unit="CPU s")


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
            _show(picture, FAMILY, Path(work) / "family", Path(work), "10 s")
        if args.hub:
            write_silver(Path(work) / "hub", args.hub, *synthetic_edges(args.hub, args.edges))
            for picture in ("png families", "png timeline", "gexf families"):
                _show(picture, args.hub, Path(work) / "hub", Path(work), "120 s")


if __name__ == "__main__":
    main()
