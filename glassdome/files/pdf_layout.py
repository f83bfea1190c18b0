"""Text of a page in the order of reading: runs of glyphs joined to lines, from the top down, from left to right."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

__all__ = ["Glyph", "Run", "lines_of", "runs_of", "turn_of"]

#: Gap between two glyphs that ends a run, and that between two runs that is a blank, in heights of the line.
_COLUMN_GAP = 0.7
_BLANK_GAP = 0.13
#: Gap from which two runs are cells of a table, told apart by a tab, in heights: lines set in block have none so wide.
_CELL_GAP = 0.7
#: Shift of the baseline that ends a run, in heights.
_LINE_SHIFT = 0.4
#: Steps in which the turn of a text is told apart, in degrees: a scan's text layer is turned by less.
_TURN_STEP = 15


class Glyph(NamedTuple):
    """One character with its box in points, the origin being the lower left; `turn` is its angle in degrees against the clock."""

    char: str
    left: float
    bottom: float
    right: float
    top: float
    turn: int = 0
    mark: int = 0


class Run(NamedTuple):
    """Characters that stand together on one line; `mark` is what its glyphs had, the same for all."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    turn: int = 0
    mark: int = 0

    @property
    def height(self) -> float:
        """The height of the line, never zero."""
        return max(self.top - self.bottom, 0.1)

    @property
    def middle(self) -> float:
        """The line's middle."""
        return (self.top + self.bottom) / 2


def runs_of(glyphs: Iterable[Glyph]) -> Iterator[Run]:
    """Join glyphs in the order of the file to runs; a jump, a wide gap or another mark ends one."""
    held: list[Glyph] = []
    for glyph in glyphs:
        if held and not _goes_on(held[-1], glyph):
            yield _run(held)
            held = []
        held.append(glyph)
    if held:
        yield _run(held)


def _goes_on(last: Glyph, glyph: Glyph) -> bool:
    if glyph.turn != last.turn or glyph.mark != last.mark:
        return False
    before, after = _upright(last), _upright(glyph)
    height = max(before[3] - before[1], after[3] - after[1], 0.1)
    gap = after[0] - before[2]
    return abs(after[1] - before[1]) < _LINE_SHIFT * height and -height < gap < _COLUMN_GAP * height


def _upright(box: Glyph | Run) -> tuple[float, float, float, float]:
    """Turn a box around the origin so that its text runs from left to right."""
    if not box.turn:
        return box.left, box.bottom, box.right, box.top
    angle = -math.radians(box.turn)
    cos, sin = math.cos(angle), math.sin(angle)
    corners = [(x * cos - y * sin, x * sin + y * cos) for x in (box.left, box.right) for y in (box.bottom, box.top)]
    xs, ys = sorted(x for x, _ in corners), sorted(y for _, y in corners)
    return xs[0], ys[0], xs[-1], ys[-1]


def _run(glyphs: list[Glyph]) -> Run:
    first = glyphs[0]
    return Run(
        text="".join(glyph.char for glyph in glyphs),
        left=min(glyph.left for glyph in glyphs),
        bottom=min(glyph.bottom for glyph in glyphs),
        right=max(glyph.right for glyph in glyphs),
        top=max(glyph.top for glyph in glyphs),
        turn=first.turn,
        mark=first.mark,
    )


def lines_of(runs: Iterable[Run]) -> str:
    """Read the runs line by line; text turned otherwise than most of the page follows at the end."""
    turned = sorted(runs, key=lambda run: run.turn)
    groups = [list(group) for _, group in groupby(turned, key=lambda run: run.turn)]
    groups.sort(key=lambda group: -sum(len(run.text) for run in group))
    return "\n".join(line for group in groups for line in _lines([_turned(run) for run in group]) if line.strip())


def _turned(run: Run) -> Run:
    left, bottom, right, top = _upright(run)
    return run._replace(left=left, bottom=bottom, right=right, top=top)


def _lines(runs: list[Run]) -> Iterator[str]:
    line: list[Run] = []
    for run in sorted(runs, key=lambda run: -run.middle):
        if line and not _shares_line(line[0], run):
            yield _joined(line)
            line = []
        line.append(run)
    if line:
        yield _joined(line)


def _shares_line(first: Run, run: Run) -> bool:
    """Return whether two runs stand side by side: the lower one's middle lies within the smaller one's height."""
    return first.middle - run.middle < 0.5 * min(first.height, run.height)


def _joined(line: list[Run]) -> str:
    line.sort(key=lambda run: run.left)
    text = line[0].text
    for before, run in pairwise(line):
        gap = (run.left - before.right) / min(before.height, run.height)
        text += ("\t" if gap > _CELL_GAP else " " if gap > _BLANK_GAP else "") + run.text
    return text


def turn_of(angle: float) -> int:
    """Return an angle in radians, clockwise as pdfium tells it, as degrees against the clock in coarse steps."""
    return -round(math.degrees(angle) / _TURN_STEP) * _TURN_STEP % 360
