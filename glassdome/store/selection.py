"""An `AnalysisQuery` as SQL: its conditions, its order, its place in the list."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from glassdome.core.errors import InvalidQuery
from glassdome.ports.store import AnalysisQuery
from glassdome.store.restrict import allowed
from glassdome.store.rows import is_ref
from glassdome.store.schema import analyses, categories

__all__ = ["conditions", "cursor_of", "newest_first", "window_end"]

#: Rows in which one request looks for words, a tenth of a second's work; the page's cursor goes on behind them.
TEXT_WINDOW: Final = 20_000


def conditions(query: AnalysisQuery) -> list[ColumnElement[bool]]:
    """Return what a row of `llm_email_analysis` must meet, all but the category."""
    return [*_filters(query), *_says_all(query)]


def _filters(query: AnalysisQuery) -> list[ColumnElement[bool]]:
    table = analyses.c
    found = allowed(table.mailbox, query.mailboxes, query.domains, table.domain)
    wanted: list[tuple[object, Callable[[Any], ColumnElement[bool]]]] = [
        (query.mailbox or None, table.mailbox.__eq__),
        (query.folder or None, table.folder.__eq__),
        (query.person.lower() or None, table.person.__eq__),
        (query.is_phishing, table.is_phishing.__eq__),
        (query.degraded, table.degraded.__eq__),
        (query.sensitive, table.sensitive_data.__eq__),
        (query.min_priority, table.priority_score.__ge__),
        (query.since, table.analyzed_at.__ge__),
        (query.until, table.analyzed_at.__lt__),
    ]
    found += [condition(value) for value, condition in wanted if value is not None]
    if query.ref is not None:
        found.append(is_ref(analyses, query.ref))
    return found


def _says_all(query: AnalysisQuery) -> list[ColumnElement[bool]]:
    return [_says(word) for word in query.text.split()]


def _says(word: str) -> ColumnElement[bool]:
    places = (analyses.c.subject, analyses.c.from_name, analyses.c.from_addr, analyses.c.summary)
    return or_(*(func.lower(place).contains(word.lower(), autoescape=True) for place in places))


def newest_first(query: AnalysisQuery, *, window: int = TEXT_WINDOW) -> Select[Any]:
    """Return the select of one page and one row more, so that the caller sees whether another page follows.

    Words are looked for in the newest `window` rows that meet all else: see `window_end` for the rest.
    """
    if not query.text:
        return _ordered(query, analyses).limit(query.limit + 1).offset(query.offset)
    looked_at = _ordered(query, analyses.c.id).limit(window).subquery()
    found = select(analyses).join(looked_at, looked_at.c.id == analyses.c.id).where(*_says_all(query))
    newest = found.order_by(analyses.c.analyzed_at.desc(), analyses.c.id.desc())
    return newest.limit(query.limit + 1).offset(query.offset)


def window_end(query: AnalysisQuery, *, window: int = TEXT_WINDOW) -> Select[Any]:
    """Return the select of the last row that words were looked for in; no row when there are no more behind it."""
    return _ordered(query, analyses.c.analyzed_at, analyses.c.id).limit(1).offset(window - 1)


def _ordered(query: AnalysisQuery, *what: Any) -> Select[Any]:
    statement, at, row_id = select(*what), analyses.c.analyzed_at, analyses.c.id
    if query.category:
        statement = statement.join(categories, categories.c.analysis_id == analyses.c.id)
        statement = statement.where(categories.c.category == query.category)
        at, row_id = categories.c.analyzed_at, categories.c.analysis_id
        if query.mailbox:
            statement = statement.where(categories.c.mailbox == query.mailbox)
    if query.cursor:
        moment, last = _place(query.cursor)
        statement = statement.where(or_(at < moment, and_(at == moment, row_id < last)), at <= moment)
    return statement.where(*_filters(query)).order_by(at.desc(), row_id.desc())


def cursor_of(moment: datetime, row_id: int) -> str:
    """Return the cursor of the page after this row."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{row_id}".encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, int]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        moment, row_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("|")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None or not 0 <= int(row_id) < 2**63:
            raise InvalidQuery("That cursor is not one of ours.")
        return at, int(row_id)
    except (ValueError, binascii.Error) as exc:
        raise InvalidQuery("That cursor is not one of ours.") from exc
