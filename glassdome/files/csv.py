"""Tables in plain text: comma, semicolon or tab between the cells, in any encoding."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

from glassdome.core.limits import MAX_LINKS
from glassdome.files.grid import MOST_CELLS, MOST_FACTS, Grid
from glassdome.files.sheetml import linked_by
from glassdome.files.source import Source
from glassdome.files.words import tidied
from glassdome.parse.charset import decode
from glassdome.parse.state import ParseState
from glassdome.parse.url import find_urls
from glassdome.values.document import Document, FileLink

__all__ = ["read"]

_DELIMITERS: Final = ",;\t|"
#: Lines that show which character stands between cells.
_SAMPLE: Final = 20
_LONGEST_LINE: Final = 65_536
_NUMBER: Final = frozenset("0123456789.,-+ ")


def read(source: Source) -> Document:
    """Read a table; a formula that asks another program makes it active, as in a spreadsheet."""
    most = 4 * max(0, source.budget.chars_left)
    text = decode(source.data[:most], "", ParseState()).removeprefix("\ufeff")
    lines = [line[:_LONGEST_LINE] for line in text.replace("\0", "").splitlines(keepends=True)]
    said = lines[0][4:5] if lines and lines[0].lower().startswith("sep=") else ""
    grid, runs = _cells(lines[1:] if said else lines, said or _delimiter(lines))
    passages = [replace(item, where="") for item in grid.passages(source.budget)]
    words = "".join(item.text for item in passages)
    links = [FileLink(url=url) for url in dict.fromkeys(find_urls(words, naked=False))][:MAX_LINKS]
    return Document(
        kind="text/csv",
        problem="bounds" if len(source.data) > most else "",
        passages=tuple(passages),
        links=tuple(links),
        facts=tuple(replace(fact, where=fact.where.partition(", ")[2]) for fact in grid.facts(MOST_FACTS)[1:]),
        is_active=runs,
    )


def _delimiter(lines: list[str]) -> str:
    """Return the character that stands in most lines, and there the same number of times."""
    sample = [line for line in lines[:_SAMPLE] if line.strip()]
    counts = {mark: [line.count(mark) for line in sample] for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: (_usual(counts[mark]), sum(counts[mark])))
    return best if any(counts[best]) else ","


def _usual(counts: list[int]) -> int:
    present = [count for count in counts if count]
    return max((present.count(count) for count in set(present)), default=0)


def _cells(lines: list[str], delimiter: str) -> tuple[Grid, bool]:
    grid, runs, room = Grid(""), False, MOST_CELLS
    for row, cells in enumerate(_rows(lines, delimiter)):
        for column, cell in enumerate(cells):
            value = cell.strip()
            runs = runs or (value[:1] in "=+-@" and linked_by(value)[1])
            grid.put(
                row, column, tidied(value), is_number=bool(value) and _NUMBER.issuperset(value) and value[-1].isdigit()
            )
        room -= len(cells)
        if room < 0:
            break
    return grid, runs


def _rows(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the rows up to one that the library refuses, such as a cell without an end."""
    with suppress(csv.Error):
        yield from csv.reader(lines, delimiter=delimiter)
