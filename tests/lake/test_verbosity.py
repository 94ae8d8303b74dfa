"""--quiet and --verbose: every command has them, and they reach the processes that a command starts."""

import os

import click
import pytest
from click.testing import CliRunner

from hublake.lake.cli import group
from hublake.lake.console import open_console
from hublake.lake.terminal import echo, notice
from hublake.lake.verbosity import VARIABLE, is_quiet, is_verbose, with_verbosity


@pytest.fixture(autouse=True)
def normal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")  # restored after the test


def commands() -> dict[str, click.Command]:
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    inner = {
        f"{name} {sub}": command for name, each in found.items() if isinstance(each, click.Group) for sub, command in each.commands.items()
    }
    return {name: command for name, command in {**found, **inner}.items() if command is not None and not isinstance(command, click.Group)}


def test_every_command_has_both_options_once() -> None:
    for name, command in commands().items():
        options = [flag for parameter in command.params for flag in parameter.opts]
        assert options.count("--quiet") == options.count("--verbose") == 1, name


@click.command()
def example() -> None:
    echo("result")
    notice("progress")
    open_console(stderr=True).print("bar")
    echo(f"{is_quiet()} {is_verbose()} {os.environ[VARIABLE]}")


@pytest.mark.parametrize(
    ("arguments", "out", "err"),
    [
        ([], "result\nFalse False \n", "progress\nbar\n"),
        (["--quiet"], "result\nTrue False quiet\n", ""),
        (["-v"], "result\nFalse True verbose\n", "progress\nbar\n"),
    ],
)
def test_quiet_silences_what_is_no_result(arguments: list[str], out: str, err: str) -> None:
    result = CliRunner().invoke(with_verbosity(example), arguments)
    assert (result.stdout, result.stderr) == (out, err)


def test_both_at_once_are_refused() -> None:
    result = CliRunner().invoke(with_verbosity(example), ["-q", "-v"])
    assert result.exit_code == 2
    assert "not both" in result.output
