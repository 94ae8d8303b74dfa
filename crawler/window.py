"""What the answers tell of the server's present window of a quota: how much is left in it, and when it ends."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Window:
    """`lowest` is the smallest r seen in it: counted after `counted_after`, read at `seen_at`. Times are the budget's clock's."""

    lowest: int
    counted_after: float
    seen_at: float
    earliest_end: float
    latest_end: float

    def is_after(self, known: "Window") -> bool:
        """Whether this answer speaks of a later window: it ends later than the known one can, or more is left than was."""
        return self.earliest_end > known.latest_end or (self.lowest > known.lowest and self.counted_after > known.seen_at)

    def narrowed(self, told: "Window") -> "Window":
        """Both tell of one window: r only falls in it, and its end lies where both say."""
        earliest, latest = max(self.earliest_end, told.earliest_end), min(self.latest_end, told.latest_end)
        if earliest > latest:  # clocks of several servers differ: believe the last
            earliest, latest = told.earliest_end, told.latest_end
        if told.lowest < self.lowest:
            return replace(told, earliest_end=earliest, latest_end=latest)
        return replace(self, earliest_end=earliest, latest_end=latest)
