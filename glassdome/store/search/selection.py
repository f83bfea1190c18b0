"""An `AnalysisQuery` as SQL: its conditions, its order, its place in the list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from operator import eq, ge, lt
from typing import Any, Final

from sqlalchemy import BindParameter, Column, ColumnElement, Select, Table, bindparam, exists, func, select, union_all

from glassdome.ports.store import AnalysisQuery, Sort
from glassdome.store.paging import after
from glassdome.store.restrict import visible_to
from glassdome.store.rows import domain_of
from glassdome.store.schema import analyses, categories, cursors, words
from glassdome.store.schema_owners import marks
from glassdome.store.search.query_params import (
    cursor_place,
    field_param,
    is_given,
    order_of,
    page_rows,
    ref_params,
    searched_terms,
    skipped,
    term_name,
    through,
)
from glassdome.store.search.search_terms import begins, is_word

__all__ = ["conditions", "newest_first", "newest_validity", "window_end"]

#: Mailboxes and domains of one key whose newest are merged; with more, the newest of all are looked through.
MERGED: Final = 20
#: The index of one mailbox in each order.
_OF_MAILBOX: Final[Mapping[Sort, str]] = {
    "judged": "ix_llm_email_analysis_mailbox",
    "received": "ix_llm_email_analysis_mailbox_received",
    "priority": "ix_llm_email_analysis_mailbox_urgent",
    "phishing": "ix_llm_email_analysis_mailbox_risk",
}


def conditions(query: AnalysisQuery) -> list[ColumnElement[bool]]:
    """Return what a row of `llm_email_analysis` must meet, all but the category."""
    return [*_filters(query), *_says_all(query)]


def _filters(query: AnalysisQuery) -> list[ColumnElement[bool]]:
    table = analyses.c
    found = visible_to(table.mailbox, query.mailboxes, query.domains, table.domain)
    wanted: list[tuple[str, Column[Any], Callable[[Any, Any], ColumnElement[bool]]]] = [
        *(
            (name, table[name], eq)
            for name in ("mailbox", "folder", "uid", "message_id", "person", "attention", "label")
        ),
        ("since", table.analyzed_at, ge),
        ("until", table.analyzed_at, lt),
    ]
    found += [
        compare(column, field_param(query, name, column)) for name, column, compare in wanted if is_given(query, name)
    ]
    flags: list[tuple[object, Callable[[Any], ColumnElement[bool]]]] = [
        (query.is_phishing, table.is_phishing.__eq__),
        (query.degraded, table.degraded.__eq__),
        (query.sensitive, table.sensitive_data.__eq__),
        (query.min_priority, table.priority_score.__ge__),
    ]
    found += [condition(value) for value, condition in flags if value is not None]
    if query.done is not None:
        marked = exists(select(marks.c.uid).where(marks.c.done_at.is_not(None), *_same(marks)))
        found.append(marked if query.done else ~marked)
    if query.without:
        found.append(table.mailbox.not_in(query.without))
    if query.uid is not None:
        here = (field_param(query, name, table[name]) for name in ("mailbox", "folder"))
        found.append(table.uid_validity == newest_validity(*here))
    if query.ref is not None:
        found.append(ref_params(query.ref))
    return found


def _same(table: Table) -> list[ColumnElement[bool]]:
    """Return the condition that a row of another table is of the analysis's message."""
    return [table.c[name] == analyses.c[name] for name in ("mailbox", "folder", "uid_validity", "uid")]


def newest_validity(mailbox: str | BindParameter[str], folder: str | BindParameter[str]) -> ColumnElement[int]:
    """Return the newest UIDVALIDITY known of a folder; once it was rebuilt, an old UID names no message any more."""
    here = (analyses.c.mailbox == mailbox, analyses.c.folder == folder)
    # A folder that was chosen and not polled yet has a moment in its cursor, under the UIDVALIDITY 0.
    seen = select(func.nullif(cursors.c.uid_validity, 0)).where(
        cursors.c.mailbox == mailbox, cursors.c.folder == folder
    )
    stored = select(func.max(analyses.c.uid_validity)).where(*here)
    return func.coalesce(seen.scalar_subquery(), stored.scalar_subquery())


def _says_all(
    query: AnalysisQuery, *, known: int | None = None, entire: Collection[int] = ()
) -> list[ColumnElement[bool]]:
    """Return the conditions that an analysis has each of the words, but the one that is known to be there."""
    return [
        exists(
            select(words.c.word).where(
                words.c.analysis_id == analyses.c.id, (is_word if n in entire else begins)(term_name(n), term)
            )
        )
        for n, term in enumerate(searched_terms(query))
        if n != known
    ]


