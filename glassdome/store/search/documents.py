"""Pages of analyses as stored texts: each is written once, with its analysis, so that a list is only read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, Subquery, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery, Documents, Rendering
from glassdome.store.rows import analysis_of
from glassdome.store.schema import analyses, documents, feedback
from glassdome.store.search import listing

__all__ = ["fetch_page"]


async def fetch_page(connection: AsyncConnection, query: AnalysisQuery, rendering: Rendering) -> Documents:
    """Return one page; texts of another version are written again."""
    rows, following = await listing.fetch_page(connection, query, _with_documents)
    texts = {row.id: row.document for row in rows if row.shape == rendering.version}
    if missing := [row.id for row in rows if row.id not in texts]:
        found = await connection.execute(select(analyses).where(analyses.c.id.in_(missing)))
        texts |= {row.id: rendering.analysis(analysis_of(row)) for row in found}
    labels = await _corrections(connection, texts)
    texts |= {number: rendering.corrected(texts[number], label) for number, label in labels.items()}
    return Documents(items=tuple(texts[row.id] for row in rows if row.id in texts), next_cursor=following)


async def _corrections(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, str]:
    """Return the labels that people gave to some of these; they are stored apart, since a message may be judged again."""
    same = and_(*(feedback.c[name] == analyses.c[name] for name in ("mailbox", "folder", "uid_validity", "uid")))
    said = select(analyses.c.id, feedback.c.label).join(feedback, same).where(analyses.c.id.in_(ids))
    return {row.id: row.label for row in await connection.execute(said)}


def _with_documents(wanted: Subquery) -> Select[Any]:
    same = and_(documents.c.mailbox == wanted.c.mailbox, documents.c.analysis_id == wanted.c.id)
    found = select(wanted.c.id, wanted.c.rank, documents.c.shape, documents.c.document)
    newest = found.select_from(wanted.outerjoin(documents, same))
    return newest.order_by(wanted.c.rank.desc(), wanted.c.id.desc())
