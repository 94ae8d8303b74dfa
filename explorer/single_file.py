"""One family as one HTML file, which a browser opens from a disk.

From a disk, a browser loads neither modules nor data that a page requests. The file therefore contains each module as a data: address in an
import map, and the data as text, which takes the place of requests.
"""

import base64
import gzip
import hashlib
import html
import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import numpy as np

from hublake.explorer.data.graph import Graph, Indices, read_graph
from hublake.explorer.data.shards import write_details
from hublake.explorer.data.write import write_graph
from hublake.explorer.server import STATIC, files_below
from hublake.lake.errors import HublakeError
from hublake.serving.kin import require_model
from hublake.serving.reader import PublishedTables

MOST_MODELS = 200_000
IMPORT = re.compile(r'(\bfrom |\bimport\()"(\.{1,2}/[^"]+)"')
LINK = re.compile(r'<(?:link rel="stylesheet" href|script src|script type="module" src)="([^"]+)"(?:></script)?>\n')
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')
PREFIX = "explorer/"  # of modules in the import map
# The files by path, compressed and as text; fetch reads them. Without an address, the page of the family is shown.
READ_FILES = """
const files = JSON.parse(document.getElementById("files").textContent);
globalThis.fetch = async (address) => {
  const path = String(address);
  if (!Object.hasOwn(files, path)) return new Response(null, { status: 404 });
  const bytes = Uint8Array.from(atob(files[path]), (letter) => letter.charCodeAt(0));
  return path.endsWith(".gz") ? new Response(bytes) : new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
};
if (!location.hash) location.replace(document.getElementById("files").dataset.start);
"""


def family_page(published: PublishedTables, model_id: str) -> str:
    """The HTML of a model with its descendants and ancestors.

    Raises WrongUse where no model has the name, HublakeError where it has no known relative or too many.
    """
    graph = read_graph(published)
    found = np.flatnonzero(np.asarray(graph.names) == model_id)
    if not found.size:
        require_model(published, model_id, graph.day)
        raise HublakeError(f"no model is known that {model_id} derives from or that derives from it, so it has no family to write")
    members = family_of(graph, int(found[0]))
    if len(members) > MOST_MODELS:
        raise HublakeError(
            f"the family of {model_id} has {len(members):,} models, and one file up to {MOST_MODELS:,}. Write a folder: --out"
        )
    with TemporaryDirectory(prefix="hublake-explorer-") as scratch:
        folder = Path(scratch)
        write_graph(published, graph.subset(members), folder)
        write_details(published, folder, others=0)
        data = {f"data/{name}": path.read_bytes() for name, path in files_below(folder).items()}
    return _page(data, model_id)


def family_of(graph: Graph, model: int) -> Indices:
    """The model with all its descendants and ancestors, in the order of the graph."""
    chosen = np.zeros(len(graph), dtype=bool)
    for begin, end in ((graph.parent, graph.child), (graph.child, graph.parent)):
        reached = np.zeros(len(graph), dtype=bool)
        reached[model] = True
        size = 0
        while size < (size := int(reached.sum())):
            reached[end[reached[begin]]] = True
        chosen |= reached
    return np.flatnonzero(chosen)


def _page(data: Mapping[str, bytes], model_id: str) -> str:
    static = {
        name: path.read_text("utf-8") for name, path in files_below(STATIC).items() if name.endswith((".js", ".css", ".html", ".svg"))
    }
    picture = _address(data["data/map/map.png"], "image/png")
    modules = {name: _module(name, text).replace("data/map/map.png", picture) for name, text in static.items() if name.endswith(".js")}
    packed = {name: _text(content if name.endswith(".gz") else gzip.compress(content, mtime=0)) for name, content in data.items()}
    imports = {PREFIX + name: _address(text.encode(), "text/javascript") for name, text in modules.items()}
    start = html.escape("#/family/" + "/".join(quote(part, safe="") for part in model_id.split("/")))
    scripts = [READ_FILES, static["js/theme.js"], f'import "{PREFIX}js/app.js";']
    styles = [text for name in LINK.findall(static["index.html"]) if (text := static[name]) and name.endswith(".css")]
    mapped = json.dumps({"imports": imports})
    head = "\n".join(
        (
            f'<meta http-equiv="Content-Security-Policy" content="{_policy([mapped, *scripts])}">',
            *(f"<style>{style}</style>" for style in styles),
            f'<script type="importmap">{mapped}</script>',
            f'<script type="application/json" id="files" data-start="{start}">{json.dumps(packed)}</script>',
            *(f"<script>{script}</script>" for script in scripts[:2]),
            f'<script type="module">{scripts[2]}</script>\n',
        )
    )
    page = POLICY.sub("", LINK.sub("", static["index.html"]))
    return page.replace("img/icon.svg", _address(static["img/icon.svg"].encode(), "image/svg+xml")).replace("</head>", f"{head}</head>")


def _module(name: str, text: str) -> str:
    """The text of a module with the names of the import map in place of paths."""
    folder = posixpath.dirname(name)
    return IMPORT.sub(lambda found: f'{found[1]}"{PREFIX}{posixpath.normpath(posixpath.join(folder, found[2]))}"', text)


def _policy(scripts: list[str]) -> str:
    digests = " ".join(f"'sha256-{_text(hashlib.sha256(script.encode()).digest())}'" for script in scripts)
    others = "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src data: {digests}; {others}"


def _address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{_text(content)}"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
