"""An `AnalysisQuery` as SQL: its conditions, its order, its place in the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, or_, select

from glassdome.core.errors import InvalidQuery
from glassdome.ports.store import AnalysisQuery
from glassdome.store.paging import place_of
from glassdome.store.restrict import allowed
from glassdome.store.rows import is_ref
from glassdome.store.schema import analyses, categories, words
from glassdome.store.words import begins, terms_of

__all__ = ["TEXT_WINDOW", "conditions", "newest_first", "not_behind", "searched_terms", "window_end"]

#: Rows in which one request looks for common words, at most a tenth of a second's work; its cursor goes on behind them.
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
    return [
        exists(select(words.c.word).where(words.c.analysis_id == analyses.c.id, begins(term)))
        for term in searched_terms(query)
    ]


def searched_terms(query: AnalysisQuery) -> tuple[str, ...]:
    """Return the words that the query looks for; raises InvalidQuery where its text has none."""
    terms = terms_of(query.text)
    if query.text.strip() and not terms:
        raise InvalidQuery("The text to look for has no letter and no digit.")
    return terms


def newest_first(query: AnalysisQuery, *what: Any, source: FromClause = analyses) -> Select[Any]:
    """Return the select of one page and one row more, so that the caller sees whether another page follows."""
    return _ordered(query, *what, source=source).where(*_says_all(query)).limit(query.limit + 1).offset(query.offset)


def window_end(query: AnalysisQuery, *, window: int = TEXT_WINDOW) -> Select[Any]:
    """Return the select of the last row in which words are looked for; no row when there are no more behind it."""
    return _ordered(query, analyses.c.analyzed_at, analyses.c.id).limit(1).offset(window - 1)


def not_behind(moment: datetime, row_id: int) -> ColumnElement[bool]:
    """Return the condition that a row is that one or stands before it in the list."""
    at, number = analyses.c.analyzed_at, analyses.c.id
    return and_(at >= moment, or_(at > moment, number >= row_id))


def _ordered(query: AnalysisQuery, *what: Any, source: FromClause = analyses) -> Select[Any]:
    statement, at, row_id = select(*what).select_from(source), analyses.c.analyzed_at, analyses.c.id
    if query.category:
        statement = statement.join(categories, categories.c.analysis_id == analyses.c.id)
        statement = statement.where(categories.c.category == query.category)
        at, row_id = categories.c.analyzed_at, categories.c.analysis_id
        if query.mailbox:
            statement = statement.where(categories.c.mailbox == query.mailbox)
    if query.cursor:
        moment, last = place_of(query.cursor)
        statement = statement.where(or_(at < moment, and_(at == moment, row_id < last)), at <= moment)
    return statement.where(*_filters(query)).order_by(at.desc(), row_id.desc())
