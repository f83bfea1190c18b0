"""Sentences of a mail's text, each with its place, in linear time and without a language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from glassdome.core.cutting import CLOSING, FULL_STOPS

__all__ = ["Sentence", "sentences_of"]

#: Characters read; what a mail wants stands at its beginning.
MAX_READ_CHARS: Final = 4_000
#: Sentences kept.
MAX_SENTENCES: Final = 120
#: A line at least this long is taken as wrapped: the next line continues its sentence.
_WRAPPED_LINE: Final = 55

#: Begins with a set of characters, so that all others are passed over fast.
_END = re.compile(
    rf"[.!?…{FULL_STOPS}](?:(?<=[{FULL_STOPS}])[{FULL_STOPS}]*+(?:(?![{CLOSING}])|[{CLOSING}]++(?=\s|$))"
    rf"|(?<=[.!?…])(?<![.!?…][.!?…])[.!?…]*+[{CLOSING}]*+(?=\s))"
)
#: The ends of sentences that only one script has, behind one of its letters: Greek asks with a semicolon, and Thai ends a
#: sentence like a clause, with a blank, of which those behind and before certain words are taken.
_OF_SCRIPT: Final = (
    (re.compile(r"[\u0370-\u03ff]"), re.compile(r"(?<=[\u0370-\u03ff\u1f00-\u1fff]);(?=\s)")),
    (
        re.compile(r"[\u0e00-\u0e7f]"),
        re.compile(
            r" (?:(?<=ครับ )|(?<=ค่ะ )|(?<=นะคะ )|(?<=แล้ว )|(?=กรุณา|โปรด|หาก|ถ้า|ขอบคุณ|ขอขอบ|ขอแสดง|ขอให้|ขอแจ้ง|ทั้งนี้|อย่างไรก็|นอกจาก|เนื่องจาก|ดังนั้น"
            r"|ขณะนี้|ท่านสามารถ|คุณสามารถ|เราจะ))"
        ),
    ),
)
#: Letters of scripts that take the width of two; a line of them is half as long when it is wrapped.
_WIDE: Final = "\u2e80"
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
    read = text[:MAX_READ_CHARS]
    own = _of_its_scripts(read)
    for start, end in _blocks(read):
        for first, last in _split(text, start, end, own):
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
        previous = len(stripped) * (2 if stripped >= _WIDE else 1)
        at += len(line)
    if begin >= 0:
        yield begin, end


def _split(text: str, start: int, end: int, own: Sequence[re.Pattern[str]]) -> Iterator[tuple[int, int]]:
    begin = start
    for first, last in _ends(text, start, end, own):
        if text[first] == "." and _ABBREVIATION.search(text[max(begin, last - 8) : last]):
            continue
        yield from _trimmed(text, begin, last)
        begin = last
    if begin < end:
        yield from _trimmed(text, begin, end)


def _ends(text: str, start: int, end: int, own: Sequence[re.Pattern[str]]) -> Iterable[tuple[int, int]]:
    """Return where sentences end, in order: the place of their last signs; `own` are the ends of the text's scripts."""
    found = (match.span() for match in _END.finditer(text, start, end))
    if not own:
        return found
    return sorted({*found, *(match.span() for pattern in own for match in pattern.finditer(text, start, end))})


def _of_its_scripts(text: str) -> list[re.Pattern[str]]:
    """Return the ends of sentences that only the scripts of this text have."""
    try:
        # A tenth of a search: texts of western languages have neither script.
        text.encode("cp1252")
    except UnicodeEncodeError:
        return [pattern for letter, pattern in _OF_SCRIPT if letter.search(text)]
    return []


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end].lstrip()
    if piece:
        yield end - len(piece), end - len(piece) + len(piece.rstrip())
