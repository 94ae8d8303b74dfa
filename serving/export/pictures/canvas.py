"""A figure of matplotlib: texts that do not overlap, a legend, and the file."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hublake.lake.errors import SetUpMissing
from hublake.serving.export.files import Written, replace_file
from hublake.serving.export.graphs.kinds import COLOUR_OF, NAME_OF
from hublake.serving.export.pictures.style import INK, PALE, PAPER
from hublake.serving.layouts.raster import Numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

DPI = 150
FONT = "DejaVu Sans"  # matplotlib brings it along
SMALL, NORMAL, LARGE = 8, 10, 15
BEHIND_TEXT = {"facecolor": PAPER, "alpha": 0.75, "linewidth": 0, "pad": 0.6}  # an outline of letters would be no text in SVG
MOST_LABELS = 25
TRIED_LABELS = 200


class Canvas:
    """A figure with a title, a line below it, and one area to draw in."""

    def __init__(self, title: str, subtitle: str, width: float, height: float) -> None:
        try:
            from matplotlib.backends.backend_agg import FigureCanvasAgg
            from matplotlib.figure import Figure
        except ImportError as error:
            raise SetUpMissing("pictures need matplotlib, which is not installed. Install it: pip install 'hublake[pictures]'") from error
        self.figure = Figure(figsize=(width, height), facecolor=PAPER)
        self.drawing: Any = FigureCanvasAgg(self.figure)
        self.width, self.height = width, height
        self.text(0.35, height - 0.5, title, size=LARGE, weight="bold")
        self.text(0.35, height - 0.8, subtitle, size=NORMAL, color=PALE)

    def area(self, left: float, bottom: float, right: float, top: float) -> "Axes":
        """An area without frame, with margins in inches."""
        width, height = self.width - left - right, self.height - bottom - top
        axes = self.figure.add_axes((left / self.width, bottom / self.height, width / self.width, height / self.height))
        axes.set_frame_on(False)
        axes.tick_params(length=0, labelsize=NORMAL, labelcolor=INK)
        return axes

    def text(self, x: float, y: float, text: str, **style: Any) -> "Text":
        """Text at a place in inches from the lower left corner."""
        return self.figure.text(x / self.width, y / self.height, shown(text), parse_math=False, fontfamily=FONT, **{"color": INK} | style)

    def legend(self, counts: Sequence[tuple[str, int]], note: str) -> None:
        """The kinds with their numbers of models, and a note, on the lowest line."""
        x = 0.35
        for kind, count in counts:
            for text, style in (("●", {"color": COLOUR_OF[kind], "size": LARGE}), (f"{NAME_OF[kind]} {count:,}", {"size": NORMAL})):
                drawn = self.text(x, 0.32, text, va="center", **style)
                x += drawn.get_window_extent(self.drawing.get_renderer()).width / self.figure.dpi + 0.06
            x += 0.2
        self.text(self.width - 0.35, 0.32, note, size=SMALL, color=PALE, ha="right", va="center")

    def label(self, axes: "Axes", candidates: Iterable[tuple[float, float, float, str]], most: int = MOST_LABELS) -> None:
        """Write the texts at (x, y) in data, that many points above, that overlap no earlier one and are within the figure."""
        renderer = self.drawing.get_renderer()
        frame = self.figure.bbox
        taken: list[Any] = []
        for number, (x, y, above, text) in enumerate(candidates):
            if len(taken) == most or number == TRIED_LABELS:
                return
            drawn = axes.annotate(
                shown(text), (x, y), (0, above), textcoords="offset points", ha="center", va="bottom", size=SMALL, color=INK,
                fontfamily=FONT, parse_math=False, bbox=BEHIND_TEXT, annotation_clip=False,
            )  # fmt: skip
            box = drawn.get_window_extent(renderer).padded(2)
            if any(box.overlaps(other) for other in taken) or box.x0 < frame.x0 or box.x1 > frame.x1 or box.y1 > frame.y1:
                drawn.remove()
            else:
                taken.append(box)

    def save(self, path: Path, rows: int) -> Written:
        """Write the file, PNG or SVG by its name; the same figure gives the same bytes."""
        from matplotlib import rc_context

        kind = path.suffix[1:]
        metadata = {"Software": None} if kind == "png" else {"Date": None}

        def write(partial: Path) -> int:
            with rc_context({"svg.hashsalt": "hublake", "svg.fonttype": "none"}):
                self.figure.savefig(partial, format=kind, dpi=DPI, metadata=metadata)
            return rows

        return replace_file(path, write)


@cache
def _known_characters() -> frozenset[int]:
    from matplotlib.font_manager import findfont
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(findfont(FONT)).get_charmap())


def shown(text: str) -> str:
    """The text with U+FFFD for what the font does not have."""
    return "".join(character if ord(character) in _known_characters() else "\ufffd" for character in text)


def points_per_unit(axes: "Axes") -> float:
    """How many points one unit of the data is wide, after its limits are set."""
    (left, _), (right, _) = axes.transData.transform([(0, 0), (1, 0)])
    return float(right - left) * 72 / axes.figure.dpi


def fit(axes: "Axes", x: Numbers, y: Numbers, margin: float) -> None:
    """Show all points in a square area."""
    half = max(float(np.ptp(x)), float(np.ptp(y))) / 2 + margin
    middle_x, middle_y = (float(values.max() + values.min()) / 2 for values in (x, y))
    axes.set_xlim(middle_x - half, middle_x + half)
    axes.set_ylim(middle_y - half, middle_y + half)
    axes.set_xticks([])
    axes.set_yticks([])


def colours_of(kind: Numbers) -> Numbers:
    """The colour of each node."""
    palette = np.array(list(COLOUR_OF.values()))
    found: Numbers = palette[kind]
    return found
