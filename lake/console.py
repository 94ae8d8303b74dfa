"""Consoles of rich that print no control character except their own."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook, RenderResult
from rich.segment import Segment
from rich.table import Table as Grid
from rich.text import Text

from hublake.lake.terminal import printable
from hublake.lake.verbosity import is_quiet

UNLIMITED = 100_000  # characters of a line


@dataclass(frozen=True)
class _Printable:
    """A renderable whose text is printable."""

    inner: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self.inner, options):
            text = "\n".join(map(printable, segment.text.split("\n")))
            yield segment if segment.control or text == segment.text else Segment(text, segment.style)


class _PrintableText(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Printable(renderable) for renderable in renderables]


class PrintableConsole(Console):
    """Escapes what `lake.terminal.printable` escapes. Where it is in a grid, use `cell`, so that the columns stay aligned."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, **options)
        self.push_render_hook(_PrintableText())


def open_console(*, stderr: bool = False) -> PrintableConsole:
    """A console for results or, with `stderr`, for progress, which --quiet silences. No line is cut or broken unless on a terminal."""
    console = PrintableConsole(stderr=stderr, quiet=stderr and is_quiet())
    if not console.is_terminal:
        console.width = UNLIMITED
    return console


def cell(text: str, style: str = "") -> Text:
    """A text of the Hub for a grid: on one line, and without markup."""
    return Text(printable(text), style)


def print_grid(grid: Grid) -> None:
    """Print a grid at the width of the terminal."""
    open_console().print(grid)
