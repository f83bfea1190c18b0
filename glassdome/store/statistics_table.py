"""Running totals: each analysis adds to its mailbox's rows, and takes away what it replaced."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.store.rows import domain_of
from glassdome.store.schema import statistics
from glassdome.store.upsert import upsert
from glassdome.values.verdict import Label

__all__ = ["COUNTS", "add", "count", "seconds_of"]

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
    totals: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row, sign in changes:
        worth = _worth(row, sign)
        for kind, name in _names(row):
            sums = totals.setdefault((row["mailbox"], kind, name), dict.fromkeys(COUNTS, 0))
            for key, value in worth.items():
                sums[key] += value
    rows = [
        {"mailbox": mailbox, "domain": domain_of(mailbox), "kind": kind, "name": name, **sums}
        for (mailbox, kind, name), sums in sorted(totals.items())
        if any(sums.values())
    ]
    await upsert(connection, statistics, rows, keys=("mailbox", "kind", "name"), add=COUNTS)
