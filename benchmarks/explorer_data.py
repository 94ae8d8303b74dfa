"""What do the explorer's data cost, and how fast does its server answer?

Without --warehouse: a made graph of --models in four tables. Bars, at 3.1 million models: data in 360 s of CPU and 3,000 MB; loading in
20 s and 2,000 MB, each answer of the server in 0.3 s; --static: a folder of 130 MB. The data go to a folder that is removed afterwards.
"""

import argparse
import http.client
import os
import random
import tempfile
from pathlib import Path
from statistics import median
from threading import Thread
from urllib.parse import quote

from benchmarks.figure import cpu_seconds, lap, peak_megabytes, reset_peak, show
from benchmarks.synthetic_graph import synthetic_edges, write_silver
from hublake.explorer.api import Answers
from hublake.explorer.data.shards import write_details
from hublake.explorer.data.write import write_data
from hublake.explorer.server import ExplorerServer
from hublake.lake.settings import load
from hublake.serving.reader import open_published

FILES = ("manifest.json", "map/positions.u16.gz", "map/edges.u32.gz", "map/names.txt.gz", "map/families.json")
ASKED_MODELS = 10
SEED = 26


def main() -> None:
    """Write the data, then start the server and request what its pages request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouse", help="published or silver tables in place of made ones")
    parser.add_argument("--models", type=int, default=310_000)
    parser.add_argument("--static", action="store_true", help="also the details of a static folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        warehouse = args.warehouse or work + "/warehouse"
        if not args.warehouse:
            write_silver(Path(warehouse), args.models, *synthetic_edges(args.models, args.models // 2))
        data = Path(work) / "data"
        data.mkdir()
        measure_data(warehouse, data)
        measure_server(warehouse, data)
        if args.static:
            measure_details(warehouse, data)


def measure_data(warehouse: str, data: Path) -> None:
    """Print the cost of the data folder."""
    reset_peak()
    started = cpu_seconds()
    write_data(open_published(load(flags={"warehouse": warehouse})), data)
    show("CPU of the data", cpu_seconds() - started, unit="s", bar="360 s at 3.1 million models")
    show("memory", peak_megabytes(), unit="MB", bar="3,000 MB")
    show("size of the data", megabytes(data), unit="MB")


def measure_server(warehouse: str, data: Path) -> None:
    """Print the time until the server answers, and of its answers."""
    settings = load(flags={"warehouse": warehouse})
    reset_peak()
    with lap() as loading:
        published = open_published(settings)
        server = ExplorerServer(data, Answers(published, lambda: open_published(settings)).by_name(), 0)
        Thread(target=server.serve_forever, daemon=True).start()
    show("loading", loading.seconds, unit="s", bar="20 s")
    pages = sorted(f"pages/{path.name}" for path in (data / "pages").iterdir())
    files = [timed(server, f"/data/{name}") for name in (*FILES, *pages)]
    show("slowest file of a page", max(files), unit="s", bar="0.3 s")
    names = published.arrow("SELECT model_id FROM silver.models")["model_id"]
    chosen = random.Random(SEED).sample(range(len(names)), ASKED_MODELS)
    models = [timed(server, f"/api/model?id={quote(names[number].as_py())}") for number in chosen]
    show("facts on a model, median", median(models), unit="s", bar="0.3 s")
    show("facts on a model, slowest", max(models), unit="s")
    rows = timed(server, "/api/list?table=silver.models&columns=model_id,downloads_30d&sort=-downloads_30d")
    show("the 1,000 most downloaded models", rows, unit="s", bar="0.3 s")
    show("memory of the server", peak_megabytes(), unit="MB", bar="2,000 MB")
    server.shutdown()
    server.server_close()


def measure_details(warehouse: str, data: Path) -> None:
    """Print the cost of the details that a static folder has."""
    started = cpu_seconds()
    write_details(open_published(load(flags={"warehouse": warehouse})), data)
    show("CPU of the details", cpu_seconds() - started, unit="s")
    show("size of a static folder", megabytes(data), unit="MB", bar="130 MB at 3.1 million models")


def timed(server: ExplorerServer, path: str) -> float:
    """Seconds from a request to the last byte of its response."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    with lap() as taken:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
    if response.status != 200:
        raise SystemExit(f"{path}: status {response.status}")
    connection.close()
    return taken.seconds


def megabytes(folder: Path) -> float:
    """Size of the files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    os.environ.setdefault("HUBLAKE_VERBOSITY", "quiet")
    main()
