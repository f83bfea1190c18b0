"""A cursor: the place in a list, newest first, after which the next page begins."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from glassdome.core.errors import InvalidQuery

__all__ = ["Place", "behind", "cursor_of", "not_behind", "place_of"]

#: A row's moment and id, or the parameters that will hold them.
Place = tuple[datetime | ColumnElement[datetime], int | ColumnElement[int]]


def cursor_of(moment: datetime, row_id: int) -> str:
    """Return the cursor of the page after this row."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{row_id}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[datetime, int]:
    """Return the moment and the row that a cursor names; raises InvalidQuery."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        moment, row_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("|")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None or not 0 <= int(row_id) < 2**63:
            raise InvalidQuery("That cursor is not one of ours.")
        return at, int(row_id)
    except (ValueError, binascii.Error) as exc:
        raise InvalidQuery("That cursor is not one of ours.") from exc


def behind(place: Place, at: ColumnElement[datetime], row_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a row stands behind that place in the list."""
    moment, last = place
    return and_(at <= moment, or_(at < moment, row_id < last))


def not_behind(place: Place, at: ColumnElement[datetime], row_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a row is the one at that place or stands before it in the list."""
    moment, last = place
    return and_(at >= moment, or_(at > moment, row_id >= last))
