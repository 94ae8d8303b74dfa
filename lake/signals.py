"""How what runs until it is told to end is told."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType


@contextmanager
def told_to_end() -> Iterator[Event]:
    """An event that is set by what `ending_by` listens to.

    To be entered before anybody is told that we run: they may end us at once.
    """
    is_told = Event()
    with ending_by(lambda _signal, _frame: is_told.set()):
        yield is_told


@contextmanager
def ending_by(end: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Ctrl-C, and the polite signal of whoever started us, mean `end`, and afterwards what they meant before; main thread only."""
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
