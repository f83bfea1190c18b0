"""A day that a text names, and where."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

__all__ = ["Named"]


class Named(NamedTuple):
    """A day that a text names: where it stands (offsets of the folded text), and how it was written.

    A `part` is a part of today ("noon") that belongs to a day next to it, if there is one; a `period` is the end of this week or month,
    a `later` period one that begins later or is longer, which is a deadline only where a word says so.
    """

    start: int
    end: int
    day: date
    kind: Literal["absolute", "weekday", "relative", "part", "period", "later"]
