"""All facts of a message: its readers' own, those of its codes, and those that its words give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from glassdome.core.limits import MAX_FACT_CHARS, MAX_FACTS
from glassdome.engine.builtin.dates import DIGIT
from glassdome.engine.builtin.facts.amounts import amount_facts
from glassdome.engine.builtin.facts.codes import code_facts, without_secret
from glassdome.engine.builtin.facts.days import day_facts
from glassdome.engine.builtin.facts.labelled import iban_facts, labelled_facts
from glassdome.engine.builtin.facts.places import place_facts
from glassdome.engine.builtin.language import language_of
from glassdome.values.document import Document
from glassdome.values.fact import Fact
from glassdome.values.file_places import file_name
from glassdome.values.message import Message

__all__ = ["facts_of", "told_by_records"]

#: Characters read of a mail, and of one place of a file; and all places read.
_OF_BODY: Final = 4_000
_OF_PLACE: Final = 8_000
_MOST_PLACES: Final = 40
#: Kinds of mail whose own words hold facts.
_RECORDS: Final = frozenset(
    ("invoice", "payment", "travel", "order", "delivery", "meeting", "health", "event", "finance")
)
_CELLS: Final = frozenset(("cell", "number"))
#: Blanks between the cells of a table.
_APART: Final = "  "
#: A whole day in a cell, year first or day first; days given of one table.
_DAY: Final = re.compile(r"(?:(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?|(\d{1,2})[./](\d{1,2})[./](\d{4}))")
_MOST_DAYS: Final = 8
#: Files that are tables: their cells are facts of the reader, and their words no sentences.
_TABLES: Final = ("spreadsheet", "ms-excel", "csv", "calendar", "vcard", "zip", "7z", "rar", "tar")


def told_by_records(categories: Iterable[str]) -> bool:
    """Return whether mail of these categories gives facts in its own words."""
    return not _RECORDS.isdisjoint(categories)


def facts_of(message: Message, *, language: str, categories: Sequence[str], now: datetime) -> tuple[Fact, ...]:
    """Return the facts of a message and its files, each once, those of files first; bounded."""
    written = message.date or now
    found = [*_of_files(message, language, written)]
    found += [replace(fact, where=fact.where or "body") for fact in message.facts]
    if told_by_records(categories) or found:
        body = f"{message.subject}\n{(message.new_text or message.text)[:_OF_BODY]}"
        found += _of_words(body, "body", (language,), written)
    # A table may have a thousand cells: they come last.
    found.sort(key=lambda fact: fact.type in _CELLS)
    return tuple(_bounded(_once(found)))[:MAX_FACTS]


def _of_files(message: Message, language: str, written: datetime) -> Iterator[Fact]:
    for number, item in enumerate(message.attachments):
        if item.document is None or item.returned:
            continue
        name = file_name(message, number)
        if item.filename and not item.inline:
            yield Fact(type="file", value=item.filename, where=name, evidence=item.filename)
        for path, document in item.document.within(name):
            yield from _of_document(document, path, language, written)


def _of_document(document: Document, path: str, language: str, written: datetime) -> Iterator[Fact]:
    for fact in document.facts:
        where = _at(path, fact.where)
        coded = fact.type == "qr" and " in " not in fact.where
        yield replace(
            fact,
            value=without_secret(fact.value),
            evidence=without_secret(fact.evidence),
            where=f"QR in {where}" if coded else where,
        )
    yield from _days_of_cells(document, path)
    for code in document.codes:
        yield from code_facts(code.text, f"{code.kind or 'code'} in {_at(path, code.where)}")
    yield from (Fact(type="file", value=file.name, where=path, evidence=file.name) for file in document.files)
    if not any(kind in document.kind for kind in _TABLES):
        for passage in document.passages[:_MOST_PLACES]:
            if passage.seen:
                text = passage.text[:_OF_PLACE]
                languages = tuple(dict.fromkeys((language_of("", text), language, "en")))
                yield from _of_words(text, _at(path, passage.where), languages, written)


def _days_of_cells(document: Document, path: str) -> Iterator[Fact]:
    """Yield the few days that the cells of a table hold."""
    held: dict[tuple[str, ...], Fact] = {}
    for fact in document.facts:
        if fact.type in _CELLS and (found := _DAY.fullmatch(fact.value)):
            year_first, day_first = found.group(1, 2, 3), found.group(6, 5, 4)
            held.setdefault(year_first if found[1] else day_first, fact)
    for parts, fact in [*held.items()][:_MOST_DAYS]:
        with suppress(ValueError):
            day = date(*map(int, parts)).isoformat()
            yield Fact(type="date", value=day, where=_at(path, fact.where), evidence=fact.evidence or fact.value)


def _at(path: str, where: str) -> str:
    return f"{path}, {where}" if where else path


def _of_words(text: str, where: str, languages: Sequence[str], written: datetime) -> Iterator[Fact]:
    if not DIGIT.search(text):
        return
    text = text.replace("\t", _APART)
    near = _near_digits(text)
    yield from amount_facts(near, where)
    yield from iban_facts(near, where)
    yield from day_facts(near, where, languages, written)
    yield from place_facts(text, near, where)
    yield from labelled_facts(text, near, where)


def _near_digits(text: str) -> str:
    """Return the lines with digits, and before each the line that may say what they are: most of a letter is neither."""
    kept: list[str] = []
    before = ""
    for line in text.splitlines():
        if DIGIT.search(line):
            kept += [before, line] if before else [line]
            before = ""
        elif line.strip():
            before = line
    return "\n".join(kept)


def _once(found: Iterable[Fact]) -> Iterator[Fact]:
    """Yield each fact once, from its first place."""
    given: set[tuple[str, str]] = set()
    for fact in found:
        key = (fact.type, fact.value)
        if key not in given:
            given.add(key)
            yield fact


def _bounded(found: Iterable[Fact]) -> Iterator[Fact]:
    for fact in found:
        value = fact.value.strip("\x00")[:MAX_FACT_CHARS]
        if value.strip():
            yield replace(fact, value=value, evidence=" ".join(fact.evidence.split())[:MAX_FACT_CHARS])
