"""Does the explorer keep all of its limits?

python -m benchmarks.explorer [--warehouse W] [--models 1000000 3100000]

Measures the size of the pages' own code, the layout, the map in a browser at each size, and the data, the server and the static folder of a
warehouse, which is synthetic without --warehouse. Each is a process of its own. 3.1 million models take about ten minutes.
"""

import argparse
import gzip
import subprocess
import sys

from benchmarks.figure import show
from hublake.explorer.server import STATIC


def main() -> None:
    """Print the size of the code, then run the other benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouse", help="published or silver tables in place of synthetic ones")
    parser.add_argument("--models", type=int, nargs="+", default=[1_000_000, 3_100_000])
    args = parser.parse_args()
    show("own JavaScript, compressed", own_javascript() / 1000, unit="kB", bar="<= 60 kB")
    sizes = [str(models) for models in args.models]
    data = ["--warehouse", args.warehouse] if args.warehouse else ["--models", sizes[-1]]
    run("layout_speed", "--models", *sizes, "--peer", "0")
    for size in sizes:
        run("explorer_browser", "--models", size)
    run("explorer_data", *data, "--static")


def own_javascript() -> int:
    """Bytes of all modules as one compressed file, without the vendored library."""
    return len(gzip.compress(b"\n".join(path.read_bytes() for path in sorted((STATIC / "js").rglob("*.js"))), mtime=0))


def run(name: str, *options: str) -> None:
    """Run another benchmark."""
    print(f"\n{name} {' '.join(options)}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], check=True)


if __name__ == "__main__":
    main()
