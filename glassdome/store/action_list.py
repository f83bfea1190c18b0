"""An `ActionQuery` as SQL: a bounded read, whatever is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select

from glassdome.ports.agent import ActionQuery
from glassdome.store.paging import after, at_or_before, place_of
from glassdome.store.restrict import visible_to
from glassdome.store.rows import is_ref
from glassdome.store.schema import actions

__all__ = ["newest_first", "window_end", "windowed"]

#: Rows in which one request looks for what no index leads to; the page's cursor goes on behind them.
WINDOW: Final = 20_000


def windowed(query: ActionQuery) -> bool:
    """Return whether the query looks for something that no index leads to, among more than a few rows."""
    return query.ids is None and query.ref is None and bool(_others(query))


def window_end(query: ActionQuery, *, window: int = WINDOW) -> Select[Any]:
    """Return the select of the last row to read, by an index alone; no row when no more follow."""
    looked_at = select(actions.c.updated_at, actions.c.id).where(*_indexed(query))
    return _newest(looked_at).limit(1).offset(window - 1)


def newest_first(query: ActionQuery, *, down_to: tuple[datetime, int] | None = None) -> Select[Any]:
    """Return the select of one page and one row more, so that the caller sees whether another page follows."""
    found = select(actions).where(*_indexed(query), *_others(query))
    if down_to is not None:
        found = found.where(at_or_before(down_to, actions.c.updated_at, actions.c.id))
    return _newest(found).limit(query.limit + 1)


def _newest(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(actions.c.updated_at.desc(), actions.c.id.desc())


def _indexed(query: ActionQuery) -> list[ColumnElement[bool]]:
    """Return the conditions by which one of the indexes gives the rows."""
    table = actions.c
    found = _given(
        (query.ids, table.id.in_),
        (query.since, table.updated_at.__ge__),
        (query.until, table.updated_at.__lt__),
    )
    if query.ref is not None:
        # Apart, since SQLite would rather read all of the mailbox in its order than sort a few rows.
        found.append(table.id.in_(select(table.id).where(is_ref(actions, query.ref))))
    elif query.mailbox:
        found.append(table.mailbox == query.mailbox)
    elif query.state is not None:
        found.append(table.state == query.state.value)
    if query.cursor:
        found.append(after(place_of(query.cursor), table.updated_at, table.id))
    return found


def _others(query: ActionQuery) -> list[ColumnElement[bool]]:
    """Return the conditions that each row must meet."""
    table, leads = actions.c, query.ref is None and not query.mailbox
    return visible_to(table.mailbox, query.mailboxes, query.domains) + _given(
        ([kind.value for kind in query.kinds] or None, table.kind.in_),
        (query.state.value if query.state and not leads else None, table.state.__eq__),
        (query.message_id or None, table.message_id.__eq__),
    )


def _given(*wanted: tuple[object, Callable[[Any], ColumnElement[bool]]]) -> list[ColumnElement[bool]]:
    return [condition(value) for value, condition in wanted if value is not None]
