"""Sums of the running totals that a key may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Column, Integer, Select, bindparam, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.counters.counters import COUNTS, EVERYWHERE, PARTS
from glassdome.store.restrict import Names
from glassdome.store.rows import domain_of
from glassdome.store.schema import domain_statistics, statistics

__all__ = ["DAYS", "VERSION", "Sum", "sums", "total_of"]

#: Days shown one by one.
DAYS: Final = 90
#: Per kind and name: the numbers of `COUNTS`.
Sum = dict[tuple[str, str], tuple[float, ...]]


async def sums(connection: AsyncConnection, mailbox: str, mailboxes: Names, domains: Names) -> Sum:
    """Return the sums over a mailbox, or over all that mailboxes and domains restrict to; of days only the newest."""
    found: Sum = {}
    for column, names in _scopes(mailbox, mailboxes, domains):
        hidden = DAYS * max(1, len(names)) * (PARTS if column.table is domain_statistics else 1)
        for kind, name, *counts in await connection.execute(_SUMS[column.table], {"names": names, "hidden": hidden}):
            before = found.get((kind, name))
            found[kind, name] = tuple(map(sum, zip(before, counts, strict=True))) if before else tuple(counts)
    return found


def total_of(mailboxes: Names, domains: Names) -> Select[tuple[int]]:
    """Return the select of how many analyses those are."""
    each = [
        select(column.table.c.total).where(column.in_(names), column.table.c.kind == "all")
        for column, names in _scopes("", mailboxes, domains)
    ]
    return select(func.coalesce(func.sum(union_all(*each).subquery().c.total), 0))


def _scopes(mailbox: str, mailboxes: Names, domains: Names) -> list[tuple[Column[str], Sequence[str]]]:
    """Name the rows that hold each message once, whether a key names it by its mailbox or by its domain."""
    everything = mailboxes is None and domains is None
    if mailbox:
        seen = everything or mailbox in (mailboxes or ()) or domain_of(mailbox) in (domains or ())
        return [(statistics.c.mailbox, [mailbox] if seen else [])]
    if everything:
        return [(domain_statistics.c.domain, [EVERYWHERE])]
    alone = [one for one in mailboxes or () if domain_of(one) not in (domains or ())]
    scopes: list[tuple[Column[str], Sequence[str]]] = [
        (domain_statistics.c.domain, list(domains or ())),
        (statistics.c.mailbox, alone),
    ]
    return [scope for scope in scopes if scope[1]] or scopes[:1]


def _sums_over(column: Column[str]) -> Select[Any]:
    table, other = column.table, column.table.alias()
    names: BindParameter[list[str]] = bindparam("names", expanding=True)
    days = select(other.c.name).where(other.c[column.name].in_(names), other.c.kind == "day")
    hidden = days.order_by(other.c.name.desc()).limit(1).offset(bindparam("hidden", type_=Integer)).scalar_subquery()
    recent = or_(table.c.kind != "day", table.c.name > func.coalesce(hidden, ""))
    counts = [func.sum(table.c[name]) for name in COUNTS]
    found = select(table.c.kind, table.c.name, *counts).where(column.in_(names), recent)
    return found.group_by(table.c.kind, table.c.name)


#: A number that grows with each analysis counted in or out, anywhere; those of one mailbox go when it is erased.
VERSION: Final = (
    select(func.coalesce(func.sum(domain_statistics.c.changes), 0))
    .where(domain_statistics.c.domain == EVERYWHERE, domain_statistics.c.kind == "all")
    .scalar_subquery()
    .label("version")
)
#: Made once: making them costs more than running them.
_SUMS: Final = {column.table: _sums_over(column) for column in (statistics.c.mailbox, domain_statistics.c.domain)}
