"""The output of every benchmark: our figure, the peer's, and the ratio, from one run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil


@dataclass
class Lap:
    """Wall-clock seconds; 0 until the block has ended."""

    seconds: float = 0.0


@contextmanager
def lap() -> Iterator[Lap]:
    """Measure the time of the block."""
    taken, started = Lap(), perf_counter()
    try:
        yield taken
    finally:
        taken.seconds = perf_counter() - started


def show(what: str, ours: float, peer: float | None = None, *, unit: str, peer_name: str = "", bar: str = "") -> None:
    """Print one line per figure. The ratio is ours divided by the peer's."""
    line = f"{what}: {ours:,.3g} {unit}"
    if peer is not None:
        line += f"; {peer_name} {peer:,.3g} {unit}; ratio {ours / peer:.3g}" if peer else f"; {peer_name} 0 {unit}"
    print(line + (f" (bar: {bar})" if bar else ""), flush=True)


def cpu_seconds() -> float:
    """CPU time of this process and its running descendants, which other work on a shared machine does not stretch."""
    me = psutil.Process()
    return sum(sum(process.cpu_times()[:4]) for process in (me, *me.children(recursive=True)))


def reset_peak() -> float:
    """Reset the peak memory of this process; returns its current memory in megabytes."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return float(psutil.Process().memory_info().rss) / 1e6


def peak_megabytes(pid: int | None = None) -> float:
    """Peak resident memory of this process, or of `pid`, according to Linux; 0 if the process has ended.

    `getrusage` and `wait4` would include the memory of the parent at the time of the fork.
    """
    try:
        lines = Path(f"/proc/{pid or 'self'}/status").read_text("ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    status = dict(line.split(":", 1) for line in lines)
    return int(status.get("VmHWM", "0 kB").split()[0]) * 1024 / 1e6
