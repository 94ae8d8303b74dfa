"""How what runs until it is told to end is told."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType


@contextmanager
def told_to_end() -> Iterator[Event]:
    """An event that Ctrl-C sets, or the polite signal of whoever started us; main thread only.

    To be entered before anybody is told that we run: they may end us at once.
    """
    is_told = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        is_told.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield is_told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
