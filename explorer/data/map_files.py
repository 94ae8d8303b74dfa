"""The arrays of the map, one file each, in the order of the graph's models or edges, and a picture of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hublake.explorer.data.files import write_bytes, write_json
from hublake.explorer.data.graph import Graph, edge_order
from hublake.serving.layouts.families import FamiliesMap, Groups, families_map, grouped, quantised
from hublake.serving.layouts.raster import COLOURS, draw_points, png_bytes
from hublake.serving.layouts.timeline import timeline

NAMED_FAMILIES = 500
PICTURE_PIXELS = 1_200
HALF = 65_535 / 2
NO_OWNER = "(canonical)"  # of names without a slash


def write_map(graph: Graph, folder: Path) -> int:
    """Write the files of the map; returns the number of families. On it y grows downwards, as on a screen."""
    relation = graph.attributes["relation"]
    discs = families_map(graph.main_parent, relation, graph.order)
    times = timeline(graph.main_parent, relation, graph.created, graph.order)
    order = edge_order(graph.child, graph.parent, graph.evidence, graph.main_parent)
    ends = np.empty((len(graph.child), 2), "<u4")
    ends[:, 0], ends[:, 1] = graph.child[order], graph.parent[order]
    arrays = {
        "positions.u16": quantised(discs.x, -discs.y, discs.extent).astype("<u2"),
        "timeline.u16": quantised(times.x, -times.y, 1.0).astype("<u2"),
        "edges.u32": ends,
        "edge_relation.u8": graph.relation[order],
        "edge_evidence.u8": graph.evidence[order],
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
    for layout, group in family_groups(graph, discs).items():
        names, number = np.unique(group, return_inverse=True)
        moved, groups = grouped(discs, number, graph.order[discs.root])
        write_bytes(folder / f"{layout}.u16.gz", quantised(moved.x, -moved.y, moved.extent).astype("<u2").tobytes())
        write_json(folder / f"{layout}.json", [*largest_groups(names, groups, moved.extent), *largest_families(graph, moved)])
    write_bytes(folder / "map.png", png_bytes(picture(graph, discs)))
    return len(discs.root)


def family_groups(graph: Graph, discs: FamiliesMap) -> dict[str, NDArray[Any]]:
    """By layout of the map, the group of each family: the owner of its root, and the country of that owner."""
    owners = [
        owner if name else NO_OWNER
        for owner, _, name in (root.partition("/") for root in graph.names.take(pa.array(discs.root)).to_pylist())
    ]
    countries = np.asarray(graph.vocabularies["country"], dtype=object)[graph.attributes["country"][discs.root]]
    return {"vendors": np.asarray(owners, dtype=object), "countries": countries}


def largest_groups(names: NDArray[Any], groups: Groups, extent: float) -> list[dict[str, Any]]:
    """The groups with most models and their discs, in the numbers of the positions."""
    largest = np.argsort(-groups.members, kind="stable")[:NAMED_FAMILIES].tolist()
    return [
        {
            "name": str(names[groups.number[one]]),
            "members": int(groups.members[one]),
            **_disc(groups.x[one], groups.y[one], groups.radius[one], extent),
        }
        for one in largest
    ]


def _disc(x: float, y: float, radius: float, extent: float) -> dict[str, float]:
    return {
        "x": round(float(HALF + x / extent * HALF), 1),
        "y": round(float(HALF - y / extent * HALF), 1),
        "radius": round(float(radius / extent * HALF), 1),
    }


def one_line(name: str) -> str:
    """The name without line breaks, because a line is a model."""
    return name.replace("\n", " ")


def picture(graph: Graph, discs: FamiliesMap) -> NDArray[np.uint8]:
    """The map in the colours of relations, on any background.

    Of a small hub, a point is a disc of several pixels, as wide as the space between points.
    """
    radius = max(1, int(PICTURE_PIXELS / (2 * discs.extent))) * 0.45
    across, down = np.mgrid[-int(radius) : int(radius) + 1, -int(radius) : int(radius) + 1] * (2 * discs.extent / PICTURE_PIXELS)
    is_inside = np.hypot(across, down) <= radius * (2 * discs.extent / PICTURE_PIXELS)
    x, y = ((place[:, None] + by[is_inside]).ravel() for place, by in ((discs.x, across), (discs.y, down)))
    relation = np.repeat(graph.attributes["relation"], is_inside.sum())
    return draw_points(x, y, relation, COLOURS, PICTURE_PIXELS, discs.extent, background=None)


def largest_families(graph: Graph, discs: FamiliesMap) -> list[dict[str, Any]]:
    """The families with most members: their root, and their disc in the numbers of the positions."""
    largest, extent = np.argsort(-discs.members, kind="stable")[:NAMED_FAMILIES], discs.extent
    return [
        {
            "root": int(discs.root[family]),
            "name": graph.names[int(discs.root[family])].as_py(),
            "members": int(discs.members[family]),
            **_disc(discs.family_x[family], discs.family_y[family], discs.family_radius[family], extent),
        }
        for family in largest.tolist()
    ]
