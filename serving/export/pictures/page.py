"""A page of one family or selection that needs no other file, no script and no network: the picture, and all models in a table."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path

import numpy as np

from hublake.lake.errors import WrongUse
from hublake.lake.terminal import printable
from hublake.serving.export.files import Written, write_file
from hublake.serving.export.graphs.kinds import COLOUR_OF, KINDS, NAME_OF
from hublake.serving.export.graphs.lineage_graph import LineageGraph
from hublake.serving.export.graphs.placed_graph import SECONDS_PER_DAY, GraphArrays, positions
from hublake.serving.layouts.forest import ROOT

MODELS = 5_000  # beyond, browsers scroll slowly
SIDE = 1_000
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --ink: #222; --pale: #666; --paper: #fff; --line: #ddd }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --pale: #aaa; --paper: #16181c; --line: #3a3d44 } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; max-width: 70rem; padding: 1rem }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; margin: .5rem 0 0 }
p, figcaption { color: var(--pale); margin: .3rem 0 1rem }
figure { margin: 0 }
svg { display: block; width: 100%; max-height: 85vh }
svg a:focus circle, svg a:hover circle { stroke: var(--ink); stroke-width: 3 }
line { stroke: var(--pale) }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 50%; margin: 0 .3em 0 1em }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line) }
tbody th, td { overflow-wrap: anywhere }
th { hyphens: none; position: sticky; top: 0; background: var(--paper) }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.is { white-space: nowrap }
tr:target { background: #E69F0055 }
"""
COLUMNS = ("", "model", "is", "main parent", "impact", "downloads of 30 days", "created")


def write_page(graph: LineageGraph, arrays: GraphArrays, layout: str, title: str, path: Path) -> Written:
    """Write the page. Raises WrongUse if the selection is too large for a page or the layout."""
    nodes = arrays.kind.size
    if nodes > MODELS:
        raise WrongUse(
            f"--format html lists at most {MODELS:,} models, and {nodes:,} are selected. Select fewer with --root, --depth or filters"
        )
    return write_file(path, _parts(arrays, layout, title, graph.day, graph.communities()), nodes)


def _parts(arrays: GraphArrays, layout: str, title: str, day: date, communities: Mapping[str, str]) -> Iterator[str]:
    kinds = [KINDS[kind] for kind in arrays.kind.tolist()]
    given = arrays.names.to_pylist()
    names = [escape(printable(name)) for name in given]
    ranking = np.lexsort((arrays.order, -arrays.downloads, -arrays.impact)).tolist()
    guessed = int(arrays.is_guessed.sum())
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n<style>{STYLE}'
    yield "".join(f".{kind} {{ fill: {colour}; background: {colour} }}\n" for kind, colour in COLOUR_OF.items())
    yield f"</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
    yield f"<p>{len(names):,} models, {arrays.child.size:,} edges, {guessed:,} of them guessed. Snapshot {day}.</p>\n<figure>\n"
    yield from _picture(arrays, layout, kinds, names, ranking)
    keys = "".join(f'<span class="key {kind}"></span>{NAME_OF[kind]} {kinds.count(kind):,}' for kind in KINDS if kind in kinds)
    grouped = f" {len(set(communities.values())):,} communities, named by their first model." if communities else ""
    yield f"<figcaption>{keys}. Size: impact. A circle leads to its row.{grouped}</figcaption>\n</figure>\n<table>\n<thead><tr>"
    columns = (*COLUMNS, "community") if communities else COLUMNS
    yield "".join(f'<th scope="col">{name}</th>' for name in columns) + "</tr></thead>\n<tbody>\n"
    for rank, node in enumerate(ranking, 1):
        parent = int(arrays.main_parent[node])
        above = "" if parent == ROOT else f'<a href="#m{parent}">{names[parent]}</a>'
        yield f'<tr id="m{node}"><td class="n">{rank:,}</td><th scope="row">{names[node]}</th>'
        yield f'<td class="is">{NAME_OF[kinds[node]]}</td><td>{above}</td>'
        yield f'<td class="n">{arrays.impact[node]:.1f}</td><td class="n">{arrays.downloads[node]:,}</td><td class="n">'
        yield f"{_day(float(arrays.created[node]))}</td>"
        yield f"<td>{escape(printable(communities.get(given[node], '')))}</td></tr>\n" if communities else "</tr>\n"
    yield "</tbody>\n</table>\n</main>\n</body>\n</html>\n"


def _picture(arrays: GraphArrays, layout: str, kinds: list[str], names: list[str], ranking: list[int]) -> Iterator[str]:
    x, y = positions(arrays, layout)
    reach = max(float(np.ptp(x)), float(np.ptp(y)) or 1.0)
    scale = SIDE * 0.94 / reach
    x, y = SIDE / 2 + (x - (x.max() + x.min()) / 2) * scale, SIDE / 2 - (y - (y.max() + y.min()) / 2) * scale
    leaf = 3.0 if layout == "timeline" else float(np.clip(0.38 * scale, 1.2, 9))
    radius = leaf * (1 + 1.5 * arrays.impact / 100)
    yield f'<svg viewBox="0 0 {SIDE} {SIDE}" role="group" aria-label="The models of the table below">\n'
    yield f'<g opacity="{np.clip(40 / max(arrays.child.size, 1), 0.1, 0.5):.2f}">\n'
    if layout != "timeline":
        for child, parent in zip(arrays.child.tolist(), arrays.parent.tolist(), strict=True):
            yield f'<line x1="{x[child]:.1f}" y1="{y[child]:.1f}" x2="{x[parent]:.1f}" y2="{y[parent]:.1f}"/>\n'
    yield "</g>\n"
    for node in reversed(ranking):
        yield f'<a href="#m{node}"><circle class="{kinds[node]}" cx="{x[node]:.1f}" cy="{y[node]:.1f}" r="{radius[node]:.1f}">'
        yield f"<title>{names[node]} ({NAME_OF[kinds[node]]})</title></circle></a>\n"
    yield "</svg>\n"


def _day(created: float) -> str:
    return "" if np.isnan(created) else str(datetime.fromtimestamp(created * SECONDS_PER_DAY, UTC).date())
