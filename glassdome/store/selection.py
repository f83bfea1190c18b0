"""An `AnalysisQuery` as SQL: its conditions, its order, its place in the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, func, or_, select, union_all

from glassdome.core.errors import InvalidQuery
from glassdome.ports.store import AnalysisQuery
from glassdome.store.paging import place_of
from glassdome.store.restrict import allowed
from glassdome.store.rows import domain_of, is_ref
from glassdome.store.schema import analyses, categories, cursors, words
from glassdome.store.words import begins, terms_of

__all__ = ["behind", "conditions", "newest_first", "newest_validity", "not_behind", "searched_terms", "window_end"]

#: Mailboxes and domains of one key whose newest are merged; with more, the newest of all are looked through.
MERGED: Final = 20


def conditions(query: AnalysisQuery) -> list[ColumnElement[bool]]:
    """Return what a row of `llm_email_analysis` must meet, all but the category."""
    return [*_filters(query), *_says_all(query)]


def _filters(query: AnalysisQuery) -> list[ColumnElement[bool]]:
    table = analyses.c
    found = allowed(table.mailbox, query.mailboxes, query.domains, table.domain)
    wanted: list[tuple[object, Callable[[Any], ColumnElement[bool]]]] = [
        (query.mailbox or None, table.mailbox.__eq__),
        (query.folder or None, table.folder.__eq__),
        (query.uid, table.uid.__eq__),
        (query.message_id or None, table.message_id.__eq__),
        (query.person.lower() or None, table.person.__eq__),
        (query.is_phishing, table.is_phishing.__eq__),
        (query.degraded, table.degraded.__eq__),
        (query.sensitive, table.sensitive_data.__eq__),
        (query.min_priority, table.priority_score.__ge__),
        (query.since, table.analyzed_at.__ge__),
        (query.until, table.analyzed_at.__lt__),
    ]
    found += [condition(value) for value, condition in wanted if value is not None]
    if query.uid is not None:
        found.append(table.uid_validity == newest_validity(query.mailbox, query.folder))
    if query.ref is not None:
        found.append(is_ref(analyses, query.ref))
    return found


def newest_validity(mailbox: str, folder: str) -> ColumnElement[int]:
    """Return the newest UIDVALIDITY known of a folder; once it was rebuilt, an old UID names no message any more."""
    here = (analyses.c.mailbox == mailbox, analyses.c.folder == folder)
    seen = select(cursors.c.uid_validity).where(cursors.c.mailbox == mailbox, cursors.c.folder == folder)
    stored = select(func.max(analyses.c.uid_validity)).where(*here)
    return func.coalesce(seen.scalar_subquery(), stored.scalar_subquery())


def _says_all(query: AnalysisQuery, known: str = "") -> list[ColumnElement[bool]]:
    """Return the conditions that an analysis has each of the words, but the one that is known to be there."""
    return [
        exists(select(words.c.word).where(words.c.analysis_id == analyses.c.id, begins(term)))
        for term in searched_terms(query)
        if term != known
    ]


def searched_terms(query: AnalysisQuery) -> tuple[str, ...]:
    """Return the words that the query looks for; raises InvalidQuery where its text has none."""
    terms = terms_of(query.text)
    if query.text.strip() and not terms:
        raise InvalidQuery("The text to look for has no letter and no digit.")
    return terms


def newest_first(
    query: AnalysisQuery, *what: Any, source: FromClause = analyses, known: str = "", ids: Sequence[int] | None = None
) -> Select[Any]:
    """Return the select of one page and one row more, so that the caller sees whether another page follows.

    `ids` are the analyses known to have the word `known`.
    """
    if len(parts := _parts(query)) > 1:
        return _merged(query, parts, *what, source=source)
    found = _ordered(query, *what, source=source).where(*_says_all(query, known))
    if ids is not None:
        found = found.where(analyses.c.id.in_(ids))
    return found.limit(query.limit + 1).offset(query.offset)


def _parts(query: AnalysisQuery) -> list[ColumnElement[bool]]:
    """Return conditions that together are the query's restriction or its priority: an index has the order of each."""
    table = analyses.c
    if query.text or query.mailbox or query.category or query.person or query.ref or query.message_id:
        return []
    if query.mailboxes is not None or query.domains is not None:
        domains = query.domains or ()
        alone = [name for name in query.mailboxes or () if domain_of(name) not in domains]
        parts = [*(table.domain == name for name in domains), *(table.mailbox == name for name in alone)]
        return parts if len(parts) <= MERGED else []
    return [table.priority_score == score for score in range(query.min_priority, 11)] if query.min_priority else []


def _merged(query: AnalysisQuery, parts: Sequence[ColumnElement[bool]], *what: Any, source: FromClause) -> Select[Any]:
    """Merge the newest of each part: all of them together have no order in any index."""
    restricted = query.mailboxes is not None or query.domains is not None
    whole = replace(query, mailboxes=None, domains=None) if restricted else replace(query, min_priority=None)
    wanted = query.offset + query.limit + 1
    each = [select(_ordered(whole, analyses.c.id).where(part).limit(wanted).subquery().c.id) for part in parts]
    found = union_all(*each).subquery()
    newest = select(*what).select_from(source.join(found, found.c.id == analyses.c.id))
    newest = newest.order_by(analyses.c.analyzed_at.desc(), analyses.c.id.desc())
    return newest.limit(query.limit + 1).offset(query.offset)


def window_end(query: AnalysisQuery, window: int) -> Select[Any]:
    """Return the select of the last row in which words are looked for; no row when there are no more behind it."""
    return _ordered(query, analyses.c.analyzed_at, analyses.c.id).limit(1).offset(window - 1)


def behind(cursor: str, at: ColumnElement[datetime], row_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a row stands behind the cursor in the list; raises InvalidQuery."""
    moment, last = place_of(cursor)
    return and_(at <= moment, or_(at < moment, and_(at == moment, row_id < last)))


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
        statement = statement.where(behind(query.cursor, at, row_id))
    return statement.where(*_filters(query)).order_by(at.desc(), row_id.desc())
