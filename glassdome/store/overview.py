"""Reads a dashboard's data every few seconds: totals, the queue and the newest analyses, in two or three reads."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery, Overview, Rendering, Statistics
from glassdome.store.counters.queue_depth import counted, depth_of
from glassdome.store.counters.summary import corrections, is_plain, summed
from glassdome.store.search import documents

__all__ = ["Overviews"]

#: Sums kept, one per key or mailbox that asks; each is about 10 KB.
KEPT: Final = 256


class Overviews:
    """Sums are kept until an analysis is counted: each changes the version that is read with the queue's depth."""

    def __init__(self, rendering: Rendering) -> None:
        """Begin with nothing kept."""
        self._rendering = rendering
        self._kept: OrderedDict[AnalysisQuery, tuple[int, Statistics]] = OrderedDict()

    async def read(self, connection: AsyncConnection, query: AnalysisQuery, *, now: datetime) -> Overview:
        """Return the overview of one moment."""
        row = (await connection.execute(counted(query.mailboxes, query.domains))).one()
        sums = await self._sums(connection, query, row.version)
        return Overview(
            statistics=replace(sums, corrected=await corrections(connection, query)),
            depth=depth_of(row, now),
            newest=await documents.fetch_page(connection, query, self._rendering),
        )

    async def _sums(self, connection: AsyncConnection, query: AnalysisQuery, version: int) -> Statistics:
        if not is_plain(query):
            return await summed(connection, query)
        kept = self._kept.pop(query, None)
        if kept is None or kept[0] != version:
            kept = version, await summed(connection, query)
        self._kept[query] = kept
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept[1]
