"""One page of analyses: by their order where no words are looked for or they are common, else by the rarest word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import FromClause, Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery
from glassdome.store.connections import Connections
from glassdome.store.paging import cursor_of
from glassdome.store.schema import analyses, words
from glassdome.store.selection import newest_first, not_behind, searched_terms, window_end
from glassdome.store.words import begins

__all__ = ["ids_of_rarest", "page"]

#: Analyses up to which a word is rare: all of them are fetched by their keys, whatever the database's size.
RARE: Final = 2_000


async def page(
    db: Connections, query: AnalysisQuery, *what: Any, source: FromClause = analyses
) -> tuple[Sequence[Row[Any]], str]:
    """Return the rows of one page with `what` of `source`, `analyzed_at` and `id`, and the next page's cursor.

    Common words are looked for in a bounded number of rows: there may be a next page though this one is not full.
    """
    wanted, last = newest_first(query, *what, source=source), None
    if query.text:
        ids = await ids_of_rarest(db, query)
        if ids is not None:
            wanted = wanted.where(analyses.c.id.in_(ids))
        elif (last := await db.row(window_end(query))) is not None:
            wanted = wanted.where(not_behind(last.analyzed_at, last.id))
        if ids == ():
            return (), ""
    rows = await db.rows(wanted)
    shown = rows[: query.limit]
    last = shown[-1] if len(rows) > query.limit and shown else last
    return shown, cursor_of(last.analyzed_at, last.id) if last is not None else ""


async def ids_of_rarest(db: Connections, query: AnalysisQuery) -> Sequence[int] | None:
    """Return the analyses with the rarest of the words looked for; None when there is none or even that is common."""
    terms = searched_terms(query)

    async def work(connection: AsyncConnection) -> Sequence[int] | None:
        counts = [
            select(func.count()).select_from(select(words.c.word).where(begins(term)).limit(RARE + 1).subquery())
            for term in terms
        ]
        counted = (await connection.execute(select(*(count.scalar_subquery() for count in counts)))).one()
        least, rarest = min(zip(counted, terms, strict=True))
        if not 0 < least <= RARE:
            return None if least else ()
        found = await connection.execute(select(words.c.analysis_id).where(begins(rarest)).distinct())
        return tuple(found.scalars())

    return await db.read(work) if terms else None
