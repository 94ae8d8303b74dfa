"""Text of the Hub on a terminal."""

from io import StringIO
from unicodedata import category

import pytest
from rich.table import Table as Grid

from hublake.lake.console import PrintableConsole, cell
from hublake.lake.terminal import echo, printable
from tests.nasty_names import NASTY_NAMES

CONTROLS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def controls(text: str) -> list[str]:
    return [letter for letter in text if category(letter) in CONTROLS and letter != "\n"]


def test_there_are_40_nasty_names() -> None:
    assert len(set(NASTY_NAMES)) == 40


@pytest.mark.parametrize("name", NASTY_NAMES, ids=ascii)
def test_no_control_character_of_a_name_is_printed_and_every_other_character_is(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    echo(printable(name))
    shown = capsys.readouterr().out
    assert controls(shown) == []
    assert shown.count("\n") == 1
    assert [letter for letter in name if letter.isprintable() and letter not in shown] == []
    if name.isprintable():
        assert shown == f"{name}\n"


@pytest.mark.parametrize("name", NASTY_NAMES, ids=ascii)
def test_a_console_prints_no_control_character_whoever_forgets_to_escape(name: str) -> None:
    output = StringIO()
    console = PrintableConsole(file=output, width=2000)
    console.print(name, markup=False)
    grid = Grid("name", "figure")
    grid.add_row(name.replace("[", r"\["), "1")
    console.print(grid)
    assert controls(output.getvalue()) == []


@pytest.mark.parametrize("name", NASTY_NAMES, ids=ascii)
def test_a_name_in_a_grid_is_one_row_as_wide_as_it_seems(name: str) -> None:
    output = StringIO()
    grid = Grid("name", "figure", box=None)
    grid.add_row(cell(name), "1")
    PrintableConsole(file=output, width=2000).print(grid)
    _, row = output.getvalue().splitlines()
    assert row.split()[-1] == "1"
    assert printable(name).strip() in row


def test_a_message_keeps_its_own_line_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    echo("one\n  two\x1b[2J", err=True)
    assert capsys.readouterr().err == "one\n  two\\x1b[2J\n"


def test_styles_of_our_own_reach_a_terminal() -> None:
    output = StringIO()
    PrintableConsole(file=output, force_terminal=True, color_system="standard").print("[red]x[/]")
    assert output.getvalue() == "\x1b[31mx\x1b[0m\n"
