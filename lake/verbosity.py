"""How much commands say beside their results: --quiet and --verbose, which every command has."""

import os

import click

VARIABLE = "HUBLAKE_VERBOSITY"  # a variable, so that processes that a command starts say as much
QUIET, VERBOSE = "quiet", "verbose"


def is_quiet() -> bool:
    """Whether only results and problems are printed."""
    return os.environ.get(VARIABLE) == QUIET


def is_verbose() -> bool:
    """Whether each step and the details of defects are printed."""
    return os.environ.get(VARIABLE) == VERBOSE


def _set(ctx: click.Context, param: click.Parameter, is_given: bool) -> None:
    if not is_given or ctx.resilient_parsing:
        return
    level = str(param.name)
    if os.environ.get(VARIABLE, level) != level and ctx.meta.get(VARIABLE):
        raise click.UsageError("give --quiet or --verbose, not both", ctx)
    ctx.meta[VARIABLE] = os.environ[VARIABLE] = level


def _option(name: str, flags: tuple[str, ...], text: str) -> click.Option:
    return click.Option([*flags, name], is_flag=True, expose_value=False, callback=_set, help=text)


def with_verbosity(command: click.Command) -> click.Command:
    """The command, and the commands of a group, with --quiet and --verbose, unless they have such options with a meaning of their own."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            with_verbosity(inner)
        return command
    used = {flag for parameter in command.params for flag in parameter.opts}
    for option in (
        _option(QUIET, ("-q", "--quiet"), "Print results and problems only."),
        _option(VERBOSE, ("-v", "--verbose"), "Print each step, and the details of defects."),
    ):
        if not used & set(option.opts):
            command.params.append(option)
    return command
