"""Discs without overlap: around a core, the largest next to it.

The first discs, which differ most in size, are placed along a front: each where it touches two others and is nearest to the core (the
method of W. Wang et al., "Visualization of large hierarchical data by circle packing", CHI 2006). The rest fill rings around them, which
takes linear time, and where one more disc moves the others by no more than its width.
"""

from collections.abc import Sequence
from math import hypot, sqrt
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]
FRONT_DISCS = 24  # with more, the map is a few per cent narrower, but few new models may move every family
TOUCH = 1e-7  # discs that overlap by less than this part of their distance only touch
STEPS = 24  # to the centre of the circle around all; each halves the error at first


def pack(radii: Sequence[float]) -> tuple[Numbers, Numbers, float]:
    """(x, y, radius of the circle around all) of discs, for radii in descending order after the first, which is the core.

    The centre of the circle around all is (0, 0); the core is usually elsewhere.

    >>> x, y, radius = pack([2.0, 1.0])
    >>> x.tolist(), y.tolist(), radius
    ([-1.0, 2.0], [0.0, 0.0], 3.0)
    """
    head = radii[:FRONT_DISCS]
    x, y = _front(head)
    centre_x, centre_y, radius = _enclosing(x, y, head)
    x_array, y_array = np.array(x) - centre_x, np.array(y) - centre_y
    if len(radii) > FRONT_DISCS:
        tail_x, tail_y, radius = rings(np.array(radii[FRONT_DISCS:]), radius)
        x_array, y_array = np.concatenate([x_array, tail_x]), np.concatenate([y_array, tail_y])
    return x_array, y_array, radius


def rings(radii: Numbers, inner: float) -> tuple[Numbers, Numbers, float]:
    """Discs of descending radii in rings around a circle; each ring is as wide as its first disc."""
    distances, angles = np.empty(radii.size), np.empty(radii.size)
    begin = 0
    while begin < radii.size:
        widest = float(radii[begin])
        distance = inner + widest
        taken = 16 + int(8 * distance / widest)
        while True:
            half = np.arcsin(radii[begin : begin + taken] / distance)
            ends = np.cumsum(2 * half)
            fitting = int(np.searchsorted(ends, 2 * np.pi, side="right"))
            if fitting < half.size or begin + taken >= radii.size:
                break
            taken *= 2
        end = begin + max(fitting, 1)
        half, ends = half[: end - begin], ends[: end - begin]
        spare = max(2 * np.pi - float(ends[-1]), 0.0) / half.size
        distances[begin:end] = distance
        angles[begin:end] = ends - half + spare * np.arange(half.size)
        begin, inner = end, inner + 2 * widest
    return distances * np.cos(angles), distances * np.sin(angles), inner


def _front(radii: Sequence[float]) -> tuple[list[float], list[float]]:
    """Positions along a front, with the first disc at (0, 0)."""
    x, y = [0.0], [0.0]
    if len(radii) > 1:
        x.append(radii[0] + radii[1])
        y.append(0.0)
    if len(radii) > 2:
        _touch(x, y, radii, 1, 0, 2)
        _extend(x, y, radii)
    return x, y


def _extend(x: list[float], y: list[float], radii: Sequence[float]) -> None:
    """Place the discs from the fourth: in the gap of the front that is nearest to the core, past the discs that are in the way."""
    after, before = [1, 2, 0] + [0] * (len(radii) - 3), [2, 0, 1] + [0] * (len(radii) - 3)
    left = _nearest_gap(x, y, radii, after, 0)
    for disc in range(3, len(radii)):
        right = after[left]
        while True:
            _touch(x, y, radii, left, right, disc)
            obstacle, is_right = _obstacle(x, y, radii, after, before, left, right, disc)
            if obstacle < 0:
                break
            if is_right:
                right = obstacle
            else:
                left = obstacle
            after[left], before[right] = right, left
            x.pop()
            y.pop()
        after[left], before[disc], after[disc], before[right] = disc, left, right, disc
        left = _nearest_gap(x, y, radii, after, disc)


def _touch(x: list[float], y: list[float], radii: Sequence[float], left: int, right: int, disc: int) -> None:
    """Append the position at which a disc touches two others, on the outer side of the front, which runs clockwise."""
    to_left, to_right = radii[left] + radii[disc], radii[right] + radii[disc]
    dx, dy = x[right] - x[left], y[right] - y[left]
    distance = hypot(dx, dy)
    along = (to_left * to_left - to_right * to_right + distance * distance) / (2 * distance)
    across = sqrt(max(to_left * to_left - along * along, 0.0))
    x.append(x[left] + (along * dx - across * dy) / distance)
    y.append(y[left] + (along * dy + across * dx) / distance)


def _obstacle(
    x: list[float], y: list[float], radii: Sequence[float], after: list[int], before: list[int], left: int, right: int, disc: int
) -> tuple[int, bool]:
    """The nearest disc of the front that overlaps the new one and whether it is on the right; (-1, False) if none does."""
    forward, backward = after[right], before[left]
    gone_right, gone_left = radii[right], radii[left]
    disc_x, disc_y, radius = x[disc], y[disc], radii[disc]
    while True:
        is_right = gone_right <= gone_left
        candidate = forward if is_right else backward
        if candidate in (left, right):
            return -1, False
        dx, dy, reach = x[candidate] - disc_x, y[candidate] - disc_y, radii[candidate] + radius
        if dx * dx + dy * dy < reach * reach * (1 - TOUCH):
            return candidate, is_right
        is_last = forward == backward
        if is_last:
            return -1, False
        if is_right:
            gone_right, forward = gone_right + radii[forward], after[forward]
        else:
            gone_left, backward = gone_left + radii[backward], before[backward]


def _nearest_gap(x: list[float], y: list[float], radii: Sequence[float], after: list[int], start: int) -> int:
    """The disc of the front before the gap that is nearest to the core."""
    best, nearest, disc = start, float("inf"), start
    while True:
        following = after[disc]
        both = radii[disc] + radii[following]
        gap_x = (x[disc] * radii[following] + x[following] * radii[disc]) / both
        gap_y = (y[disc] * radii[following] + y[following] * radii[disc]) / both
        distance = gap_x * gap_x + gap_y * gap_y
        if distance < nearest:
            best, nearest = disc, distance
        disc = following
        if disc == start:
            return best


def _enclosing(x: Sequence[float], y: Sequence[float], radii: Sequence[float]) -> tuple[float, float, float]:
    """(x, y, radius) of a circle around all discs: exact for one or two, else a little larger than the smallest one."""
    left, right = min(a - r for a, r in zip(x, radii, strict=True)), max(a + r for a, r in zip(x, radii, strict=True))
    low, high = min(b - r for b, r in zip(y, radii, strict=True)), max(b + r for b, r in zip(y, radii, strict=True))
    centre_x, centre_y = (left + right) / 2, (low + high) / 2
    best = (centre_x, centre_y, float("inf"))
    for step in range(2, STEPS + 2):
        reach, farthest = max((hypot(a - centre_x, b - centre_y) + r, i) for i, (a, b, r) in enumerate(zip(x, y, radii, strict=True)))
        if reach < best[2]:
            best = (centre_x, centre_y, reach)
        part = 1 - radii[farthest] / reach
        if part == 0 or len(radii) < 3:
            break
        # From the centre of the circle to that of the farthest disc it is reach - radius.
        centre_x += (x[farthest] - centre_x) / part / step / 2
        centre_y += (y[farthest] - centre_y) / part / step / 2
    return best
