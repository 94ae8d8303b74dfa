"""The expected history, computed from raw listings one model at a time, independently of the job."""

from collections.abc import Mapping
from datetime import date
from typing import Any

Item = Mapping[str, Any]
Listing = Mapping[str, Item]  # hub_id -> item

FIELDS = ("model_id", "author", "licenses", "base_models", "tags", "pipeline_tag", "is_gated", "is_disabled")


def tracked_values(item: Item) -> tuple[Any, ...]:
    """FIELDS of a listed item."""
    tags = {tag for tag in item.get("tags", []) if isinstance(tag, str)}
    licenses = {tag for tag in tags if tag.startswith("license:")}
    bases = {tag for tag in tags if tag.startswith("base_model:")}
    owner = item["id"].split("/")[0] if "/" in item["id"] else None
    return (
        item["id"],
        owner,
        tuple(sorted(tag[8:] for tag in licenses)),
        tuple(sorted(tag[11:] for tag in bases)),
        tuple(sorted(tags - licenses - bases)),
        item.get("pipeline_tag"),
        item.get("gated") not in (None, False, "false"),
        bool(item.get("disabled")),
    )


def expected_history(listings: Mapping[date, Listing]) -> set[tuple[Any, ...]]:
    """Rows (hub_id, valid_from, valid_to, is_current, is_removed, changed, *FIELDS) from full listings."""
    rows = set()
    for hub_id in {hub_id for listing in listings.values() for hub_id in listing}:
        states: list[tuple[date, bool, tuple[str, ...], tuple[Any, ...]]] = []
        for day in sorted(listings):
            item = listings[day].get(hub_id)
            now = tracked_values(item) if item else None
            last = states[-1] if states else None
            if last is None:
                if now:
                    states.append((day, False, ("new",), now))
            elif now is None:
                if not last[1]:
                    states.append((day, True, ("removed",), last[3]))
            else:
                differing = tuple(name for name, a, b in zip(FIELDS, last[3], now, strict=True) if a != b)
                changed = ("returned", *differing) if last[1] else differing
                if changed:
                    states.append((day, False, changed, now))
        ends = [state[0] for state in states[1:]] + [None]
        for (begin, is_removed, changed, values), end in zip(states, ends, strict=True):
            rows.add((hub_id, begin, end, end is None and not is_removed, is_removed, changed, *values))
    return rows


def history_tuples(rows: list[Any]) -> set[tuple[Any, ...]]:
    """Rows of silver.model_history as tuples of the same columns."""
    names = ("hub_id", "valid_from", "valid_to", "is_current", "is_removed", "changed", *FIELDS)
    tuples = [tuple(tuple(value) if isinstance(value, list) else value for value in (row[name] for name in names)) for row in rows]
    assert len(tuples) == len(set(tuples)), "duplicate rows"
    return set(tuples)
