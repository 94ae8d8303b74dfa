"""The tree of one model as PNG or SVG: its ancestors above, below it the derivatives of highest impact."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hublake.lake.enums import RELATIONS
from hublake.lake.terminal import printable
from hublake.serving.export.files import Written
from hublake.serving.export.graphs.kinds import COLOUR_OF, KINDS
from hublake.serving.export.graphs.lineage_graph import LineageGraph
from hublake.serving.export.graphs.placed_graph import GraphArrays
from hublake.serving.export.pictures.canvas import BEHIND_TEXT, SMALL, Canvas, shown
from hublake.serving.export.pictures.style import INK, PALE, short_name
from hublake.serving.layouts.tree import EgoTree, ego_tree

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMN, LEVEL = 1.55, 1.35  # inches
LINE = 22  # characters of a name


def draw_tree(graph: LineageGraph, arrays: GraphArrays, model_id: str, path: Path) -> Written:
    """Write the picture of a model of the graph."""
    focus = arrays.number(model_id)
    order = np.lexsort((arrays.order, -arrays.impact, arrays.kind))
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size)
    tree = ego_tree(focus, arrays.child, arrays.parent, arrays.impact, rank)
    at = {node: (x * COLUMN, y * LEVEL) for node, x, y in zip(tree.node.tolist(), tree.x.tolist(), tree.level.tolist(), strict=True)}
    width = max(float(np.ptp(tree.x)) * COLUMN + 2.2, 7.5)
    height = float(np.ptp(tree.level)) * LEVEL + 2.9
    ancestors, below = int((tree.level > 0).sum()), int((tree.level < 0).sum())
    counted = graph.direct_derivatives([arrays.name(node) for node in tree.node.tolist()])
    derivatives = {node: counted.get(arrays.name(node), 0) for node in tree.node.tolist()}
    drawn = f"{ancestors:,} ancestors and {below:,} derivatives are drawn; {derivatives[focus]:,} derive directly from it"
    canvas = Canvas(short_name(model_id, 60), f"{drawn}; snapshot {graph.day}", width, height)
    axes = canvas.area(0, 0.5, 0, 1.0)
    middle = (float(tree.x.max()) + float(tree.x.min())) / 2 * COLUMN
    axes.set_xlim(middle - width / 2, middle + width / 2)
    axes.set_ylim(float(tree.level.min()) * LEVEL - 0.9, float(tree.level.max()) * LEVEL + 0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    _draw_edges(axes, arrays, tree, at)
    _draw_nodes(axes, arrays, derivatives, at, focus)
    counts = np.bincount(arrays.kind[tree.node], minlength=len(KINDS)).tolist()
    canvas.legend([(kind, count) for kind, count in zip(KINDS, counts, strict=True) if count], "dashed: guessed")
    return canvas.save(path, tree.node.size)


def _draw_edges(axes: "Axes", arrays: GraphArrays, tree: EgoTree, at: dict[int, tuple[float, float]]) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Curve

    for edge in tree.edge.tolist():
        (x0, y0), (x1, y1) = at[int(arrays.parent[edge])], at[int(arrays.child[edge])]
        bend = (y0 - y1) / 2
        arch = 0.35 * LEVEL if y0 == y1 else 0.0  # over the models between two of one level
        curve = Curve(
            [(x0, y0), (x0, y0 - bend + arch), (x1, y1 + bend + arch), (x1, y1)], [Curve.MOVETO, Curve.CURVE4, Curve.CURVE4, Curve.CURVE4]
        )
        is_next = y0 - y1 < 1.5 * LEVEL  # others pass models that have no part in them
        width, alpha = (1.6, 1.0) if is_next else (1.0, 0.5)
        style = "--" if arrays.is_guessed[edge] else "-"
        colour = COLOUR_OF[RELATIONS[int(arrays.relation[edge])]]
        axes.add_patch(PathPatch(curve, fill=False, edgecolor=colour, linewidth=width, alpha=alpha, linestyle=style, zorder=1))


def _draw_nodes(axes: "Axes", arrays: GraphArrays, derivatives: dict[int, int], at: dict[int, tuple[float, float]], focus: int) -> None:
    for node, count in derivatives.items():
        x, y = at[node]
        is_focus = node == focus
        size = 60 + 1.6 * float(arrays.impact[node])
        colour = COLOUR_OF[KINDS[int(arrays.kind[node])]]
        edge, line = (INK, 2.5) if is_focus else ("white", 1)
        axes.scatter([x], [y], s=size, c=colour, edgecolors=edge, linewidths=line, zorder=3)
        owner, _, name = arrays.name(node).rpartition("/")
        weight = "bold" if is_focus else "normal"
        lines = [(part, SMALL, INK, weight) for part in wrapped(name)]
        if owner:
            lines.insert(0, (short_name(owner, LINE), SMALL - 1, PALE, "normal"))
        if count:
            lines.append((f"{count:,} derivative{'s' * (count != 1)}", SMALL - 1, PALE, "normal"))
        for number, (text, points, ink, bold) in enumerate(lines):
            axes.text(
                x, y - 0.17 - 0.15 * number, shown(text), size=points, color=ink, weight=bold, ha="center", va="top",
                parse_math=False, bbox=BEHIND_TEXT, zorder=4,
            )  # fmt: skip


def wrapped(name: str) -> list[str]:
    """The name on one or two lines, divided after a mark if it has one."""
    text = printable(name)
    if len(text) <= LINE:
        return [text]
    cut = max(text.rfind(mark, 0, LINE) for mark in "-_.") + 1 or LINE
    return [text[:cut], short_name(text[cut:], LINE)]
