"""What do the explorer's data cost, and how fast does its server answer?

Without --warehouse: a synthetic graph of --models in four tables. Bars, at 3.1 million models: data in 360 s of CPU and 3,000 MB; loading
in 20 s and 2,000 MB, each answer of the server in 0.3 s; --static: a folder of 130 MB. The data go to a folder that is removed
afterwards, or to --data, which is used again.
    python -m benchmarks.explorer_data [--warehouse W] [--models 310000] [--data DIR] [--static]
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
from hublake.explorer.data.model_index import INDEX
from hublake.explorer.data.shards import write_details
from hublake.explorer.data.store import MANIFEST
from hublake.explorer.data.write import write_data
from hublake.explorer.server import ExplorerServer
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.settings import load
from hublake.serving.reader import PublishedTables, open_published

FILES = ("manifest.json", "map/positions.u16.gz", "map/edges.u32.gz", "map/names.txt.gz", "map/families.json")
ASKED_MODELS = 10
SEED = 26


def main() -> None:
    """Write the data, then start the server and request what its pages request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warehouse", help="published or silver tables in place of synthetic ones")
    parser.add_argument("--models", type=int, default=310_000)
    parser.add_argument("--data", type=Path, help="folder of the data; if it has data, only the server is measured")
    parser.add_argument("--static", action="store_true", help="also the details of a static folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        warehouse = args.warehouse or work + "/warehouse"
        if not args.warehouse:
            write_silver(Path(warehouse), args.models, *synthetic_edges(args.models, args.models // 2))
        data = args.data or Path(work) / "data"
        if not (data / MANIFEST).is_file():
            data.mkdir(parents=True, exist_ok=True)
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
    show("size of the files of the pages", megabytes(data) - megabytes(data / INDEX), unit="MB")
    show("size of the index", megabytes(data / INDEX), unit="MB")


def measure_server(warehouse: str, data: Path) -> None:
    """Print the time until the server answers, and of its answers."""
    settings = load(flags={"warehouse": warehouse})
    reset_peak()
    with lap() as loading:
        published = open_published(settings)
        server = ExplorerServer(data, Answers(published, data, lambda: open_published(settings)).by_name(), 0)
        Thread(target=server.serve_forever, daemon=True).start()
    show("loading", loading.seconds, unit="s", bar="20 s")
    pages = sorted(f"pages/{path.name}" for path in (data / "pages").iterdir())
    files = [timed(server, f"/data/{name}") for name in (*FILES, *pages)]
    show("slowest file of a page", max(files), unit="s", bar="0.3 s")
    for what, addresses in requests(published).items():
        seconds = [timed(server, address) for address in addresses]
        show(what, median(seconds), unit="s", bar="0.3 s")
        if len(seconds) > 1:
            show(f"{what}, slowest of {len(seconds)}", max(seconds), unit="s", bar="0.3 s")
    show("memory of the server", peak_megabytes(), unit="MB", bar="2,000 MB")
    server.shutdown()
    server.server_close()


def requests(published: PublishedTables) -> dict[str, list[str]]:
    """What a page requests from the server, by the question that it answers; of models, a sample and the one with most derivatives."""
    names = published.arrow("SELECT model_id FROM silver.models")["model_id"]
    chosen = [names[number].as_py() for number in random.Random(SEED).sample(range(len(names)), ASKED_MODELS)]
    hub = published.value("SELECT parent_id FROM silver.lineage_edges GROUP BY parent_id ORDER BY count(*) DESC, parent_id LIMIT 1")
    author = published.value("SELECT author FROM silver.models WHERE author <> '' GROUP BY author ORDER BY count(*) DESC, author LIMIT 1")
    query = "SELECT dataset_id FROM silver.model_datasets GROUP BY dataset_id ORDER BY count(*) DESC, dataset_id LIMIT 1"
    dataset = published.value(query) if MODEL_DATASETS.full_name in published.tables else None

    def facts(name: str) -> str:
        return f"/api/model?id={quote(name)}"

    def listed(condition: str) -> str:
        return f"/api/list?table=silver.models&columns=model_id,pipeline_tag,created_at,downloads_30d,likes&sort=-downloads_30d{condition}"

    return {
        "first facts on a model": [facts(chosen[0])],
        "facts on a model": [facts(name) for name in chosen],
        "facts on the model with most derivatives": [facts(hub)],
        "first search of a name": [f"/api/find?words={quote(chosen[0])}"],
        "search of a name": [f"/api/find?words={quote(words)}" for words in ("a", "model 99", chosen[1])],
        **({"models of a dataset": [f"/api/reach?dataset={quote(dataset)}"]} if dataset else {}),
        "search without a hit, with similar names": [f"/api/find?words={quote(name)}x" for name in (*chosen, "nobody/no-such-model", "zz")],
        "bill of materials": [f"/api/bom?id={quote(name)}" for name in chosen],
        "the 1,000 most downloaded models": [listed("")],
        "models of an author": [listed(f"&author={quote(chosen[2].partition('/')[0])}")],
        "models of the author with most": [listed(f"&author={quote(author or 'none')}")],
    }


def measure_details(warehouse: str, data: Path) -> None:
    """Print the cost of the details that a static folder has."""
    started = cpu_seconds()
    write_details(open_published(load(flags={"warehouse": warehouse})), data)
    show("CPU of the details", cpu_seconds() - started, unit="s")
    show("size of a static folder", megabytes(data) - megabytes(data / INDEX), unit="MB", bar="130 MB at 3.1 million models")


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
