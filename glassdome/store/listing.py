"""One page of analyses: by their order where no words are looked for or they are common, else by the rarest word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import FromClause, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery
from glassdome.store.paging import cursor_of
from glassdome.store.schema import analyses, words
from glassdome.store.selection import newest_first, not_behind, searched_terms, window_end
from glassdome.store.words import begins

__all__ = ["cut", "ids_of_rarest", "page"]

#: Analyses up to which a word is rare: all of them are fetched by their keys, whatever the database's size.
RARE: Final = 1_000
#: How many of those with the longest word are fetched with the counts: it is likely the rarest.
FIRST: Final = 50
#: Rows in which one request looks for common words: most are found in the first step, at the latest in a tenth of a
#: second the search ends, and the page's cursor goes on behind it.
WINDOWS: Final = (2_000, 20_000)
Found = tuple[Sequence[Row[Any]], str]


async def page(connection: AsyncConnection, query: AnalysisQuery, *what: Any, source: FromClause = analyses) -> Found:
    """Return the rows of one page with `what` of `source`, `analyzed_at` and `id`, and the next page's cursor.

    Common words are looked for in a bounded number of rows: there may be a next page though this one is not full.
    """
    wanted = newest_first(query, *what, source=source)
    if not query.text:
        return await cut(connection, query, wanted)
    rarest = await _rarest(connection, query)
    if not rarest.count:
        return (), ""
    if rarest.count > RARE or rarest.expected <= WINDOWS[0]:
        return await _in_windows(connection, query, wanted)
    ids = await _ids_with(connection, rarest)
    few = partial(newest_first, query, known=rarest.term, ids=ids)
    if len(ids) <= query.limit:
        return await cut(connection, query, few(*what, source=source))
    # Of many, the wide rows are read only where they are shown.
    found, following = await cut(connection, query, few(analyses.c.id, analyses.c.analyzed_at))
    places = {row.id: place for place, row in enumerate(found)}
    rows = await connection.execute(select(*what).select_from(source).where(analyses.c.id.in_(places)))
    return sorted(rows, key=lambda row: places[row.id]), following


async def ids_of_rarest(connection: AsyncConnection, query: AnalysisQuery) -> Sequence[int] | None:
    """Return the analyses with the rarest of the words looked for; None when there is none or even that is common."""
    if not searched_terms(query):
        return None
    rarest = await _rarest(connection, query)
    return None if rarest.count > RARE else await _ids_with(connection, rarest)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rarest:
    """The rarest word looked for: in how many analyses it is, at most `RARE` + 1, and, it may be, which these are.

    `expected` is in how many of the newest rows a page of them is.
    """

    term: str = ""
    count: int = 0
    first: Sequence[int] = ()
    expected: float = 0.0


async def _rarest(connection: AsyncConnection, query: AnalysisQuery) -> _Rarest:
    terms = searched_terms(query)
    counts = [
        select(func.count()).select_from(select(words.c.word).where(begins(term)).limit(RARE + 1).subquery())
        for term in terms
    ]
    newest = select(func.coalesce(func.max(analyses.c.id), 0))
    numbers = [statement.scalar_subquery() for statement in (newest, *counts)]
    some = select(words.c.analysis_id, *numbers).where(begins(max(terms, key=len))).limit(FIRST)
    rows = (await connection.execute(some)).all()
    if not rows:
        return _Rarest()
    _, last, *counted = rows[0]
    count, term = min(zip(counted, terms, strict=True))
    first = tuple(row[0] for row in rows) if term == max(terms, key=len) else ()
    expected = (query.offset + query.limit + 1) * last / max(1, count)
    return _Rarest(term=term, count=count, first=first, expected=expected)


async def _ids_with(connection: AsyncConnection, rarest: _Rarest) -> Sequence[int]:
    if len(rarest.first) >= rarest.count:
        return tuple(dict.fromkeys(rarest.first))
    return tuple(
        (await connection.execute(select(words.c.analysis_id).where(begins(rarest.term)).distinct())).scalars()
    )


async def _in_windows(connection: AsyncConnection, query: AnalysisQuery, wanted: Select[Any]) -> Found:
    found: Found = (), ""
    for window in WINDOWS:
        last = (await connection.execute(window_end(query, window))).first()
        if last is None:
            return await cut(connection, query, wanted)
        found = await cut(connection, query, wanted.where(not_behind(last.analyzed_at, last.id)))
        if found[1]:
            return found
        found = found[0], cursor_of(last.analyzed_at, last.id)
    return found


async def cut(connection: AsyncConnection, query: AnalysisQuery, wanted: Select[Any]) -> Found:
    """Return the rows of a page from a select of one row more, and the next page's cursor."""
    rows = (await connection.execute(wanted)).all()
    shown = rows[: query.limit]
    return shown, cursor_of(shown[-1].analyzed_at, shown[-1].id) if len(rows) > query.limit and shown else ""
