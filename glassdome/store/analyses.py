"""The analyses (`ports.store.AnalysisStore`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from glassdome.ports.model import Engine
from glassdome.ports.store import AnalysisQuery, Documents, Outdated, Page, Statistics
from glassdome.store import documents, erase, listing, statistics
from glassdome.store.connections import Connections
from glassdome.store.enqueue import REF
from glassdome.store.rows import analysis_of, is_ref, ref_of
from glassdome.store.schema import analyses, cursors
from glassdome.values.analysis import Analysis
from glassdome.values.refs import MessageRef

__all__ = ["Analyses"]


class Analyses:
    """Implements `ports.store.AnalysisStore`."""

    def __init__(self, connections: Connections) -> None:
        """Share the store's connections."""
        self._db = connections

    async def get(self, ref: MessageRef) -> Analysis | None:
        """Return one message's analysis."""
        return await self._first(select(analyses).where(is_ref(analyses, ref)))

    async def find(self, mailbox: str, folder: str, uid: int) -> Analysis | None:
        """Return that UID's analysis; after a rebuilt folder, an old UID names no message any more."""
        here = (analyses.c.mailbox == mailbox, analyses.c.folder == folder)
        seen = select(cursors.c.uid_validity).where(cursors.c.mailbox == mailbox, cursors.c.folder == folder)
        stored = select(func.max(analyses.c.uid_validity)).where(*here)
        newest = func.coalesce(seen.scalar_subquery(), stored.scalar_subquery())
        return await self._first(
            select(analyses).where(*here, analyses.c.uid_validity == newest, analyses.c.uid == uid)
        )

    async def by_message_id(self, mailbox: str, message_id: str) -> Analysis | None:
        """Return the newest analysis of that Message-ID."""
        same = select(analyses).where(analyses.c.message_id == message_id, analyses.c.mailbox == mailbox)
        return await self._first(same.order_by(analyses.c.analyzed_at.desc(), analyses.c.id.desc()))

    async def by_content(self, content_hash: str, *, engine: str, model: str, prompt_version: str) -> Analysis | None:
        """Return an undegraded analysis of the same content."""
        if not content_hash:
            return None
        same = select(analyses).where(
            analyses.c.content_hash == content_hash,
            analyses.c.engine == engine,
            analyses.c.model == model,
            analyses.c.prompt_version == prompt_version,
            analyses.c.degraded.is_(False),
        )
        return await self._first(same)

    async def list(self, query: AnalysisQuery) -> Page:
        """Return one page, newest first."""
        rows, following = await listing.page(self._db, query, analyses)
        return Page(items=tuple(analysis_of(row) for row in rows), next_cursor=following)

    async def documents(self, query: AnalysisQuery) -> Documents:
        """Return one page as JSON texts, newest first."""
        return await documents.page(self._db, query)

    async def delete(self, query: AnalysisQuery) -> int:
        """Erase what matches, in steps of bounded size."""
        return await erase.erase(self._db, query)

    async def outdated(self, engine: Engine, *, before_id: int | None, limit: int, look_at: int) -> Outdated:
        """Walk down by id, so that each step reads a bounded part of one index."""
        names = ("engine", "model", "prompt_version", "degraded", "skipped")
        wanted = select(analyses.c.id, *(analyses.c[name] for name in (*REF, *names))).order_by(analyses.c.id.desc())
        if before_id is not None:
            wanted = wanted.where(analyses.c.id < before_id)
        present = (engine.name, engine.model, engine.prompt_version)
        rows = await self._db.rows(wanted.limit(look_at))
        found, last = [], 0
        for row in rows:
            last = row.id
            if not row.degraded and not row.skipped and (row.engine, row.model, row.prompt_version) != present:
                found.append(ref_of(row))
            if len(found) == limit:
                break
        ended = len(found) < limit and len(rows) < look_at
        return Outdated(refs=tuple(found), reached=0 if ended else last)

    async def statistics(self, query: AnalysisQuery) -> Statistics:
        """Sum up what matches."""
        return await statistics.summarize(self._db, query)

    async def _first(self, statement: Select[Any]) -> Analysis | None:
        row = await self._db.row(statement.limit(1))
        return None if row is None else analysis_of(row)
