"""Signal handling of commands that run until they are stopped."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType


@contextmanager
def stop_event() -> Iterator[Event]:
    """Provide an event that is set by a stop signal.

    Enter it before announcing that the process runs: a caller may stop it immediately afterwards.
    """
    event = Event()
    with on_stop_signal(lambda _signal, _frame: event.set()):
        yield event


@contextmanager
def on_stop_signal(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Call `handler` on Ctrl-C (SIGINT) and on SIGTERM, and restore the previous handlers afterwards; main thread only."""
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
