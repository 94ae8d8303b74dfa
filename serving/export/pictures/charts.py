"""A ranking by impact, and the growth of a selection by month and kind, as PNG or SVG."""

from datetime import date
from pathlib import Path

import numpy as np

from hublake.lake.errors import WrongUse
from hublake.serving.export.files import Written
from hublake.serving.export.graphs.kinds import COLOUR_OF, KINDS
from hublake.serving.export.graphs.placed_graph import GraphArrays
from hublake.serving.export.pictures.canvas import NORMAL, SMALL, Canvas, colours_of
from hublake.serving.export.pictures.style import INK, PALE, short_name
from hublake.serving.report_grid import abbreviate

RANKED = 20
DAYS_PER_MONTH = 365.2425 / 12


def draw_ranking(arrays: GraphArrays, title: str, day: date, path: Path) -> Written:
    """Write the bars of the models of highest impact, with their downloads."""
    if not arrays.impact.any():
        raise WrongUse("none of the selected models has an impact above 0. Select others, or none for all models")
    best = np.lexsort((arrays.order, -arrays.downloads, -arrays.impact))[:RANKED]
    canvas = Canvas(title, f"Score from 0 to 100, and downloads of 30 days; snapshot {day}", 10, 1.9 + 0.3 * best.size)
    axes = canvas.area(4.0, 0.65, 2.0, 1.05)
    rows = np.arange(best.size)
    axes.barh(rows, arrays.impact[best], color=colours_of(arrays.kind[best]), height=0.72)
    axes.set_ylim(best.size - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xticks([])
    axes.set_yticks([])
    bottom, height = axes.get_position().y0 * canvas.height, axes.get_position().height * canvas.height
    for row, node in enumerate(best.tolist()):
        y = bottom + height * (1 - (row + 0.6) / (best.size + 0.2))
        canvas.text(3.9, y, short_name(arrays.name(node)), size=SMALL + 1, ha="right", va="center")
        figures = f"{arrays.impact[node]:.1f}   {abbreviate(int(arrays.downloads[node]))} downloads"
        canvas.text(4.08 + 4.0 * float(arrays.impact[node]) / 100, y, figures, size=SMALL, color=PALE, va="center")
    counts = np.bincount(arrays.kind[best], minlength=len(KINDS)).tolist()
    canvas.legend([(kind, count) for kind, count in zip(KINDS, counts, strict=True) if count], f"of {arrays.kind.size:,} models")
    return canvas.save(path, best.size)


def draw_growth(arrays: GraphArrays, title: str, day: date, path: Path) -> Written:
    """Write the number of models at the end of each month, stacked by kind. Those without a time are below from the first month on."""
    dated = ~np.isnan(arrays.created)
    known = arrays.created[dated]
    first, last = (float(known.min()), max(float(known.max()), float(known.min()) + 1)) if known.size else (0.0, 1.0)
    months = np.append(np.arange(first, last, DAYS_PER_MONTH), last)
    without = int((~dated).sum())
    note = f"; {without:,} from before March 2022 or without a time count from the start" if without else ""
    canvas = Canvas(title, f"Models by time of creation{note}; snapshot {day}", 10, 6)
    axes = canvas.area(0.9, 0.95, 0.4, 1.1)
    present = [number for number in range(len(KINDS)) if (arrays.kind == number).any()]
    order = sorted(present, key=lambda number: KINDS[number] not in ("base", "alone"))
    totals = [np.searchsorted(np.sort(arrays.created[dated & (arrays.kind == kind)]), months, side="right") for kind in order]
    starts = [int((~dated & (arrays.kind == kind)).sum()) for kind in order]
    lines = [total + start for total, start in zip(totals, starts, strict=True)]
    at = months.astype("datetime64[D]")
    axes.stackplot(at, lines, colors=[COLOUR_OF[KINDS[kind]] for kind in order], linewidth=0)
    axes.set_xlim(at[0], at[-1])
    axes.set_ylim(0)
    axes.yaxis.set_major_formatter(lambda value, _: abbreviate(value))
    axes.grid(axis="y", color="white", linewidth=0.6, alpha=0.6)
    axes.set_axisbelow(False)
    axes.tick_params(labelsize=NORMAL, labelcolor=INK)
    counts = np.bincount(arrays.kind, minlength=len(KINDS)).tolist()
    canvas.legend([(KINDS[kind], counts[kind]) for kind in order], f"{arrays.kind.size:,} models")
    return canvas.save(path, months.size)
