"""Writes the data folder of the explorer: the map's arrays, one file per page, and the manifest that describes them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hublake import __version__
from hublake.explorer.data.files import write_json
from hublake.explorer.data.graph import Graph, read_graph
from hublake.explorer.data.limits import DOES_NOT_SAY
from hublake.explorer.data.map_files import write_map
from hublake.explorer.data.model_index import INDEX, write_index
from hublake.explorer.data.pages import page_readers
from hublake.explorer.data.store import FORMAT, MANIFEST
from hublake.lake.enums import GUESSED_EVIDENCE
from hublake.lake.schema.silver.licenses import LICENSE_CATALOGUE
from hublake.lake.terminal import notice
from hublake.serving.reader import PublishedTables


def write_data(published: PublishedTables, folder: Path) -> None:
    """Write all files that depend on the tables alone, and say on standard error which part is being written.

    Raises MissingTable where silver.models or silver.lineage_edges is not published. Cost: benchmarks/explorer_data.py.
    """
    with step("reading models and edges"):
        graph = read_graph(published)
    write_graph(published, graph, folder)
    with step("indexing the models"):
        write_index(published, graph.day, folder / INDEX)


def write_graph(published: PublishedTables, graph: Graph, folder: Path) -> None:
    """Write the map of a graph, or of a part of it, with the pages and the manifest."""
    with step(f"placing {len(graph):,} models on the map"):
        families = write_map(graph, folder / "map")
    with step("reading the tables of the pages"):
        for name, read in sorted(page_readers().items()):
            write_json(folder / "pages" / f"{name}.json", read(published))
    write_json(folder / MANIFEST, manifest(published, graph, families, folder))


def manifest(published: PublishedTables, graph: Graph, families: int, folder: Path) -> dict[str, Any]:
    """What the other files contain."""
    return {
        "format": FORMAT,
        "snapshot_date": graph.day,
        "generated_by": f"hublake {__version__}",
        "table_versions": {name: version for name, version in sorted(published.opened_versions.items()) if name.split(".")[0] != "bronze"},
        "models": published.value("SELECT count(*) FROM silver.models WHERE snapshot_date = $day", day=graph.day),
        "connected": len(graph),
        "edges": len(graph.child),
        "families": families,
        "server": False,
        "shards": 0,
        "does_not_say": DOES_NOT_SAY,
        "guessed_evidence": list(GUESSED_EVIDENCE),
        "commercial_use": commercial_use(published),
        "vocabularies": {name: list(values) for name, values in sorted(graph.vocabularies.items())},
        "counts": graph.counts(),
        "parts": {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()},
    }


def commercial_use(published: PublishedTables) -> dict[str, str]:
    """Whether each licence of the catalogue allows commercial use."""
    if LICENSE_CATALOGUE.full_name not in published.tables:
        return {}
    newest = "snapshot_date = (SELECT max(snapshot_date) FROM silver.license_catalogue)"
    return dict(published.rows(f"SELECT license, commercial_use FROM silver.license_catalogue WHERE {newest} ORDER BY license"))


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done and, if it took long, for how long."""
    begin = time.monotonic()
    notice(f"explorer: {what}")
    yield
    if (seconds := time.monotonic() - begin) >= 1:
        notice(f"explorer: done in {seconds:.1f} s")
