"""Boxes of text lines in the map of a detector: connected bright pixels, each as a rectangle along its own axis.

The detector (differentiable binarization, arXiv:1911.08947) marks a line by its core; the box is widened again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Box", "boxes_in"]

#: Brightness from which a pixel is text, and the mean of a box below which it is none.
_PIXEL, _MEAN = 0.3, 0.5
#: Share of area by length of edge by which a core is widened (the paper's `r`, as the models were trained).
_WIDEN = 1.6
#: Runs of bright pixels that are joined; a page of text has 20,000, a map of noise far more.
_MOST_RUNS = 60_000
#: Boxes kept, the largest; pixels of the smallest core.
_MOST_BOXES, _LEAST_PIXELS = 300, 20
#: Length by height from which a core has an axis of its own, and the widest turn that is followed, in radians.
_LONG, _WIDEST_TURN = 2.5, 0.35


@dataclass(frozen=True, slots=True)
class Box:
    """A turned rectangle in the pixels of the map: its middle, its extent along and across, its turn in radians."""

    x: float
    y: float
    length: float
    height: float
    turn: float

    def corners(self, share_x: float, share_y: float) -> tuple[float, ...]:
        """Return the corners in other pixels: upper left, lower left, lower right, upper right."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        across, along = self.height / 2, self.length / 2
        signs = ((-along, -across), (-along, across), (along, across), (along, -across))
        places = [(self.x + dx * cos - dy * sin, self.y + dx * sin + dy * cos) for dx, dy in signs]
        return tuple(value for x, y in places for value in (x * share_x, y * share_y))


def boxes_in(bright: np.ndarray[Any, np.dtype[np.float32]]) -> list[Box]:
    """Return the boxes of a map of two dimensions with values from 0 to 1, the largest first; noise gives none."""
    rows, starts, ends = _runs(bright > _PIXEL)
    if not len(rows) or len(rows) > _MOST_RUNS:
        return []
    labels = _labels(rows, starts, ends)
    found = _measured(bright, rows, starts, ends, labels)
    return sorted(found, key=lambda box: -box.length * box.height)[:_MOST_BOXES]


def _runs(mask: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], ...]:
    """Return row, start and end of each run of bright pixels, row by row."""
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    return rows, starts, ends


def _labels(
    rows: np.ndarray[Any, Any], starts: np.ndarray[Any, Any], ends: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Number the runs so that those that touch from row to row have the same number."""
    parent = list(range(len(rows)))
    lines, firsts, lasts = rows.tolist(), starts.tolist(), ends.tolist()
    above = 0
    for run in range(len(parent)):
        # Runs are sorted: those above that end before this one begins touch none of its row any more.
        while above < run and (
            lines[above] < lines[run] - 1 or (lines[above] < lines[run] and lasts[above] <= firsts[run])
        ):
            above += 1
        other = above
        while other < run and lines[other] == lines[run] - 1 and firsts[other] < lasts[run]:
            parent[_root(parent, other)] = _root(parent, run)
            other += 1
    roots = [_root(parent, run) for run in range(len(parent))]
    return np.unique(np.array(roots), return_inverse=True)[1]


def _root(parent: list[int], run: int) -> int:
    while parent[run] != run:
        parent[run] = parent[parent[run]]
        run = parent[run]
    return run


def _measured(bright: Any, rows: Any, starts: Any, ends: Any, labels: Any) -> list[Box]:
    """Measure each group of runs: middle and axis by its moments, extent by its farthest ends, mean brightness."""
    count = int(labels.max()) + 1
    sizes = ends - starts
    middles = (starts + ends - 1) / 2

    def total(values: Any) -> Any:
        return np.bincount(labels, weights=values, minlength=count)

    pixels = total(sizes)
    x, y = total(sizes * middles) / pixels, total(sizes * rows) / pixels
    xx = total(sizes * middles**2 + (sizes**3 - sizes) / 12) / pixels - x**2
    yy, xy = total(sizes * rows**2) / pixels - y**2, total(sizes * middles * rows) / pixels - x * y
    sums = np.concatenate((np.zeros((bright.shape[0], 1)), np.cumsum(bright, axis=1, dtype=np.float64)), axis=1)
    means = total(sums[rows, ends] - sums[rows, starts]) / pixels
    turns = 0.5 * np.arctan2(2 * xy, xx - yy)
    is_long = (xx + 1) > _LONG**2 * (yy + 1)
    turns = np.where(is_long & (np.abs(turns) < _WIDEST_TURN), turns, 0.0)
    reach = _reach(rows, starts, ends, labels, count, x, y, turns)
    keep = np.nonzero((means >= _MEAN) & (pixels >= _LEAST_PIXELS))[0]
    return [_widened(float(x[at]), float(y[at]), [float(side[at]) for side in reach], float(turns[at])) for at in keep]


def _reach(rows: Any, starts: Any, ends: Any, labels: Any, count: int, x: Any, y: Any, turns: Any) -> list[Any]:
    """Return how far each group reaches from its middle: back, forth, up and down along its own axes."""
    sides = [np.full(count, np.inf), np.full(count, -np.inf), np.full(count, np.inf), np.full(count, -np.inf)]
    cos, sin = np.cos(turns)[labels], np.sin(turns)[labels]
    for places in (starts, ends - 1):
        dx, dy = places - x[labels], rows - y[labels]
        along, across = dx * cos + dy * sin, dy * cos - dx * sin
        np.minimum.at(sides[0], labels, along)
        np.maximum.at(sides[1], labels, along)
        np.minimum.at(sides[2], labels, across)
        np.maximum.at(sides[3], labels, across)
    return sides


def _widened(x: float, y: float, reach: list[float], turn: float) -> Box:
    length, height = reach[1] - reach[0] + 1, reach[3] - reach[2] + 1
    more = length * height * _WIDEN / (2 * (length + height))
    along, across = (reach[0] + reach[1]) / 2, (reach[2] + reach[3]) / 2
    cos, sin = math.cos(turn), math.sin(turn)
    return Box(
        x=x + along * cos - across * sin,
        y=y + along * sin + across * cos,
        length=length + 2 * more,
        height=height + 2 * more,
        turn=turn,
    )