def newest_first(query: AnalysisQuery, *, known: int | None = None, entire: Collection[int] = ()) -> Select[Any]:
    """Return the select of one page's `id`, `mailbox`, `rank`, and of one row more: whether another page follows.

    It reads one table, so that its limit ends it early; the shown columns of the page are joined to it. With `known`, the
    number of a search term, the parameter `ids` holds the analyses that have it; for each term of `entire` the parameter
    holds the only indexed word that begins so.
    """
    if query == _only_a_category(query):
        return _of_category(query)
    if len(parts := _parts(query)) > 1:
        return _merged(query, parts)
    found = _ordered(query).where(*_says_all(query, known=known, entire=entire))
    if known is not None:
        found = found.where(analyses.c.id.in_(bindparam("ids", expanding=True)))
    return _cut(found, query)


def _only_a_category(query: AnalysisQuery) -> AnalysisQuery | None:
    if not query.category:
        return None
    whole = AnalysisQuery(category=query.category, mailbox=query.mailbox)
    return replace(whole, limit=query.limit, offset=query.offset, cursor=query.cursor)


def _of_category(query: AnalysisQuery) -> Select[Any]:
    """Read the categories' own index, without the analyses' wide rows."""
    table = categories.c
    found = select(table.analysis_id.label("id"), table.mailbox, table.analyzed_at.label("rank"))
    found = found.where(*_in_category(query))
    if query.cursor:
        found = found.where(after(cursor_place(query), table.analyzed_at, table.analysis_id))
    return _cut(found.order_by(table.analyzed_at.desc(), table.analysis_id.desc()), query)


def _in_category(query: AnalysisQuery) -> list[ColumnElement[bool]]:
    names = ("category", "mailbox") if query.mailbox else ("category",)
    return [categories.c[name] == field_param(query, name, categories.c[name]) for name in names]


def _cut(newest: Select[Any], query: AnalysisQuery) -> Select[Any]:
    return newest.limit(page_rows(query)).offset(skipped(query))


def _parts(query: AnalysisQuery) -> list[Select[Any]]:
    """Return the selects that together are the query's restriction or its priority: an index has the order of each."""
    if query.text or query.mailbox or query.category or query.person or query.ref or query.message_id:
        return []
    if query.mailboxes is not None or query.domains is not None:
        free, domains = replace(query, mailboxes=None, domains=None), query.domains or ()
        alone = [name for name in query.mailboxes or () if domain_of(name) not in domains]
        parts = [*(replace(free, domains=(name,)) for name in domains), *(replace(free, mailboxes=(n,)) for n in alone)]
        return [_ordered(part) for part in parts] if len(parts) <= MERGED else []
    if not query.min_priority or query.sort != "judged":
        return []
    any_priority, score = _ordered(replace(query, min_priority=None)), analyses.c.priority_score
    return [any_priority.where(score == each) for each in range(query.min_priority, 11)]


def _merged(query: AnalysisQuery, parts: Sequence[Select[Any]]) -> Select[Any]:
    """Merge the newest of each part: all of them together have no order in any index."""
    found = union_all(*(select(part.limit(through(query)).subquery()) for part in parts)).subquery()
    return _cut(select(found).order_by(found.c.rank.desc(), found.c.id.desc()), query)


def window_end(query: AnalysisQuery, window: int) -> Select[Any]:
    """Return the select of the last row in which words are looked for; no row when there are no more behind it."""
    # Both are in the list's own index: the rows themselves are not read.
    return _ordered(query).with_only_columns(order_of(query).label("rank"), analyses.c.id).limit(1).offset(window - 1)


def _ordered(query: AnalysisQuery) -> Select[Any]:
    """Select what meets all but the words, in the query's order."""
    table, at = analyses.c, order_of(query)
    found, row_id = select(table.id, table.mailbox, at.label("rank")), table.id
    if query.category:
        found = found.join(categories, categories.c.analysis_id == table.id)
        found = found.where(*_in_category(query))
        if query.sort == "judged":
            at, row_id = categories.c.analyzed_at, categories.c.analysis_id
    elif hints := _hints(query):
        found = found.with_hint(analyses, " ".join(hints), "mysql")
    if query.cursor:
        found = found.where(after(cursor_place(query), at, row_id))
    return found.where(*_filters(query)).order_by(at.desc(), row_id.desc())


def _hints(query: AnalysisQuery) -> list[str]:
    """Keep MariaDB from taking an index in another order, and sorting all that it leads to."""
    hints = []
    narrow = query.is_phishing is not None or query.attention
    if _is_of_one_mailbox(query) and not narrow and not _names_one(query):
        hints.append(f"USE INDEX FOR ORDER BY ({_OF_MAILBOX[query.sort]})")
    if query.min_priority and query.sort != "priority":
        names = ("urgent", "mailbox_urgent", "domain_urgent")
        hints.append(f"IGNORE INDEX FOR JOIN ({', '.join(f'ix_llm_email_analysis_{name}' for name in names)})")
    return hints


def _is_of_one_mailbox(query: AnalysisQuery) -> bool:
    return bool(query.mailbox) or (len(query.mailboxes or ()) == 1 and not query.domains)


def _names_one(query: AnalysisQuery) -> bool:
    return query.ref is not None or query.uid is not None or bool(query.message_id)
