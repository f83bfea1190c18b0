"""Denormalised rows that make reads cheap: categories, search terms, JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Table, delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from glassdome.core.limits import MAX_INDEXED_WORDS
from glassdome.ports.store import Rendering
from glassdome.store.schema import categories, documents, words
from glassdome.store.words import terms_of
from glassdome.values.analysis import Analysis

__all__ = ["delete_read_model", "insert_read_model"]

_TABLES: Final = (categories, words, documents)


async def insert_read_model(
    connection: AsyncConnection, stored: Sequence[tuple[int, Analysis]], rendering: Rendering
) -> None:
    """Write the rows of analyses that have none, each named by its row's id."""
    made: tuple[tuple[Table, list[dict[str, Any]]], ...] = (
        (categories, [row for number, analysis in stored for row in _categories(number, analysis)]),
        # In key order, so that two writers meet each other's rows in the same order.
        (words, sorted((row for number, analysis in stored for row in _words(number, analysis)), key=_key)),
        (documents, [_document(number, analysis, rendering) for number, analysis in stored]),
    )
    for table, rows in made:
        if rows:
            await connection.execute(insert(table), rows)


async def delete_read_model(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Delete the denormalised rows of these analyses."""
    for table in _TABLES:
        await connection.execute(delete(table).where(table.c.analysis_id.in_(ids)))


def _categories(number: int, analysis: Analysis) -> list[dict[str, Any]]:
    row = {"analysis_id": number, "mailbox": analysis.ref.mailbox, "analyzed_at": analysis.analyzed_at}
    return [row | {"category": category} for category in dict.fromkeys(analysis.verdict.categories)]


def _words(number: int, analysis: Analysis) -> list[dict[str, Any]]:
    author = analysis.header_from
    searched = " ".join((analysis.subject, author.name, author.addr, analysis.verdict.summary))
    return [{"word": term, "analysis_id": number} for term in terms_of(searched)[:MAX_INDEXED_WORDS]]


def _key(row: dict[str, Any]) -> tuple[str, int]:
    return row["word"], row["analysis_id"]


def _document(number: int, analysis: Analysis, rendering: Rendering) -> dict[str, Any]:
    row = {"mailbox": analysis.ref.mailbox, "analysis_id": number}
    return row | {"shape": rendering.version, "document": rendering.analysis(analysis)}
