"""How long does it take to find all descendants of the model with the most children, from the edges on disk, without Spark?"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.figure import lap, show
from benchmarks.synthetic_graph import synthetic_edges, write_silver
from hublake.serving.kin import find_kin
from hublake.serving.reader import PublishedTables


def main() -> None:
    """Generate a hub, select the parent with the most children and find its descendants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=310_000)
    parser.add_argument("--edges", type=int, default=150_000)
    parser.add_argument("--folder", help="existing silver tables (snapshot 2026-01-02) in place of synthetic ones")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = args.folder or work
        if not args.folder:
            write_silver(Path(work), args.models, *synthetic_edges(args.models, args.edges))
        with lap() as total:
            published = PublishedTables(folder, {})
            most = "SELECT parent_id FROM silver.lineage_edges WHERE parent_status <> 'missing' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
            root = published.value(most)
            found = find_kin(published, root, "descendants")
        show(f"{found:,} descendants of {root}", total.seconds, unit="s", bar="10 s")


if __name__ == "__main__":
    main()
