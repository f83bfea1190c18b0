"""Sentences of a mail's text, each with its place, in linear time and without a language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Sentence", "sentences_of"]

#: Characters read; what a mail wants stands at its beginning.
MAX_READ_CHARS: Final = 4_000
#: Sentences kept.
MAX_SENTENCES: Final = 120
#: A line at least this long is taken as wrapped: the next line continues its sentence.
_WRAPPED_LINE: Final = 55

#: Begins with a set of characters, so that all others are passed over fast.
_END = re.compile(r"[.!?…。！？](?:(?<=[。！？])[。！？]*+|(?<=[.!?…])(?<![.!?…][.!?…])[.!?…]*+[\"'”’»)\]]*+(?=\s))")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[^\W\d_]|[a-z]\.[a-z]|mr|mrs|ms|dr|prof|st|no|nr|vs|etc|e\.g|i\.e|bzw|ca|evtl|inkl|ggf|usw|abs|"
    r"str|tel|art|sr|sra|ud|uds|mme|mlle|dott|sig|inc|ltd|co|corp|jan|feb|mar|apr|aug|sept?|oct|nov|dec|approx|u\.s|"
    r"(?:\d{1,2}\.)?\d{1,2})\.$",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_BULLET = re.compile(r"(?:[-*•·–>]|\(?\d{1,2}[.)])\s")


class Sentence(NamedTuple):
    """A sentence: its words in one line, as it stands in the text (`raw`), and where there it starts."""

    text: str
    raw: str
    start: int


def sentences_of(text: str) -> list[Sentence]:
    """Return the sentences of `text` in order; lines that carry no letters are left out."""
    found: list[Sentence] = []
    for start, end in _blocks(text[:MAX_READ_CHARS]):
        for first, last in _split(text, start, end):
            line = " ".join(text[first:last].split())
            if _LETTER.search(line):
                found.append(Sentence(text=line, raw=text[first:last], start=first))
        if len(found) >= MAX_SENTENCES:
            break
    return found[:MAX_SENTENCES]


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield spans of running text: lines joined where they were only wrapped."""
    begin = end = -1
    previous = 0
    at = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        joins = begin >= 0 and previous >= _WRAPPED_LINE and not _BULLET.match(stripped)
        if begin >= 0 and (not stripped or not joins):
            yield begin, end
            begin = -1
        if stripped:
            left = at + len(line) - len(line.lstrip())
            begin = left if begin < 0 else begin
            end = left + len(stripped)
        previous = len(stripped)
        at += len(line)
    if begin >= 0:
        yield begin, end


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in _END.finditer(text, start, end):
        first, last = match.span()
        if text[first] == "." and _ABBREVIATION.search(text[max(begin, last - 8) : last]):
            continue
        yield from _trimmed(text, begin, last)
        begin = last
    if begin < end:
        yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end].lstrip()
    if piece:
        yield end - len(piece), end - len(piece) + len(piece.rstrip())
