"""The prompt of `hublake sql`."""

from collections.abc import Callable
from contextlib import suppress

from hublake.lake.errors import HublakeError
from hublake.lake.terminal import echo

FIRST, NEXT = "hublake> ", "    ...> "
GREETING = "A statement ends with a semicolon. SHOW TABLES; lists the tables, DESCRIBE gold.model_impact; columns. Ctrl-D ends."


def read_statements(run: Callable[[str], None]) -> None:
    """Run statements that a user types, until the end of input. An error ends the statement, Ctrl-C discards what was typed."""
    with suppress(ImportError):
        import readline  # noqa: F401  # line editing and history
    echo(GREETING, err=True)
    lines: list[str] = []
    while True:
        try:
            lines.append(input(NEXT if lines else FIRST))
        except EOFError:
            echo("", err=True)
            return
        except KeyboardInterrupt:
            echo("", err=True)
            lines.clear()
            continue
        if len(lines) == 1 and lines[0].strip().rstrip(";").lower() in ("exit", "quit"):
            return
        if not lines[-1].rstrip().endswith(";"):
            lines = [] if not "".join(lines).strip() else lines
            continue
        try:
            run("\n".join(lines))
        except HublakeError as error:
            echo(f"hublake: {error}", err=True)
        except KeyboardInterrupt:
            echo("interrupted", err=True)
        lines.clear()
