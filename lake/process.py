"""How a command runs and how its process ends."""

import atexit
import errno
import os
import sys
import tempfile
import threading
import traceback
from typing import Any

import click

from hublake.lake.errors import GateClosed, HublakeError
from hublake.lake.terminal import echo
from hublake.lake.verbosity import is_verbose

SHOWN_CHARACTERS = 300  # of an error that nobody anticipated
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def run_command(command: click.Command, args: list[str] | None = None) -> Any:
    """Run the command; a failure prints only its message. Exit codes: 0 done, 1 failed, 2 wrong use, 3 gate closed.

    Raises SystemExit with the exit code if `args` are given; otherwise the process ends here.
    """
    try:
        command.main(args, standalone_mode=True)
    except HublakeError as error:
        # The reasons of a closed gate are a list. Every other failure is one line, whatever text of the Hub it quotes.
        echo(f"hublake: {error}" if isinstance(error, GateClosed) else f"hublake: {' '.join(str(error).split())}", err=True)
        code: Any = error.exit_code
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic of a compiled library is no Exception
        if isinstance(error, OSError) and error.errno in NO_SPACE:
            _report_no_space(error)
        else:
            _report_defect(error)
        code = 1
    if args is None and (code is None or isinstance(code, int)):
        exit_process(code or 0)
    sys.exit(code)


def _report_no_space(error: OSError) -> None:
    echo(f"hublake: the output cannot be written: {error.strerror}. Free space, or write elsewhere", err=True)


def _report_defect(error: BaseException) -> None:
    """Print what nobody anticipated in one line, and keep the traceback in a file that only this user can read."""
    message = " ".join(str(error).split())[:SHOWN_CHARACTERS]
    if is_verbose():
        echo("".join(traceback.format_exception(error)).rstrip(), err=True)
    seen = f"hublake: {type(error).__name__}: {message}. This is a defect of Hublake."
    try:
        descriptor, path = tempfile.mkstemp(prefix="hublake-defect-", suffix=".log")
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            traceback.print_exception(error, file=file)
    except OSError as unwritten:
        echo(f"{seen} The details could not be written: {unwritten}. Free space for temporary files, and run it again", err=True)
    else:
        echo(f"{seen} Report it with {path}, which has the details", err=True)


def exit_process(code: int) -> None:
    """End this process with an exit code, after its threads and exit handlers, but without the shutdown of the interpreter.

    Threads of Arrow and delta-rs may still read ahead after the last result was used. If they need the interpreter while it shuts down,
    the process hangs, or aborts after correct output: the exit code would be wrong, and the last line would come from the C++ runtime.
    """
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter calls first: waits for threads, ends thread pools
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError) as error:  # a closed pipe, such as that of `| head`
            code = code or 1
            if stream is sys.stdout and isinstance(error, OSError) and error.errno in NO_SPACE:
                _report_no_space(error)
    os._exit(code)
