"""The arrays of the map, one file each, in the order of the graph's models or edges, and a picture of it."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hublake.explorer.data.files import write_bytes, write_json
from hublake.explorer.data.graph import Graph
from hublake.serving.layouts.families import FamiliesMap, families_map, quantised
from hublake.serving.layouts.raster import COLOURS, draw_points, png_bytes
from hublake.serving.layouts.timeline import timeline

NAMED_FAMILIES = 500
PICTURE_PIXELS = 1_200
HALF = 65_535 / 2


def write_map(graph: Graph, folder: Path) -> int:
    """Write the files of the map; returns the number of families. On it y grows downwards, as on a screen."""
    relation = graph.attributes["relation"]
    discs = families_map(graph.main_parent, relation, graph.order)
    times = timeline(graph.main_parent, relation, graph.created, graph.order)
    ends = np.empty((len(graph.child), 2), "<u4")
    ends[:, 0], ends[:, 1] = graph.child, graph.parent
    arrays = {
        "positions.u16": quantised(discs.x, -discs.y, discs.extent).astype("<u2"),
        "timeline.u16": quantised(times.x, -times.y, 1.0).astype("<u2"),
        "edges.u32": ends,
        "edge_relation.u8": graph.relation,
        "edge_evidence.u8": graph.evidence,
        "month.u16": graph.month.astype("<u2"),
        "radius.u8": graph.radius(),
        **{f"attr_{name}.u8": array for name, array in graph.attributes.items()},
    }
    for name, array in sorted(arrays.items()):
        write_bytes(folder / f"{name}.gz", np.ascontiguousarray(array).tobytes())
    write_bytes(
        folder / "names.txt.gz", "".join(f"{one_line(name)}\n" for name in graph.names.to_pylist()).encode("utf-8", "backslashreplace")
    )
    write_json(folder / "families.json", largest_families(graph, discs))
    write_bytes(folder / "map.png", png_bytes(picture(graph, discs)))
    return len(discs.root)


def one_line(name: str) -> str:
    """The name without line breaks, because a line is a model."""
    return name.replace("\n", " ")


def picture(graph: Graph, discs: FamiliesMap) -> NDArray[np.uint8]:
    """The map in the colours of relations. Of a small hub, a point is a square of several pixels, as large as the space between points."""
    enlarged = max(1, int(PICTURE_PIXELS / (2 * discs.extent)))
    image = draw_points(discs.x, discs.y, graph.attributes["relation"], COLOURS, PICTURE_PIXELS // enlarged, discs.extent)
    return np.repeat(np.repeat(image, enlarged, axis=0), enlarged, axis=1)


def largest_families(graph: Graph, discs: FamiliesMap) -> list[dict[str, Any]]:
    """The families with most members: their root, and their disc in the numbers of the positions."""
    largest = np.argsort(-discs.members, kind="stable")[:NAMED_FAMILIES]
    return [
        {
            "root": int(discs.root[family]),
            "name": graph.names[int(discs.root[family])].as_py(),
            "members": int(discs.members[family]),
            "x": round(float(HALF + discs.family_x[family] / discs.extent * HALF), 1),
            "y": round(float(HALF - discs.family_y[family] / discs.extent * HALF), 1),
            "radius": round(float(discs.family_radius[family] / discs.extent * HALF), 1),
        }
        for family in largest.tolist()
    ]
