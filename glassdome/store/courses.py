"""Reads the course of the last days for plots: grouped by the database, from an index by time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, String, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery
from glassdome.store.counters.queue_depth import depth
from glassdome.store.restrict import visible_to
from glassdome.store.schema import analyses, queue
from glassdome.store.search.selection import conditions
from glassdome.values.course import Course, QueueFlow, Span, Tally
from glassdome.values.job import JobState
from glassdome.values.verdict import Label

__all__ = ["read_course", "read_flow"]

#: Newest processing times that percentiles use; a day of a large server has as many.
SAMPLE: Final = 10_000
#: The letters of an instant that name ten minutes: `2026-11-21T08:3`.
_TEN_MINUTES: Final = 15
_ENDED: Final = (JobState.DONE.value, JobState.FAILED.value, JobState.CANCELLED.value)


async def read_course(connection: AsyncConnection, query: AnalysisQuery, *, since: datetime) -> Course:
    """Return the course of what matches since then."""
    where = [*conditions(query), analyses.c.analyzed_at >= since]
    span = _span(analyses.c.analyzed_at)
    sums = [func.sum(what).label(name) for name, what in _worth().items()]
    rows = await connection.execute(select(span, *sums).where(*where).group_by(span))
    spans = sorted((Span(at=_begin(row.span), tally=_tally(row._mapping)) for row in rows), key=lambda one: one.at)
    newest = select(analyses.c.analyzed_at, analyses.c.processing_time).where(*where)
    times = await connection.execute(newest.order_by(analyses.c.analyzed_at.desc()).limit(SAMPLE))
    return Course(spans=tuple(spans), times=tuple((row[0], float(row[1])) for row in times))


async def read_flow(
    connection: AsyncConnection,
    *,
    now: datetime,
    since: datetime,
    mailboxes: Sequence[str] | None,
    domains: Sequence[str] | None,
) -> QueueFlow:
    """Return what came into the queue and left it since then; a job that came again counts where it came last."""
    mine = visible_to(queue.c.mailbox, mailboxes, domains)
    found = await depth(connection, now=now, mailboxes=mailboxes, domains=domains)
    came = await _per_span(connection, queue.c.enqueued_at, queue.c.enqueued_at >= since, *mine)
    ended = queue.c.state.in_(_ENDED)
    went = await _per_span(connection, queue.c.updated_at, queue.c.updated_at >= since, ended, *mine)
    return QueueFlow(waiting=found.pending + found.leased, came=came, went=went)


async def _per_span(
    connection: AsyncConnection, column: ColumnElement[Any], *where: ColumnElement[bool]
) -> Mapping[datetime, int]:
    span = _span(column)
    rows = await connection.execute(select(span, func.count()).select_from(queue).where(*where).group_by(span))
    return {_begin(row[0]): int(row[1]) for row in rows}


def _span(column: ColumnElement[Any]) -> ColumnElement[str]:
    return func.substr(column, 1, _TEN_MINUTES, type_=String).label("span")


def _begin(span: str) -> datetime:
    return datetime.fromisoformat(f"{span}0:00").replace(tzinfo=UTC)


def _worth() -> Mapping[str, ColumnElement[Any]]:
    labels = {"spam": Label.SPAM, "unknown": Label.UNKNOWN}
    of_model = {"calls": "$.calls", "tokens_in": "$.tokens_in", "tokens_out": "$.tokens_out"}
    flags = {"phishing": analyses.c.is_phishing, "degraded": analyses.c.degraded}
    return {
        "total": case((analyses.c.id > 0, 1), else_=0),
        **{name: func.coalesce(flag, 0, type_=Integer) for name, flag in flags.items()},
        **{name: case((analyses.c.label == label.value, 1), else_=0) for name, label in labels.items()},
        **{name: func.json_extract(analyses.c.usage, path, type_=Integer) for name, path in of_model.items()},
    }


def _tally(row: Mapping[str, Any]) -> Tally:
    return Tally(**{name: int(row[name] or 0) for name in Tally.__slots__})
