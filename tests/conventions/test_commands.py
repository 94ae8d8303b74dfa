"""Help teaches: every command ends with an example that runs, and what README.md shows exists."""

import shlex

import click
import pytest

from hublake.lake.cli import group
from tests.conventions.sources import ROOT


def every_command() -> dict[str, click.Command]:
    """`crawl models` -> command, for all commands at any depth that do something themselves."""
    found: dict[str, click.Command] = {}
    context = click.Context(group)

    def walk(name: str, command: click.Command) -> None:
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                child = command.get_command(context, inner)
                assert child is not None
                walk(f"{name} {inner}".strip(), child)
        else:
            found[name] = command

    walk("", group)
    return found


COMMANDS = every_command()


def lines_of(text: str) -> list[str]:
    """Lines that call hublake, comments and joined commands taken apart."""
    parts = [part.split("  #")[0].strip() for line in text.splitlines() for part in line.split("&&")]
    return [part for part in parts if part.startswith("hublake ")]


def parsed(line: str) -> None:
    """Read a line as the command would, without running it; click raises where an option or argument does not exist."""
    arguments = shlex.split(line)[1:]
    command: click.Command = group
    context = click.Context(group, info_name="hublake")
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name = arguments.pop(0)
        inner = command.get_command(context, name)
        assert inner is not None, f"{line}: there is no command '{name}'"
        command = inner
    command.make_context(command.name, arguments, parent=context)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_ends_with_an_example(name: str) -> None:
    description, _, example = (COMMANDS[name].help or "").partition("Example")
    assert description.strip(), f"hublake {name} says nothing of what it does"
    assert [line for line in lines_of(example) if line.startswith(f"hublake {name}")], f"hublake {name} shows no example of itself"


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_reads_as_it_stands(name: str) -> None:
    for line in lines_of(COMMANDS[name].help or ""):
        parsed(line)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name: str) -> None:
    silent = [option.name for option in COMMANDS[name].params if isinstance(option, click.Option) and not option.help]
    assert not silent


def test_every_line_of_the_readme_reads_as_it_stands() -> None:
    shown = lines_of((ROOT / "README.md").read_text("utf-8"))
    assert shown, "README.md shows no command"
    for line in shown:
        parsed(line)


def test_the_help_of_hublake_itself_reads_as_it_stands() -> None:
    for line in lines_of(group.help or ""):
        parsed(line)
