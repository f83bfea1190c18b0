"""QR codes drawn with characters or with cells of a table, as they stand in mails that want no picture to be scanned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from PIL import Image

from glassdome.core.limits import MAX_ART_BLOCKS, MAX_ART_SIDE, MAX_TEXT_CHARS
from glassdome.files.codes import codes_in as codes_in_picture
from glassdome.files.codes import facts_in, links_in, take_codes
from glassdome.files.source import Source
from glassdome.values.document import Code, Document

__all__ = ["codes_in", "read"]

_Row = list[tuple[int, int]]
#: Block characters: how dark the upper and the lower half of the cell is, in two columns for quarter blocks.
_HALVES: Final = {
    "█": (1, 1),
    "▀": (1, 0),
    "▄": (0, 1),
    "■": (1, 1),
    "▓": (1, 1),
    "⬛": (1, 1),
    "⬜": (0, 0),
    "░": (0, 0),
}
#: Blanks that stand for light cells.
_LIGHT: Final = " \u00a0\u2003\u2002\u3000"
_DARK: Final = re.compile("[█▀▄■▓⬛]")
#: Lines of art: at least this many characters, most of them blocks and blanks; the smallest QR code has 21 modules.
_LEAST_WIDTH, _LEAST_ROWS = 11, 11
_DRAWN: Final = re.compile(f"[{''.join(_HALVES)}{_LIGHT}]+")
#: Cells of a table with nothing but a colour, as HTML mails draw codes.
_TABLE: Final = re.compile(r"<table\b", re.IGNORECASE)
_TABLE_ROW: Final = re.compile(r"<tr\b", re.IGNORECASE)
_CELL: Final = re.compile(r"<td\b([^>]{0,300})>", re.IGNORECASE)
_SPAN: Final = re.compile(r"colspan\s{0,3}=\s{0,3}[\"']?(\d{1,3})", re.IGNORECASE)
_COLOUR: Final = re.compile(
    r"(?:bgcolor\s{0,3}=\s{0,3}[\"']?|background(?:-color)?\s{0,3}:\s{0,3})(#[0-9a-f]{6}|#[0-9a-f]{3}|black|white)",
    re.IGNORECASE,
)
#: Pixels of one module.
_MODULE: Final = 4


def read(source: Source) -> Document:
    """Read the text of a mail, in UTF-8, for its drawings alone: so a stranger's code is decoded in the sandbox."""
    codes = take_codes(codes_in(source.data.decode("utf-8", "replace")), source.budget)
    return Document(kind=source.kind, codes=codes, links=tuple(links_in(codes)), facts=tuple(facts_in(codes)))


def codes_in(text: str) -> tuple[Code, ...]:
    """Return the codes that are drawn in a text, or in the cells of HTML tables; `where` is `text`."""
    text = text[:MAX_TEXT_CHARS]
    found: dict[Code, None] = {}
    for number, grid in enumerate(_grids(text)):
        if number >= MAX_ART_BLOCKS:
            break
        found.update(dict.fromkeys(_read(grid)))
    return tuple(found)


def _grids(text: str) -> Iterator[list[list[int]]]:
    """Yield each drawing as rows of 1 for dark and 0 for light."""
    if _DARK.search(text):
        for block in _blocks(text):
            yield from _drawings(block)
    if _TABLE_ROW.search(text):
        for table in _TABLE.split(text)[1:]:
            yield from _tables(table)


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield runs of lines that hold blocks and blanks alone."""
    held: list[str] = []
    for line in text.split("\n"):
        line = line.rstrip("\r")
        if line.strip(_LIGHT) and _DRAWN.fullmatch(line):
            held.append(line[:MAX_ART_SIDE])
            continue
        yield from _complete(held)
        held = []
    yield from _complete(held)


def _complete(lines: list[str]) -> Iterator[list[str]]:
    if len(lines) >= _LEAST_ROWS and max(map(len, lines)) >= _LEAST_WIDTH:
        yield lines[:MAX_ART_SIDE]


def _drawings(lines: list[str]) -> Iterator[list[list[int]]]:
    """Return the two ways to see a drawing: two modules in each character's height, or two characters for a module."""
    width = max(map(len, lines))
    cells = [[_HALVES.get(char, (0, 0)) for char in line.ljust(width)] for line in lines]
    if any("▀" in line or "▄" in line for line in lines):
        yield [[cell[half] for cell in row] for row in cells for half in (0, 1)]
    elif width >= 1.6 * len(lines):
        yield [[row[at][0] for at in range(0, width, 2)] for row in cells]
    else:
        yield [[cell[0] for cell in row] for row in cells]


def _tables(table: str) -> Iterator[list[list[int]]]:
    rows = []
    for row in _TABLE_ROW.split(table)[1 : MAX_ART_SIDE + 1]:
        cells: list[int] = []
        for attributes in _CELL.findall(row)[:MAX_ART_SIDE]:
            span = _SPAN.search(attributes)
            cells += [_is_dark(attributes)] * min(int(span[1]) if span else 1, MAX_ART_SIDE)
        rows.append(cells[:MAX_ART_SIDE])
    width = max(map(len, rows), default=0)
    if len(rows) >= 2 * _LEAST_ROWS - 1 and width >= 2 * _LEAST_ROWS - 1:
        yield [row + [0] * (width - len(row)) for row in rows]


def _is_dark(attributes: str) -> int:
    colour = _COLOUR.search(attributes)
    if not colour or colour[1].lower() == "white":
        return 0
    digits = colour[1].lstrip("#").lower()
    if digits == "black":
        return 1
    step = len(digits) // 3
    parts = [int(digits[at : at + step] * (3 - step), 16) for at in range(0, 3 * step, step)]
    return int(sum(parts) < 3 * 128)


def _read(grid: list[list[int]]) -> tuple[Code, ...]:
    """Draw a grid as a picture with a quiet margin and look for codes, dark on light and light on dark."""
    height, width = len(grid), len(grid[0])
    picture = Image.new("L", (width, height), 255)
    picture.putdata([0 if cell else 255 for row in grid for cell in row])
    framed = Image.new("L", (width + 8, height + 8), 255)
    framed.paste(picture, (4, 4))
    large = framed.resize((framed.width * _MODULE, framed.height * _MODULE), Image.Resampling.NEAREST)
    return codes_in_picture(large, "text")
