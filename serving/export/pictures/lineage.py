"""The graph of lineage as PNG or SVG: colour by relation, size by impact, names of the models that matter most."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hublake.lake.errors import WrongUse
from hublake.serving.export.files import Written
from hublake.serving.export.graphs.kinds import COLOUR_OF, KINDS
from hublake.serving.export.graphs.placed_graph import GraphArrays, positions
from hublake.serving.export.pictures.canvas import Canvas, colours_of, fit, points_per_unit
from hublake.serving.export.pictures.style import PALE, short_name
from hublake.serving.layouts.forest import roots
from hublake.serving.layouts.raster import Numbers, draw_points
from hublake.serving.layouts.timeline import Timeline, timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDE = 10.0  # inches
SVG_MODELS = 5_000
DRAWN_MODELS = 50_000  # more are drawn as pixels
DRAWN_EDGES = 5_000
LARGEST_LEAF = 12.0  # points
PIXELS = 2_000
EDGE_COLOUR = "#666666"
LABELLED_FAMILIES = 25
LABELLED_SHARE = 0.2  # of the highest impact
BAND_COLOUR = "#F3F4F6"


def draw_lineage(arrays: GraphArrays, layout: str, title: str, day: date, path: Path, *, without_relatives: int = 0) -> Written:
    """Write the picture; `without_relatives` models are not in it.

    Raises WrongUse if there is nothing to draw, or too much for SVG or the layout.
    """
    nodes = arrays.kind.size
    if path.suffix == ".svg" and nodes > SVG_MODELS:
        raise WrongUse(
            f"--format svg draws at most {SVG_MODELS:,} models, and {nodes:,} are selected. Select fewer with --root, --depth or filters,"
            " or choose --format png"
        )
    guessed = int(arrays.is_guessed.sum())
    edges = f"{arrays.child.size:,} edges" + (f", {guessed:,} of them guessed" if guessed else "")
    absent = f"; {without_relatives:,} models without relatives are not shown" if without_relatives else ""
    canvas = Canvas(title, f"{nodes:,} models, {edges}{absent}; snapshot {day}", SIDE, SIDE + 0.6)
    draw = _draw_timeline if layout == "timeline" else _draw_map
    draw(canvas, arrays, layout)
    counts = np.bincount(arrays.kind, minlength=len(KINDS)).tolist()
    canvas.legend([(kind, count) for kind, count in zip(KINDS, counts, strict=True) if count], "size: impact")
    return canvas.save(path, nodes)


def _draw_map(canvas: Canvas, arrays: GraphArrays, layout: str) -> None:
    x, y = positions(arrays, layout)
    axes = canvas.area(0.5, 0.6, 0.5, 1.0)
    fit(axes, x, y, 1.5)
    unit = points_per_unit(axes)
    leaf = min(0.75 * unit, LARGEST_LEAF)
    if layout in ("kamada-kawai", "spring"):  # they keep no distance
        leaf = min(leaf, 160 / x.size**0.5)
    if x.size > DRAWN_MODELS:
        _draw_pixels(axes, x, y, arrays.kind)
    else:
        if arrays.child.size <= DRAWN_EDGES:
            _draw_edges(axes, x, y, arrays)
        _draw_nodes(axes, x, y, arrays, leaf)
    if layout == "families" and x.size > DRAWN_MODELS:
        canvas.label(axes, _names_of_families(arrays, x, y))
        return
    above = _width(arrays, leaf) / 2 + 1
    canvas.label(axes, ((x[node], y[node], above[node], short_name(arrays.name(node))) for node in _by_impact(arrays)))


def _names_of_families(arrays: GraphArrays, x: Numbers, y: Numbers) -> Iterator[tuple[float, float, float, str]]:
    """The name of the root of each of the largest families, in the middle of its members."""
    root = roots(arrays.main_parent)
    members, sum_x, sum_y = (np.bincount(root, weights, arrays.kind.size) for weights in (None, x, y))
    for node in np.lexsort((arrays.order, -members))[:LABELLED_FAMILIES].tolist():
        if members[node]:
            yield sum_x[node] / members[node], sum_y[node] / members[node], 0, short_name(arrays.name(node))


def _by_impact(arrays: GraphArrays) -> list[int]:
    """The nodes that are labelled first."""
    ranking = np.lexsort((arrays.order, -arrays.downloads, -arrays.impact))[:400]
    return [node for node in ranking.tolist() if arrays.impact[node] >= LABELLED_SHARE * arrays.impact[ranking[0]]]


def _width(arrays: GraphArrays, leaf: float) -> Numbers:
    """The diameter of nodes in points: of those of highest impact two and a half times that of the others."""
    width: Numbers = leaf * (1 + 1.5 * arrays.impact / 100)
    return width


def _draw_nodes(axes: "Axes", x: Numbers, y: Numbers, arrays: GraphArrays, leaf: float) -> None:
    above = np.argsort(arrays.impact, kind="stable")
    widths = _width(arrays, leaf)[above]
    line = 0.4 if leaf > 3 else 0
    axes.scatter(x[above], y[above], s=widths**2, c=colours_of(arrays.kind[above]), linewidths=line, edgecolors="white", zorder=3)


def _draw_edges(axes: "Axes", x: Numbers, y: Numbers, arrays: GraphArrays) -> None:
    from matplotlib.collections import LineCollection

    ends = list(np.stack([np.column_stack([x[part], y[part]]) for part in (arrays.child, arrays.parent)], axis=1))
    strength = float(np.clip(40 / max(arrays.child.size, 1), 0.08, 0.5))
    axes.add_collection(LineCollection(ends, colors=EDGE_COLOUR, linewidths=0.6, alpha=strength, zorder=1), autolim=False)


def _draw_pixels(axes: "Axes", x: Numbers, y: Numbers, kind: Numbers) -> None:
    extent = float(max(np.abs(x).max(), np.abs(y).max()))
    image = draw_points(x, y, kind, list(COLOUR_OF.values()), PIXELS, extent)
    axes.imshow(image, extent=(-extent, extent, -extent, extent), interpolation="nearest", aspect="auto", zorder=2)


def _draw_timeline(canvas: Canvas, arrays: GraphArrays, layout: str) -> None:
    placed = timeline(arrays.main_parent, arrays.kind, arrays.created, arrays.order)
    axes = canvas.area(2.6, 1.05, 0.3, 1.1)
    axes.set_xlim(-1.01, 1.01)
    axes.set_ylim(-1.005, 1.005)
    if placed.x.size > DRAWN_MODELS:
        _draw_pixels(axes, placed.x, placed.y, arrays.kind)
    else:
        line = 72 * axes.get_window_extent().height / axes.figure.dpi / max(placed.x.size, 1)
        _draw_nodes(axes, placed.x, placed.y, arrays, float(np.clip(2 * line, 2.0, LARGEST_LEAF)))
    _label_time(axes, placed)
    _label_bands(canvas, axes, arrays, placed)


def _label_time(axes: "Axes", placed: Timeline) -> None:
    first, last = (date(1970, 1, 1) + timedelta(days=day) for day in (placed.first_day, placed.last_day))
    months = [date(year, month, 1) for year in range(first.year, last.year + 2) for month in (1, 4, 7, 10)]
    is_dated = bool((placed.x >= placed.first_x).any())
    months = [month for month in months if first <= month <= last and is_dated]
    shown = months if len(months) <= 9 else [month for month in months if month.month == 1]
    at = placed.x_of(np.array([(month - date(1970, 1, 1)).days for month in shown], dtype=np.float64)).tolist()
    labels = [str(month.year) if len(months) > 9 else f"{month:%Y-%m}" for month in shown]
    has_strip = bool((placed.x < placed.first_x).any())
    strip = [((-1 + placed.first_x) / 2 - 0.02, "earlier or\nunknown")] if has_strip else []
    axes.set_xticks([*(x for x, _ in strip), *at], [*(text for _, text in strip), *labels])
    axes.set_yticks([])
    for x in at:
        axes.axvline(x, color="#CCCCCC", linewidth=0.5, zorder=0.5)


def _label_bands(canvas: Canvas, axes: "Axes", arrays: GraphArrays, placed: Timeline) -> None:
    """Names of families beside their bands, the largest first, where there is room."""
    inches = axes.get_position().y0 * canvas.height, axes.get_position().height * canvas.height
    lowest, named = float("inf"), 0
    for root, top, bottom, members in list(zip(placed.root, placed.top, placed.bottom, placed.members, strict=True))[:LABELLED_FAMILIES]:
        y = inches[0] + inches[1] * ((top + bottom) / 2 + 1.005) / 2.01
        if y > lowest - 0.13:
            break
        lowest, named = y, named + 1
        axes.axhspan(bottom, top, color=BAND_COLOUR, linewidth=0, zorder=0)
        canvas.text(2.5, y, f"{short_name(arrays.name(root), 28)}  {members:,}", size=7, ha="right", va="center")
    if placed.root.size > named:
        canvas.text(2.5, lowest - 0.25, f"{placed.root.size - named:,} smaller families", size=7, color=PALE, ha="right", va="center")
