"""One page of analyses: by their order where no words are looked for or they are common, else by the rarest word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

from sqlalchemy import Row, Select, Subquery, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery
from glassdome.store.handed import handed, shape_of
from glassdome.store.paging import cursor_of, not_behind
from glassdome.store.schema import analyses, words
from glassdome.store.selection import newest_first, searched_terms, window_end
from glassdome.store.words import begins

__all__ = ["Shown", "ids_of_rarest", "page"]

#: Analyses up to which a word is rare: all of them are fetched by their keys, whatever the database's size.
RARE: Final = 1_000
#: How many of those with the longest word are fetched with the counts: it is likely the rarest.
FIRST: Final = 50
#: Rows in which one request looks for common words: most are found in the first step, at the latest in a tenth of a
#: second the search ends, and the page's cursor goes on behind it.
WINDOWS: Final = (2_000, 20_000)
#: Statements kept: about 20 KB each, and 370 KB for a key of 20 places.
KEPT: Final = 64
Found = tuple[Sequence[Row[Any]], str]
#: Makes, of a page's `id`, `mailbox`, `analyzed_at`, the select of what is shown, in the same order.
Shown = Callable[[Subquery], Select[Any]]


async def page(connection: AsyncConnection, query: AnalysisQuery, shown: Shown) -> Found:
    """Return the rows of one page as `shown` joins them to it, with `analyzed_at` and `id`, and the next page's cursor.

    Common words are looked for in a bounded number of rows: there may be a next page though this one is not full.
    """
    if not query.text:
        return await _fetched(connection, query, _made(shape_of(query), shown))
    cut = partial(_cut, connection, query, shown)
    rarest = await _rarest(connection, query)
    if not rarest.count:
        return (), ""
    if rarest.count <= RARE and rarest.expected > WINDOWS[0]:
        return await cut(newest_first(query, known=rarest.term, ids=await _ids_with(connection, rarest)))
    found: Found = (), ""
    for window in WINDOWS:
        last = (await connection.execute(window_end(query, window))).first()
        if last is None:
            return await cut(newest_first(query))
        found = await cut(
            newest_first(query).where(not_behind((last.analyzed_at, last.id), analyses.c.analyzed_at, analyses.c.id))
        )
        if found[1]:
            return found
        found = found[0], cursor_of(last.analyzed_at, last.id)
    return found


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


@lru_cache(maxsize=KEPT)
def _made(shape: AnalysisQuery, shown: Shown) -> Select[Any]:
    return shown(newest_first(shape).subquery())


async def _cut(connection: AsyncConnection, query: AnalysisQuery, shown: Shown, wanted: Select[Any]) -> Found:
    return await _fetched(connection, query, shown(wanted.subquery()))


async def _fetched(connection: AsyncConnection, query: AnalysisQuery, statement: Select[Any]) -> Found:
    rows = (await connection.execute(statement, handed(query))).all()
    found = rows[: query.limit]
    return found, cursor_of(found[-1].analyzed_at, found[-1].id) if len(rows) > query.limit and found else ""
