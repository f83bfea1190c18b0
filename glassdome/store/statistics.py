"""Statistics: from the running totals where the query allows it, else counted from what matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Column, Integer, Select, Table, case, func, or_, select, union_all

from glassdome.ports.store import AnalysisQuery, Statistics
from glassdome.store.connections import Connections
from glassdome.store.listing import ids_of_rarest
from glassdome.store.rows import domain_of
from glassdome.store.schema import analyses, categories, domain_statistics, statistics
from glassdome.store.selection import conditions
from glassdome.store.statistics_table import COUNTS, EVERYWHERE, PARTS, seconds_of
from glassdome.values.verdict import Label

__all__ = ["summarize", "total_of"]

#: Days shown one by one.
DAYS: Final = 90
#: Newest processing times that percentiles of a filtered query look at.
SAMPLE: Final = 10_000


async def summarize(db: Connections, query: AnalysisQuery) -> Statistics:
    """Sum up; without filters but the mailbox this reads some hundred totals, however many analyses there are."""
    mailboxes_only = AnalysisQuery(mailbox=query.mailbox, mailboxes=query.mailboxes, domains=query.domains)
    plain = replace(query, limit=mailboxes_only.limit, offset=0, cursor="") == mailboxes_only
    return await (_from_totals(db, query) if plain else _counted(db, query))


async def _from_totals(db: Connections, query: AnalysisQuery) -> Statistics:
    rows = await db.rows(_totals(query))
    kinds: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.total:
            kinds.setdefault(row.kind, {})[row.name] = row
    if "all" not in kinds:
        return _statistics({}, {}, {}, {})
    spread = sorted((seconds_of(name), int(row.total)) for name, row in kinds.get("seconds", {}).items())
    counted = {kind: {name: int(row.total) for name, row in rows.items()} for kind, rows in kinds.items()}
    found = _statistics(
        kinds["all"][""]._mapping, counted.get("model", {}), counted.get("category", {}), counted.get("day", {})
    )
    return replace(found, p50_seconds=_percentile(spread, 0.5), p95_seconds=_percentile(spread, 0.95))


def _totals(query: AnalysisQuery) -> Select[Any]:
    """Return the select of the totals a key may see, each once, whether it is named by its mailbox or by its domain."""
    found = union_all(*(_rows_of(table, column, names) for table, column, names in _scopes(query))).subquery()
    sums = [func.sum(found.c[name]).label(name) for name in COUNTS]
    return select(found.c.kind, found.c.name, *sums).group_by(found.c.kind, found.c.name)


def total_of(mailboxes: Sequence[str] | None, domains: Sequence[str] | None) -> Select[tuple[int]]:
    """Return the select of how many analyses those are."""
    given = AnalysisQuery(
        mailboxes=None if mailboxes is None else tuple(mailboxes), domains=None if domains is None else tuple(domains)
    )
    each = [
        select(table.c.total).where(column.in_(names), table.c.kind == "all") for table, column, names in _scopes(given)
    ]
    return select(func.coalesce(func.sum(union_all(*each).subquery().c.total), 0))


def _scopes(query: AnalysisQuery) -> list[tuple[Table, Column[str], Sequence[str]]]:
    mailboxes, domains = query.mailboxes, query.domains
    if query.mailbox:
        seen = mailboxes is None and domains is None
        seen = seen or query.mailbox in (mailboxes or ()) or domain_of(query.mailbox) in (domains or ())
        return [(statistics, statistics.c.mailbox, [query.mailbox] if seen else [])]
    if mailboxes is None and domains is None:
        return [(domain_statistics, domain_statistics.c.domain, [EVERYWHERE])]
    alone = [one for one in mailboxes or () if domain_of(one) not in (domains or ())]
    return [
        (domain_statistics, domain_statistics.c.domain, list(domains or ())),
        (statistics, statistics.c.mailbox, alone),
    ]


def _rows_of(table: Table, column: Column[str], names: Sequence[str]) -> Select[Any]:
    """Select the rows of these mailboxes or domains, of days only the newest."""
    mine = column.in_(names)
    other = table.alias()
    days = select(other.c.name).where(other.c[column.name].in_(names), other.c.kind == "day")
    shown = DAYS * PARTS * max(1, len(names))
    hidden = days.order_by(other.c.name.desc()).limit(1).offset(shown).scalar_subquery()
    recent = or_(table.c.kind != "day", table.c.name > func.coalesce(hidden, ""))
    return select(table.c.kind, table.c.name, *(table.c[name] for name in COUNTS)).where(mine, recent)


async def _counted(db: Connections, query: AnalysisQuery) -> Statistics:
    where = conditions(query)
    if (ids := await ids_of_rarest(db, query)) is not None:
        where.append(analyses.c.id.in_(ids))
    row = await db.row(_matching(query, *_sums()).where(*where))
    model = case((analyses.c.model != "", analyses.c.model), else_=analyses.c.engine)
    day = func.substr(analyses.c.analyzed_at, 1, 10, type_=None)
    models = await db.rows(_matching(query, model, func.count()).where(*where).group_by(model))
    days = await db.rows(_matching(query, day, func.count()).where(*where).group_by(day))
    named = select(categories.c.category, func.count()).join(analyses, analyses.c.id == categories.c.analysis_id)
    if query.category:
        named = named.where(analyses.c.id.in_(_in_category(query.category)))
    each = await db.rows(named.where(*where).group_by(categories.c.category))
    times = await db.rows(
        _matching(query, analyses.c.processing_time).where(*where).order_by(analyses.c.analyzed_at.desc()).limit(SAMPLE)
    )
    spread = sorted((t[0], 1) for t in times)
    found = _statistics(row._mapping if row else {}, _pairs(models), _pairs(each), _pairs(days))
    return replace(found, p50_seconds=_percentile(spread, 0.5), p95_seconds=_percentile(spread, 0.95))


def _sums() -> list[Any]:
    flags = {
        "phishing": analyses.c.is_phishing,
        "spam": case((analyses.c.label == Label.SPAM.value, 1), else_=0),
        "sensitive": analyses.c.sensitive_data,
        "degraded": analyses.c.degraded,
    }
    sums = [func.sum(func.coalesce(flag, 0, type_=Integer)).label(name) for name, flag in flags.items()]
    return [func.count().label("total"), *sums, func.sum(analyses.c.processing_time).label("seconds")]


def _in_category(category: str) -> Select[tuple[int]]:
    return select(categories.c.analysis_id).where(categories.c.category == category)


def _matching(query: AnalysisQuery, *what: Any) -> Select[Any]:
    statement = select(*what).select_from(analyses)
    return statement.where(analyses.c.id.in_(_in_category(query.category))) if query.category else statement


def _pairs(rows: Any) -> dict[str, int]:
    return {str(row[0]): int(row[1]) for row in rows}


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
