"""Grids of names and figures that fit a terminal, a file or a pipe."""

from collections.abc import Sequence

from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text

from hublake.lake.console import UNLIMITED, cell
from hublake.lake.terminal import printable

MIN_NAME_WIDTH, MAX_NAME_WIDTH = 16, 44


def report_grid(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    bold: Sequence[str] = (),
    first_out: Sequence[str] = (),
) -> Group:
    """A grid of names and figures below its title. It fits the width by shorter names, then without the columns `first_out`, in order."""
    kept = list(range(1, len(columns)))
    figure_widths = [max(len(row[number]) for row in [columns, *rows]) + 2 for number in range(len(columns))]
    for number in (columns.index(name) for name in first_out):
        if sum(figure_widths[n] for n in kept) + MIN_NAME_WIDTH + 2 <= width:
            break
        kept.remove(number)
    room = max(MIN_NAME_WIDTH, min(MAX_NAME_WIDTH, width - sum(figure_widths[n] for n in kept) - 2))
    grid = Grid(box=None, padding=(0, 1), header_style="dim", show_edge=False)
    grid.add_column(columns[0], no_wrap=True)
    for number in kept:
        is_chart = not columns[number]  # bars have no header
        grid.add_column(columns[number], justify="left" if is_chart else "right", no_wrap=True)
    for row in rows:
        name = printable(row[0])
        shown = name if width >= UNLIMITED or len(name) <= room else f"{name[: room - 1]}\u2026"
        grid.add_row(cell(shown), *(row[number] for number in kept), style="bold" if row[0] in bold else "")
    return Group(Text(title, "bold"), grid)


def abbreviate(number: float) -> str:
    """A number with three significant digits and a unit: 950, 12.3 k, 4.56 M."""
    value = float(f"{number:.3g}") if number >= 1000 else number  # rounded first: 999,900 is 1 M, and not 1000 k
    for unit in ("", " k", " M", " G"):
        if value < 1000:
            return f"{value:.3g}{unit}" if unit else f"{value:.0f}"
        value /= 1000
    return f"{value:.3g} T"
