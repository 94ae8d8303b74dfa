"""Every command ends its help with an example that runs, and the commands in README.md exist."""

import shlex

import click
import pytest

from hublake.lake.cli import group
from tests.conventions.sources import ROOT


def every_command() -> dict[str, click.Command]:
    """`crawl models` -> command, for all commands at any depth that are not groups."""
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


def commands_in(text: str) -> list[str]:
    """Lines that call hublake, without comments; commands joined by && are separate lines."""
    parts = [part.split("  #")[0].strip() for line in text.splitlines() for part in line.split("&&")]
    return [part for part in parts if part.startswith("hublake ")]


def parse(line: str) -> None:
    """Parse a line as the command would, without running it; click raises if an option or argument does not exist."""
    arguments = shlex.split(line)[1:]
    command: click.Command = group
    context = click.Context(group, info_name="hublake")
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name = arguments.pop(0)
        inner = command.get_command(context, name)
        assert inner is not None, f"{line}: unknown command '{name}'"
        command = inner
    command.make_context(command.name, arguments, parent=context)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_ends_with_an_example(name: str) -> None:
    description, _, example = (COMMANDS[name].help or "").partition("Example")
    assert description.strip(), f"hublake {name} has no description"
    assert [line for line in commands_in(example) if line.startswith(f"hublake {name}")], f"hublake {name} has no example"


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_parses(name: str) -> None:
    for line in commands_in(COMMANDS[name].help or ""):
        parse(line)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help(name: str) -> None:
    without_help = [option.name for option in COMMANDS[name].params if isinstance(option, click.Option) and not option.help]
    assert not without_help


def test_every_command_in_the_readme_parses() -> None:
    shown = commands_in((ROOT / "README.md").read_text("utf-8"))
    assert shown, "README.md shows no command"
    for line in shown:
        parse(line)


def test_every_command_in_the_help_of_hublake_parses() -> None:
    for line in commands_in(group.help or ""):
        parse(line)
