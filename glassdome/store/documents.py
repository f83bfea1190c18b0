"""Pages of analyses as JSON texts: they are written with the analysis, so that a list is read and not made."""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery, Documents
from glassdome.store import listing
from glassdome.store.rows import analysis_of
from glassdome.store.schema import analyses, documents
from glassdome.values.as_json import SHAPE, analysis_json

__all__ = ["page"]

_WITH_DOCUMENT: Final = analyses.outerjoin(
    documents, and_(documents.c.mailbox == analyses.c.mailbox, documents.c.analysis_id == analyses.c.id)
)


async def page(connection: AsyncConnection, query: AnalysisQuery) -> Documents:
    """Return one page; what another version wrote, in its shape, is made anew."""
    what = (analyses.c.id, analyses.c.analyzed_at, documents.c.shape, documents.c.document)
    rows, following = await listing.page(connection, query, *what, source=_WITH_DOCUMENT)
    texts = {row.id: row.document for row in rows if row.shape == SHAPE}
    if missing := [row.id for row in rows if row.id not in texts]:
        found = await connection.execute(select(analyses).where(analyses.c.id.in_(missing)))
        texts |= {row.id: analysis_json(analysis_of(row)) for row in found}
    return Documents(items=tuple(texts[row.id] for row in rows if row.id in texts), next_cursor=following)
