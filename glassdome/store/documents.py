"""Pages of analyses as JSON texts: they are written with the analysis, so that a list is read and not made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery, Documents
from glassdome.store import listing
from glassdome.store.rows import analysis_of
from glassdome.store.schema import analyses, categories, documents
from glassdome.store.selection import behind
from glassdome.values.as_json import SHAPE, analysis_json

__all__ = ["page"]

_WITH_DOCUMENT: Final = analyses.outerjoin(
    documents, and_(documents.c.mailbox == analyses.c.mailbox, documents.c.analysis_id == analyses.c.id)
)


async def page(connection: AsyncConnection, query: AnalysisQuery) -> Documents:
    """Return one page; what another version wrote, in its shape, is made anew."""
    if query == _only_a_category(query):
        rows, following = await listing.cut(connection, query, _of_category(query))
    else:
        what = (analyses.c.id, analyses.c.analyzed_at, documents.c.shape, documents.c.document)
        rows, following = await listing.page(connection, query, *what, source=_WITH_DOCUMENT)
    texts = {row.id: row.document for row in rows if row.shape == SHAPE}
    if missing := [row.id for row in rows if row.id not in texts]:
        found = await connection.execute(select(analyses).where(analyses.c.id.in_(missing)))
        texts |= {row.id: analysis_json(analysis_of(row)) for row in found}
    return Documents(items=tuple(texts[row.id] for row in rows if row.id in texts), next_cursor=following)


def _only_a_category(query: AnalysisQuery) -> AnalysisQuery | None:
    if not query.category:
        return None
    whole = AnalysisQuery(category=query.category, mailbox=query.mailbox)
    return replace(whole, limit=query.limit, offset=query.offset, cursor=query.cursor)


def _of_category(query: AnalysisQuery) -> Select[Any]:
    """Return the select of a page from the categories' own index, without the analyses' wide rows."""
    table = categories.c
    same = and_(documents.c.mailbox == table.mailbox, documents.c.analysis_id == table.analysis_id)
    what = (table.analysis_id.label("id"), table.analyzed_at, documents.c.shape, documents.c.document)
    found = select(*what).select_from(categories.outerjoin(documents, same)).where(table.category == query.category)
    if query.mailbox:
        found = found.where(table.mailbox == query.mailbox)
    if query.cursor:
        found = found.where(behind(query.cursor, table.analyzed_at, table.analysis_id))
    newest = found.order_by(table.analyzed_at.desc(), table.analysis_id.desc())
    return newest.limit(query.limit + 1).offset(query.offset)
