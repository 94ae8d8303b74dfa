"""What responses reveal about the server's current quota window: how much is left in it and when it ends."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class QuotaWindow:
    """`lowest` is the smallest r seen in the window. It was counted after `counted_after` and received at `seen_at`.

    All times are those of the pacer's clock.
    """

    lowest: int
    counted_after: float
    seen_at: float
    earliest_end: float
    latest_end: float

    def is_after(self, known: "QuotaWindow") -> bool:
        """Whether this response describes a later window: it ends later than the known one can, or more is left than before."""
        return self.earliest_end > known.latest_end or (self.lowest > known.lowest and self.counted_after > known.seen_at)

    def narrowed(self, other: "QuotaWindow") -> "QuotaWindow":
        """Combine two descriptions of one window: r only falls in it, and its end is in the intersection of both estimates."""
        earliest, latest = max(self.earliest_end, other.earliest_end), min(self.latest_end, other.latest_end)
        if earliest > latest:  # the clocks of several servers differ: trust the latest response
            earliest, latest = other.earliest_end, other.latest_end
        if other.lowest < self.lowest:
            return replace(other, earliest_end=earliest, latest_end=latest)
        return replace(self, earliest_end=earliest, latest_end=latest)
