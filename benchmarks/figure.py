"""What every benchmark prints: ours, the peer's, and the ratio of the two, from one run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil


@dataclass
class Lap:
    """Seconds on the wall; 0 until the lap has ended."""

    seconds: float = 0.0


@contextmanager
def lap() -> Iterator[Lap]:
    """Times the block."""
    taken, started = Lap(), perf_counter()
    try:
        yield taken
    finally:
        taken.seconds = perf_counter() - started


def show(what: str, ours: float, peer: float | None = None, *, unit: str, peer_name: str = "", bar: str = "") -> None:
    """One line a figure; the ratio is ours divided by the peer's, whatever the unit."""
    line = f"{what}: {ours:,.3g} {unit}"
    if peer is not None:
        line += f"; {peer_name} {peer:,.3g} {unit}; ratio {ours / peer:.3g}" if peer else f"; {peer_name} 0 {unit}"
    print(line + (f" (bar: {bar})" if bar else ""), flush=True)


def cpu_seconds() -> float:
    """Of this process and all it has started that still run: what a shared machine does not stretch."""
    me = psutil.Process()
    return sum(sum(process.cpu_times()[:4]) for process in (me, *me.children(recursive=True)))


def forget_peak() -> float:
    """Megabytes that this process holds now, from which on the peak counts."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return float(psutil.Process().memory_info().rss) / 1e6


def peak_megabytes(pid: int | None = None) -> float:
    """The most that a process has held, as Linux counts it: this one, or that of `pid`; 0 where it has ended.

    `getrusage` and `wait4` would begin with what the parent held when it started the process.
    """
    try:
        lines = Path(f"/proc/{pid or 'self'}/status").read_text("ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    told = dict(line.split(":", 1) for line in lines)
    return int(told.get("VmHWM", "0 kB").split()[0]) * 1024 / 1e6
