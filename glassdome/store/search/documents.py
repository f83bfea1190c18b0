"""Pages of analyses as JSON texts: they are written with the analysis, so that a list is read and not made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, Subquery, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery, Documents
from glassdome.store.rows import analysis_of
from glassdome.store.schema import analyses, documents, feedback
from glassdome.store.search import listing
from glassdome.values.as_json import SHAPE, analysis_json, corrected_json

__all__ = ["fetch_page"]


async def fetch_page(connection: AsyncConnection, query: AnalysisQuery) -> Documents:
    """Return one page; what another version wrote, in its shape, is made anew."""
    rows, following = await listing.fetch_page(connection, query, _with_documents)
    texts = {row.id: row.document for row in rows if row.shape == SHAPE}
    if missing := [row.id for row in rows if row.id not in texts]:
        found = await connection.execute(select(analyses).where(analyses.c.id.in_(missing)))
        texts |= {row.id: analysis_json(analysis_of(row)) for row in found}
    texts |= await _corrected(connection, texts)
    return Documents(items=tuple(texts[row.id] for row in rows if row.id in texts), next_cursor=following)


async def _corrected(connection: AsyncConnection, texts: Mapping[int, str]) -> dict[int, str]:
    """Return the texts of messages that a person corrected, with that word; it is stored apart, for a verdict may come anew."""
    same = and_(*(feedback.c[name] == analyses.c[name] for name in ("mailbox", "folder", "uid_validity", "uid")))
    said = select(analyses.c.id, feedback.c.label).join(feedback, same).where(analyses.c.id.in_(texts))
    return {row.id: corrected_json(texts[row.id], row.label) for row in await connection.execute(said)}


def _with_documents(wanted: Subquery) -> Select[Any]:
    same = and_(documents.c.mailbox == wanted.c.mailbox, documents.c.analysis_id == wanted.c.id)
    found = select(wanted.c.id, wanted.c.rank, documents.c.shape, documents.c.document)
    newest = found.select_from(wanted.outerjoin(documents, same))
    return newest.order_by(wanted.c.rank.desc(), wanted.c.id.desc())
