"""A cursor: the place in a list, the highest first, after which the next page begins."""

from __future__ import annotations

import base64
import math
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from glassdome.core.errors import InvalidQuery

__all__ = ["Place", "after", "at_or_before", "cursor_of", "place_of", "rank_of"]

#: What a row is ordered by and its id, or the parameters that will hold them.
Place = tuple[datetime | float | ColumnElement[Any], int | ColumnElement[int]]


def cursor_of(rank: datetime | float, row_id: int) -> str:
    """Return the cursor of the page after this row."""
    text = rank.isoformat() if isinstance(rank, datetime) else repr(rank)
    return base64.urlsafe_b64encode(f"{text}|{row_id}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[datetime, int]:
    """Return the moment and the row that a cursor names; raises InvalidQuery."""
    try:
        text, row_id = _parts_of(cursor)
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise InvalidQuery("That cursor is not one of ours.") from exc
    if moment.tzinfo is None:
        raise InvalidQuery("That cursor is not one of ours.")
    return moment, row_id


def rank_of(cursor: str) -> tuple[float, int]:
    """Return the number and the row that a cursor of a list in the order of a number names; raises InvalidQuery."""
    try:
        text, row_id = _parts_of(cursor)
        rank = float(text)
    except ValueError as exc:
        raise InvalidQuery("That cursor is not one of ours, or one of a list in another order.") from exc
    if not math.isfinite(rank):
        raise InvalidQuery("That cursor is not one of ours.")
    return rank, row_id


def _parts_of(cursor: str) -> tuple[str, int]:
    padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
    rank, row_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("|")
    if not 0 <= int(row_id) < 2**63:
        raise ValueError(row_id)
    return rank, int(row_id)


def after(place: Place, at: ColumnElement[Any], row_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a row stands behind that place in the list."""
    rank, last = place
    return and_(at <= rank, or_(at < rank, row_id < last))


def at_or_before(place: Place, at: ColumnElement[Any], row_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a row is the one at that place or stands before it in the list."""
    rank, last = place
    return and_(at >= rank, or_(at > rank, row_id >= last))
