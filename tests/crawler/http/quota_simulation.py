"""A simulated server with a quota in fixed windows, and workers that share it without communicating, on a simulated clock."""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from hublake.crawler.http.quota_pacer import QuotaPacer, Ticket
from hublake.lake.rate_limits import RateLimit


class SimulatedClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class SimulatedServer:
    """Counts requests in fixed windows, as the Hub does, and reports what is left; `rounded` rounds t to whole seconds."""

    quota: int
    window: float
    phase: float  # when, after the clock's zero, its windows start
    rounded: Callable[[float], int] = math.ceil
    used: dict[int, int] = field(default_factory=dict)
    refusals: int = 0

    def answer(self, now: float) -> tuple[bool, RateLimit]:
        number, into = divmod(now - self.phase, self.window)
        used = self.used[int(number)] = self.used.get(int(number), 0) + 1
        self.refusals += used > self.quota
        left = max(0, self.quota - used)
        reset = self.rounded(self.window - into)
        return used <= self.quota, RateLimit("api", left, float(reset), self.quota, self.window)

    def complete_windows(self) -> list[int]:
        """Return the requests in each window that was simulated from start to end."""
        return [self.used[number] for number in sorted(self.used)[1:-1]]

    def share_used(self) -> float:
        """Return the used part of the quota of all complete windows."""
        return sum(self.complete_windows()) / (self.quota * len(self.complete_windows()))


@dataclass
class SimulatedWorker:
    """One crawl with `at_once` concurrent requests, which starts after `starts_after` seconds."""

    pacer: QuotaPacer
    at_once: int = 8
    starts_after: float = 0.0
    in_flight: int = 0


@dataclass
class Simulation:
    """Advances the clock from event to event. A request takes between one and `1 + spread` times `latency`, by seeded chance."""

    server: SimulatedServer
    clock: SimulatedClock
    latency: float
    spread: float = 1.0
    silent: tuple[float, float] = (math.inf, math.inf)  # the server responds to nothing between these seconds, and to all of it afterwards
    others_every: float = 0.0  # seconds between requests of another client that has no pacing, but is never refused either
    _random: Random = field(default_factory=lambda: Random(7))
    _events: list[tuple[float, int, SimulatedWorker, Ticket, float, tuple[bool, RateLimit] | None]] = field(default_factory=list)
    _count: int = 0

    def run(self, workers: list[SimulatedWorker], seconds: float) -> None:
        began_at, step = self.clock.now, self.server.window / 10_000
        others_at = began_at
        while self.clock.now < began_at + seconds:
            waits = [self._send(worker, began_at) for worker in workers]
            if self.others_every and self.clock.now >= others_at:
                self._spend()
                others_at += self.others_every * self._random.expovariate(1)
            next_event = self._events[0][0] if self._events else math.inf
            next_others = others_at if self.others_every else math.inf
            self.clock.now = min(next_event, next_others, self.clock.now + max(step, min(waits)))
            while self._events and self._events[0][0] <= self.clock.now:
                self._happen(began_at)

    def _send(self, worker: SimulatedWorker, began_at: float) -> float:
        """Send everything that the worker may send now; return the seconds until it may send the next request."""
        late = began_at + worker.starts_after - self.clock.now
        while late <= 0 and worker.in_flight < worker.at_once:
            wait = worker.pacer.wait_seconds()
            if wait > 0:
                return wait
            worker.in_flight += 1
            taken = self.latency * (1 + self.spread * self._random.random())
            there = taken * self._random.uniform(0.3, 0.7)
            self._push(self.clock.now + there, worker, worker.pacer.send(), taken - there, None)
        return late if late > 0 else math.inf

    def _happen(self, began_at: float) -> None:
        at, _, worker, ticket, back, answer = heapq.heappop(self._events)
        into = at - began_at
        if answer is None and self.silent[0] <= into < self.silent[1]:
            self._push(began_at + self.silent[1], worker, ticket, back, None)
        elif answer is None:
            self._push(at + back, worker, ticket, 0.0, self.server.answer(at))
        else:
            worker.in_flight -= 1
            is_served, limit = answer
            if is_served:
                worker.pacer.record_answer(ticket, limit)
            else:
                worker.pacer.record_refusal(ticket, limit, None)

    def _spend(self) -> None:
        number = int((self.clock.now - self.server.phase) // self.server.window)
        if self.server.used.get(number, 0) < self.server.quota:
            self.server.answer(self.clock.now)

    def _push(self, at: float, worker: SimulatedWorker, ticket: Ticket, back: float, answer: tuple[bool, RateLimit] | None) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, worker, ticket, back, answer))


def make_workers(clock: SimulatedClock, number: int, at_once: int = 8, starts_after: tuple[float, ...] = ()) -> list[SimulatedWorker]:
    """Return `number` workers, each with its own pacer that knows nothing yet."""
    late = starts_after or (0.0,) * number
    return [SimulatedWorker(QuotaPacer(0, 300.0, clock), at_once, after) for after in late]
