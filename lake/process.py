"""The end of a command's process."""

import atexit
import os
import sys
import threading


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
        except (OSError, ValueError):  # a closed pipe, such as that of `| head`
            code = code or 1
    os._exit(code)
