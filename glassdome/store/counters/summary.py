"""Statistics: from the running totals where the query allows it, else counted from what matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Integer, Select, String, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.ports.store import AnalysisQuery, Statistics
from glassdome.store.counters.counters import COUNTS, seconds_of
from glassdome.store.counters.scopes import DAYS, sums
from glassdome.store.schema import analyses, categories, feedback
from glassdome.store.search.listing import ids_of_rarest_term
from glassdome.store.search.selection import conditions
from glassdome.values.verdict import GIVEN_LABELS, Label

__all__ = ["corrections", "is_plain", "summarize", "summed"]

#: Newest processing times that percentiles of a filtered query use.
SAMPLE: Final = 10_000


async def summarize(connection: AsyncConnection, query: AnalysisQuery) -> Statistics:
    """Sum up; without filters but the mailbox this reads some hundred totals, however many analyses there are."""
    return replace(await summed(connection, query), corrected=await corrections(connection, query))


async def summed(connection: AsyncConnection, query: AnalysisQuery) -> Statistics:
    """Sum up all but the corrections, which change no analysis."""
    return await (_from_totals(connection, query) if is_plain(query) else _counted(connection, query))


async def corrections(connection: AsyncConnection, query: AnalysisQuery) -> Mapping[str, int]:
    """Count the corrections of the messages that match: there are few, so each one's analysis is read."""
    same = and_(*(feedback.c[name] == analyses.c[name] for name in ("mailbox", "folder", "uid_validity", "uid")))
    each = _matching(query, feedback.c.label, func.count()).join(feedback, same).where(*conditions(query))
    counted = {row[0]: int(row[1]) for row in await connection.execute(each.group_by(feedback.c.label))}
    return {label.value: counted.get(label.value, 0) for label in GIVEN_LABELS}


def is_plain(query: AnalysisQuery) -> bool:
    """Return whether the query asks for no more than a mailbox, so that the running totals answer it."""
    mailboxes_only = AnalysisQuery(mailbox=query.mailbox, mailboxes=query.mailboxes, domains=query.domains)
    return replace(query, sort=mailboxes_only.sort, limit=mailboxes_only.limit, offset=0, cursor="") == mailboxes_only


async def _from_totals(connection: AsyncConnection, query: AnalysisQuery) -> Statistics:
    kinds: dict[str, dict[str, Mapping[str, float]]] = {}
    for (kind, name), counts in (await sums(connection, query.mailbox, query.mailboxes, query.domains)).items():
        if counts[0]:
            kinds.setdefault(kind, {})[name] = dict(zip(COUNTS, counts, strict=True))
    if "all" not in kinds:
        return _statistics({}, {}, {}, {})
    counted = {kind: {name: int(one["total"]) for name, one in each.items()} for kind, each in kinds.items()}
    spread = sorted((seconds_of(name), times) for name, times in counted.get("seconds", {}).items())
    parts = (counted.get(kind, {}) for kind in ("model", "category", "day"))
    found = _statistics(kinds["all"][""], *parts)
    unknown = counted.get("label", {}).get(Label.UNKNOWN.value, 0)
    return replace(found, unknown=unknown, p50_seconds=_percentile(spread, 0.5), p95_seconds=_percentile(spread, 0.95))


async def _counted(connection: AsyncConnection, query: AnalysisQuery) -> Statistics:
    where = conditions(query)
    if (ids := await ids_of_rarest_term(connection, query)) is not None:
        where.append(analyses.c.id.in_(ids))
    sums: Counter[str] = Counter()
    models: Counter[str] = Counter()
    days: Counter[str] = Counter()
    unknown = 0
    for model, day, unjudged, *worth in await connection.execute(_by_model_and_day(query).where(*where)):
        counts = dict(zip(COUNTS, (value or 0 for value in worth), strict=True))
        sums.update(counts)
        models[model] += counts["total"]
        days[day] += counts["total"]
        unknown += int(unjudged or 0)
    # Not joined: SQLite would read all categories in their order, to group them without sorting.
    theirs = categories.c.analysis_id.in_(_matching(query, analyses.c.id).where(*where))
    named = select(categories.c.category, func.count()).where(theirs).group_by(categories.c.category)
    each = await connection.execute(named)
    times = await connection.execute(
        _matching(query, analyses.c.processing_time).where(*where).order_by(analyses.c.analyzed_at.desc()).limit(SAMPLE)
    )
    spread = sorted((row[0], 1) for row in times)
    found = _statistics(sums, models, {str(row[0]): int(row[1]) for row in each}, days)
    return replace(found, unknown=unknown, p50_seconds=_percentile(spread, 0.5), p95_seconds=_percentile(spread, 0.95))


def _by_model_and_day(query: AnalysisQuery) -> Select[Any]:
    """Return the select of the unknown and of `COUNTS` per model and day: one pass over what matches."""
    flags = (
        analyses.c.is_phishing,
        case((analyses.c.label == Label.SPAM.value, 1), else_=0),
        analyses.c.sensitive_data,
        analyses.c.degraded,
    )
    model = case((analyses.c.model != "", analyses.c.model), else_=analyses.c.engine)
    day = func.substr(analyses.c.analyzed_at, 1, 10, type_=String)
    sums = [func.sum(func.coalesce(flag, 0, type_=Integer)) for flag in flags]
    unjudged = func.sum(case((analyses.c.label == Label.UNKNOWN.value, 1), else_=0))
    whole = _matching(query, model, day, unjudged, func.count(), *sums, func.sum(analyses.c.processing_time))
    return whole.group_by(model, day)


def _in_category(category: str) -> Select[tuple[int]]:
    return select(categories.c.analysis_id).where(categories.c.category == category)


def _matching(query: AnalysisQuery, *what: Any) -> Select[Any]:
    statement = select(*what).select_from(analyses)
    return statement.where(analyses.c.id.in_(_in_category(query.category))) if query.category else statement


def _statistics(
    sums: Mapping[Any, Any], models: Mapping[str, int], each: Mapping[str, int], days: Mapping[str, int]
) -> Statistics:
    total = int(sums.get("total") or 0)
    return Statistics(
        total=total,
        phishing=int(sums.get("phishing") or 0),
        spam=int(sums.get("spam") or 0),
        sensitive=int(sums.get("sensitive") or 0),
        degraded=int(sums.get("degraded") or 0),
        average_seconds=float(sums.get("seconds") or 0.0) / total if total else 0.0,
        per_model=dict(sorted(models.items())),
        per_category=dict(Counter(each).most_common()),
        per_day=dict(sorted(days.items())[-DAYS:]),
    )


def _percentile(spread: list[tuple[float, int]], share: float) -> float:
    """Return the value below which `share` of the counted values lie (nearest rank)."""
    wanted = share * sum(times for _, times in spread)
    reached = 0.0
    for value, times in spread:
        reached += times
        if reached >= wanted:
            return value
    return 0.0
