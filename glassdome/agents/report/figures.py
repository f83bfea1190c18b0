"""The figures of a report, gathered from the stores."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from glassdome.agents.alert_book import Incident
from glassdome.core.limits import MAX_PAGE
from glassdome.ports.store import AnalysisQuery, Statistics
from glassdome.values.agent import OutboxEntry
from glassdome.values.analysis import Analysis
from glassdome.values.job import Job, JobState, QueueDepth
from glassdome.values.outgoing import OutgoingFile

if TYPE_CHECKING:
    from glassdome.store.analyses import Analyses
    from glassdome.store.outbox import OutboxTable
    from glassdome.store.queue import Queue

__all__ = ["Day", "Figures", "Kind", "ModelTime", "OverseerReport", "gather"]

Kind = Literal["daily", "weekly"]
_LENGTH: Final[Mapping[Kind, timedelta]] = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
#: Days of the chart, whatever the report covers: one day alone shows no trend.
_TREND_DAYS: Final = 14
#: Newest analyses whose times are read model by model, and phishing mails and failures that are listed.
_TIMED, _LISTED = 1_000, 10
#: Entries of the outbox that are counted.
_SENT: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class OverseerReport:
    """A mail's worth of report."""

    subject: str
    text: str
    html: str
    files: tuple[OutgoingFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day in UTC: all analysed mail, and phishing among it."""

    day: str
    total: int
    phishing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTime:
    """The response time of one model: median and 95th percentile in seconds, over `count` mails."""

    model: str
    count: int
    p50: float
    p95: float


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Everything a report says."""

    kind: Kind
    since: datetime
    until: datetime
    totals: Statistics
    before: Statistics
    days: tuple[Day, ...]
    models: tuple[ModelTime, ...]
    phishing: tuple[Analysis, ...]
    depth: QueueDepth
    failed: tuple[Job, ...]
    sent: Mapping[str, int] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()


async def gather(
    kind: Kind,
    *,
    analyses: Analyses,
    queue: Queue,
    outbox: OutboxTable,
    now: datetime,
    incidents: Sequence[Incident] = (),
) -> Figures:
    """Return the figures of the last day or week; raises StoreUnavailable."""
    since = now - _LENGTH[kind]
    trend = AnalysisQuery(since=now - timedelta(days=_TREND_DAYS - 1), until=now)
    every = await analyses.statistics(trend)
    caught = await analyses.statistics(AnalysisQuery(since=trend.since, until=now, is_phishing=True))
    worst = await analyses.list(AnalysisQuery(since=since, until=now, is_phishing=True, limit=_LISTED))
    return Figures(
        kind=kind,
        since=since,
        until=now,
        totals=await analyses.statistics(AnalysisQuery(since=since, until=now)),
        before=await analyses.statistics(AnalysisQuery(since=since - _LENGTH[kind], until=since)),
        days=_days(now, every.per_day, caught.per_day),
        models=_model_times(await _newest(analyses, since, now)),
        phishing=worst.items,
        depth=await queue.depth(now=now),
        failed=(await queue.jobs(state=JobState.FAILED, limit=_LISTED)),
        sent=_sent(await outbox.list(limit=_SENT), since),
        incidents=tuple(incidents),
    )


async def _newest(analyses: Analyses, since: datetime, until: datetime) -> list[Analysis]:
    found: list[Analysis] = []
    cursor = ""
    while len(found) < _TIMED:
        page = await analyses.list(AnalysisQuery(since=since, until=until, limit=MAX_PAGE, cursor=cursor))
        found += page.items
        cursor = page.next_cursor
        if not cursor:
            break
    return found[:_TIMED]


def _days(now: datetime, totals: Mapping[str, int], caught: Mapping[str, int]) -> tuple[Day, ...]:
    names = [(now - timedelta(days=back)).strftime("%Y-%m-%d") for back in range(_TREND_DAYS - 1, -1, -1)]
    return tuple(Day(day=name, total=totals.get(name, 0), phishing=caught.get(name, 0)) for name in names)


def _model_times(found: Sequence[Analysis]) -> tuple[ModelTime, ...]:
    times: dict[str, list[float]] = defaultdict(list)
    for analysis in found:
        times[analysis.verdict.model or analysis.verdict.engine].append(analysis.processing_time)
    rows = [
        ModelTime(model=model, count=len(t), p50=_nearest(sorted(t), 0.5), p95=_nearest(sorted(t), 0.95))
        for model, t in times.items()
    ]
    return tuple(sorted(rows, key=lambda row: -row.p95))


def _nearest(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, round(share * (len(values) - 1)))]


def _sent(entries: Sequence[OutboxEntry], since: datetime) -> dict[str, int]:
    return dict(Counter(entry.state.value for entry in entries if entry.created_at >= since))
