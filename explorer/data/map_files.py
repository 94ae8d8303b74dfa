"""The arrays of the map, one file each, in the order of the graph's models or edges."""

from pathlib import Path

import numpy as np

from hublake.explorer.data.files import write_bytes
from hublake.explorer.data.graph import Graph


def write_map(graph: Graph, folder: Path) -> int:
    """Write the files of the map; returns the number of families."""
    ends = np.empty((len(graph.child), 2), "<u4")
    ends[:, 0], ends[:, 1] = graph.child, graph.parent
    arrays = {
        "edges.u32": ends,
        "edge_relation.u8": graph.relation,
        "edge_evidence.u8": graph.evidence,
        "month.u16": graph.month.astype("<u2"),
        "radius.u8": graph.radius(),
        **{f"attr_{name}.u8": array for name, array in graph.attributes.items()},
    }
    for name, array in sorted(arrays.items()):
        write_bytes(folder / f"{name}.gz", np.ascontiguousarray(array).tobytes())
    write_bytes(folder / "names.txt.gz", "\n".join(graph.names.to_pylist()).encode("utf-8", "backslashreplace"))
    return int((graph.main_parent < 0).sum())
