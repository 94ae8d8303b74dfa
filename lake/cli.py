"""The command `hublake`: a group whose sub-commands each package registers as entry points `hublake.commands`."""

from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click

from hublake import __version__
from hublake.lake.errors import HublakeError
from hublake.lake.options import SuggestingGroup
from hublake.lake.process import run_command
from hublake.lake.terminal import echo
from hublake.lake.verbosity import with_verbosity

ORDER = (
    *("demo", "hub", "crawl", "build", "check", "report", "explore", "model", "models", "sql", "tainted", "bom", "export", "serve"),
    "tables",
)


class Commands(SuggestingGroup):
    """Finds sub-commands among the installed packages, and loads only the one that is called."""

    def _registered(self) -> dict[str, EntryPoint]:
        found = {point.name: point for point in entry_points(group="hublake.commands")}
        return dict(sorted(found.items(), key=lambda kv: (ORDER.index(kv[0]) if kv[0] in ORDER else len(ORDER), kv[0])))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._registered())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        point = self._registered().get(cmd_name)
        if point is None:
            return None
        try:
            command: click.Command = point.load()
        except ModuleNotFoundError as missing:
            problem = _missing_package(point, missing)
            return click.Command(cmd_name, callback=lambda: _fail(problem), help=problem, short_help="not installed here")
        return with_verbosity(command)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the sub-command; report a library that it imports and that is not installed in one sentence."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as missing:
            if ctx.invoked_subcommand is None or (missing.name or "").startswith("hublake."):
                raise
            raise HublakeError(_missing_package(self._registered()[ctx.invoked_subcommand], missing)) from missing


def _missing_package(point: EntryPoint, missing: ModuleNotFoundError) -> str:
    package = point.module.removeprefix("hublake.").split(".")[0]
    extras = {"crawler": "crawl", "spark_jobs": "spark,gate", "serving": "read,live", "explorer": "read", "sample_hub": "hub"}
    extra = extras.get(package, "all")
    return f"hublake {point.name} needs the Python package '{missing.name}'. Install it: pip install 'hublake[{extra}]'"


def _fail(problem: str) -> None:
    raise HublakeError(problem)


def _show_settings(ctx: click.Context, _param: click.Parameter, is_set: bool) -> None:
    if not is_set:
        return
    from hublake.lake.settings import load

    for name, value, origin in load().entries():
        echo(f"{name:28} {value!s:32} {origin}")
    ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--show-settings",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_settings,
    help="Print every setting with its value and its origin.",
)
@click.version_option(__version__, prog_name="hublake")
def group() -> None:
    """The Hugging Face Hub as a Delta lakehouse: which model derives from which, which ones matter, what model cards admit.

    \b
    Start here, offline, in about three minutes:
      hublake demo
    The complete pipeline against a hub:
      hublake crawl models && hublake crawl cards && hublake build && hublake export --format csv --out results
    """


def main(args: list[str] | None = None) -> Any:
    """The command `hublake`; see `run_command`."""
    return run_command(group, args)


if __name__ == "__main__":
    main()
