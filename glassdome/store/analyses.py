"""The analyses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, select

from glassdome.ports.model import Engine
from glassdome.ports.store import AnalysisQuery, Documents, Outdated, Overview, Page, Rendering, Statistics
from glassdome.store import erase
from glassdome.store.connections import Connections
from glassdome.store.counters import summary
from glassdome.store.courses import read_course
from glassdome.store.enqueue import REF
from glassdome.store.overview import Overviews
from glassdome.store.rows import analysis_of, is_ref, ref_of
from glassdome.store.schema import analyses
from glassdome.store.search import documents, listing
from glassdome.store.search.selection import newest_validity
from glassdome.values.analysis import Analysis
from glassdome.values.course import Course
from glassdome.values.refs import MessageRef

__all__ = ["Analyses"]


class Analyses:
    """The analyses: one row per message."""

    def __init__(self, connections: Connections, rendering: Rendering) -> None:
        """Share the store's connections; `rendering` makes the texts of `documents`."""
        self._db = connections
        self._rendering = rendering
        self._overviews = Overviews(rendering)

    async def get(self, ref: MessageRef) -> Analysis | None:
        """Return one message's analysis."""
        return await self._first(select(analyses).where(is_ref(analyses, ref)))

    async def find(self, mailbox: str, folder: str, uid: int) -> Analysis | None:
        """Return the analysis of that UID under the newest UIDVALIDITY known."""
        validity = newest_validity(mailbox, folder)
        here = (analyses.c.mailbox == mailbox, analyses.c.folder == folder, analyses.c.uid_validity == validity)
        return await self._first(select(analyses).where(*here, analyses.c.uid == uid))

    async def by_message_id(self, mailbox: str, message_id: str) -> Analysis | None:
        """Return the newest analysis of that Message-ID in the mailbox."""
        same = select(analyses).where(analyses.c.message_id == message_id, analyses.c.mailbox == mailbox)
        return await self._first(same.order_by(analyses.c.analyzed_at.desc(), analyses.c.id.desc()))

    async def by_content(self, content_hash: str, *, engine: str, model: str, prompt_version: str) -> Analysis | None:
        """Return a non-degraded analysis of the same content by the same model and prompt, for the repeat policy."""
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
        """Return one page; raises InvalidQuery for a cursor that is not ours, and for a text without any word."""
        rows, following = await self._db.read(lambda c: listing.fetch_page(c, query, _whole))
        return Page(items=tuple(analysis_of(row) for row in rows), next_cursor=following)

    async def documents(self, query: AnalysisQuery) -> Documents:
        """Return the same page as JSON texts, which costs a fraction; raises as `list`."""
        return await self._db.read(lambda c: documents.fetch_page(c, query, self._rendering))

    async def course(self, query: AnalysisQuery, *, since: datetime) -> Course:
        """Return verdicts, cost of the model and times of judging since then, for plots."""
        return await self._db.read(lambda c: read_course(c, query, since=since))

    async def delete(self, query: AnalysisQuery) -> int:
        """Erase what matches (analyses, jobs, actions, history) and return how many analyses went."""
        return await erase.erase(self._db, query)

    async def outdated(self, engine: Engine, *, before_id: int | None, limit: int, look_at: int) -> Outdated:
        """Read up to `look_at` rows below `before_id`, newest first, and return at most `limit` outdated ones.

        What a policy kept from the model, and degraded verdicts, which are revisited anyway, are not among them.
        """
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
        return await self._db.read(lambda c: summary.summarize(c, query))

    async def overview(self, query: AnalysisQuery, *, now: datetime) -> Overview:
        """Return `statistics` and `documents` of the query, and the queue's depth within its restrictions."""
        return await self._db.read(lambda c: self._overviews.read(c, query, now=now))

    async def _first(self, statement: Select[Any]) -> Analysis | None:
        row = await self._db.row(statement.limit(1))
        return None if row is None else analysis_of(row)


def _whole(wanted: Subquery) -> Select[Any]:
    found = select(analyses, wanted.c.rank).join(wanted, wanted.c.id == analyses.c.id)
    return found.order_by(wanted.c.rank.desc(), wanted.c.id.desc())
