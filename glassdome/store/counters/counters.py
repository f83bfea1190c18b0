"""Running totals: each analysis adds to the rows of its mailbox, its domain and of all, and takes away what it replaced.

A mailbox has one row per total. A domain, and all together, have `PARTS`, over which the mailboxes are spread: one row
would make every worker wait for every other's commit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zlib import crc32

from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.rows import domain_of
from glassdome.store.schema import domain_statistics, statistics
from glassdome.store.upsert import upsert
from glassdome.values.verdict import Label

__all__ = ["COUNTS", "EVERYWHERE", "PARTS", "add", "count", "seconds_of"]

#: The domain under which all of them are summed.
EVERYWHERE: Final = ""
PARTS: Final = 4
#: `changes` only ever grows: it tells that the others are not what they were.
CHANGES: Final = "changes"
COUNTS: Final = ("total", "phishing", "spam", "sensitive", "degraded", "seconds")
#: Each bucket of processing times is 10 % wider than the one below, so a percentile is right within 5 %.
_STEP: Final = math.log(1.1)
_SHORTEST: Final = 1e-5


def seconds_of(bucket: str) -> float:
    """Return the middle of a bucket."""
    return _SHORTEST * math.exp((int(bucket) + 0.5) * _STEP)


def _bucket(seconds: float) -> str:
    return str(max(0, int(math.log(max(seconds, _SHORTEST) / _SHORTEST) / _STEP)))


def _names(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """List the (kind, name) rows an analysis counts in."""
    moment: datetime = row["analyzed_at"]
    yield "all", ""
    yield "model", row["model"] or row["engine"]
    yield "day", moment.date().isoformat()
    yield "seconds", _bucket(row["processing_time"])
    if row["label"] == Label.UNKNOWN.value:
        yield "label", Label.UNKNOWN.value
    for category in dict.fromkeys(row["categories"]):
        yield "category", category


def _worth(row: Mapping[str, Any], sign: int) -> dict[str, Any]:
    return {
        "total": sign,
        "phishing": sign * bool(row["is_phishing"]),
        "spam": sign * (row["label"] == Label.SPAM.value),
        "sensitive": sign * bool(row["sensitive_data"]),
        "degraded": sign * bool(row["degraded"]),
        "seconds": sign * row["processing_time"],
    }


async def count(connection: AsyncConnection, *, new: Mapping[str, Any] | None, old: Mapping[str, Any] | None) -> None:
    """Count one analysis in, and the one it replaced out."""
    await add(connection, [(row, sign) for row, sign in ((new, 1), (old, -1)) if row is not None])


async def add(connection: AsyncConnection, changes: Iterable[tuple[Mapping[str, Any], int]]) -> None:
    """Add up changes and write each total once, in key order, so that two writers cannot lock each other out."""
    mailboxes: dict[tuple[Any, ...], dict[str, Any]] = {}
    domains: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row, sign in changes:
        mailbox, worth = row["mailbox"], _worth(row, sign)
        part = crc32(mailbox.encode()) % PARTS
        for kind, name in _names(row):
            counted = worth | {CHANGES: 1 if kind == "all" else 0}
            _sum(mailboxes, (mailbox, kind, name), counted)
            _sum(domains, (domain_of(mailbox), kind, name, part), counted)
            _sum(domains, (EVERYWHERE, kind, name, part), counted)
    for table, totals in ((statistics, mailboxes), (domain_statistics, domains)):
        keys = [column.name for column in table.primary_key]
        rows = [dict(zip(keys, key, strict=True)) | sums for key, sums in sorted(totals.items()) if any(sums.values())]
        await upsert(connection, table, rows, keys=keys, add=(*COUNTS, CHANGES))


def _sum(totals: dict[tuple[Any, ...], dict[str, Any]], key: tuple[Any, ...], worth: Mapping[str, Any]) -> None:
    sums = totals.setdefault(key, dict.fromkeys((*COUNTS, CHANGES), 0))
    for name, value in worth.items():
        sums[name] += value
