"""The words of OpenDocument's content (OASIS OpenDocument 1.3 part 3): texts, slides, sheets and their notes."""

from __future__ import annotations

import re
from typing import Final

from glassdome.files.grid import MOST_CELLS, Grid
from glassdome.files.numbers import plain
from glassdome.files.source import Budget
from glassdome.files.words import DocumentWords
from glassdome.files.xml import Sink, TooMuch

__all__ = ["OdfSink"]

#: Elements whose text is not the document's: deleted text, numbers of notes, names of who changed it.
_SKIPPED: Final = frozenset({
    "tracked-changes", "note-citation", "creator", "date", "date-string", "sequence-decls", "forms", "desc", "title",
    "settings", "font-face-decls", "page-number", "page-count", "sheet-name", "date-style", "number-style",
    "currency-style", "percentage-style", "time-style", "boolean-style", "text-style",
})  # fmt: skip
_MOST_REPEATED: Final = 64
_MOST_SLIDES: Final = 500
#: Names of elements that end a line.
_LINES: Final = frozenset({"p", "h"})
#: Blanks and ends of lines, of which any number is one blank (part 3, 6.1.2).
_BLANKS: Final = re.compile(r"[ \t\r\n]+")


class OdfSink(Sink):
    """Takes `content.xml` or `styles.xml`: passages place by place, sheets as grids."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.done: list[DocumentWords] = []
        self.grids: list[Grid] = []
        self.slides = 0
        self.runs = False
        self.objects: list[str] = []
        self._places = [self._new("")]
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._stack: list[str] = []
        self._skip = self._cells = self._lines = 0
        self._hidden: list[bool] = []
        self._grid: Grid | None = None
        self._cells_left = MOST_CELLS
        self._row = self._column = self._repeat = 0
        self._value, self._cell_text = "", [""]
        self._is_number = self._in_cell = False

    @property
    def words(self) -> DocumentWords:
        """The words of the place that is being read."""
        return self._places[-1]

    def _new(self, where: str, *, seen: bool = True) -> DocumentWords:
        words = DocumentWords(self.budget, where, seen=seen)
        self.done.append(words)
        return words

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if self._skip or tag in _SKIPPED:
            self._skip += 1
            return
        self._lines += tag in _LINES
        self._hidden.append(self._is_hidden(tag, attributes))
        act = _STARTS.get(tag)
        if act is not None:
            act(self, attributes)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if self._skip:
            self._skip -= 1
            return
        if tag in _LINES:
            self._lines -= 1
            self._say("\n" if not self._cells and not self._in_cell else " ")
        act = _ENDS.get(tag)
        if act is not None:
            act(self)
        if self._hidden:
            self._hidden.pop()

    def text(self, text: str) -> None:
        """Take words; blanks between paragraphs only set out the file."""
        if not self._skip and (self._lines or not text.isspace()):
            self._say(_BLANKS.sub(" ", text))

    def _say(self, text: str) -> None:
        if self._in_cell and len(self._places) == 1:
            self._cell_text.append(text[:40_000])
        else:
            self.words.add(text, seen=not any(self._hidden[-40:]))

    def _is_hidden(self, tag: str, attributes: dict[str, str]) -> bool:
        if tag in ("section", "hidden-text", "hidden-paragraph") and attributes.get("display") in ("none", "condition"):
            return True
        return tag in ("span", "p", "h") and attributes.get("style-name", "") in self._hidden_styles

    def _style_begins(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get("name", "")

    def _hides(self, attributes: dict[str, str]) -> None:
        hidden = attributes.get("display") in ("none", "false") or attributes.get("visibility") == "hidden"
        if hidden and len(self._hidden_styles) < 10_000:
            self._hidden_styles.add(self._style)

    def _link(self, attributes: dict[str, str]) -> None:
        self.words.open_link(attributes.get("href", ""))

    def _end_link(self) -> None:
        before = len(self.words.links)
        self.words.close_link()
        if self._in_cell and len(self.words.links) > before and self._grid is not None:
            link = self.words.links.pop()
            self.words.link(link.url, "".join(self._cell_text))

    def _gap(self, attributes: dict[str, str]) -> None:
        self._say(" ")

    def _tab(self, attributes: dict[str, str]) -> None:
        self._say("\t")

    def _break(self, attributes: dict[str, str]) -> None:
        self._say("\n")

    def _image(self, attributes: dict[str, str]) -> None:
        target = attributes.get("href", "")
        if "://" in target or target.startswith("//"):
            self.words.link(target)
        elif target and len(self.objects) < 200:
            self.objects.append(target.removeprefix("./"))

    def _script(self, attributes: dict[str, str]) -> None:
        self.runs = self.runs or bool(attributes.get("href") or attributes.get("macro-name"))

    def _asks_program(self, attributes: dict[str, str]) -> None:
        self.runs = True

    def _comment(self, attributes: dict[str, str]) -> None:
        self._places.append(self._new("comment"))

    def _end_place(self) -> None:
        if len(self._places) > 1:
            self._places.pop()

    def _slide(self, attributes: dict[str, str]) -> None:
        self.slides += 1
        if self.slides > _MOST_SLIDES:
            raise TooMuch
        seen = attributes.get("style-name", "") not in self._hidden_styles
        self._places.append(self._new(f"slide {self.slides}", seen=seen))

    def _table(self, attributes: dict[str, str]) -> None:
        if "name" in attributes and not self._places[1:] and self._is_sheet:
            seen = attributes.get("style-name", "") not in self._hidden_styles
            self._grid = Grid(attributes["name"], seen)
            self.grids.append(self._grid)
            self.words.where = f"sheet {self._grid.name}"
            self._row = -1

    _is_sheet = False

    def _spreadsheet(self, attributes: dict[str, str]) -> None:
        self._is_sheet = True

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row, self._column = self._row + 1, 0
        self._row_repeat = _count(attributes.get("number-rows-repeated"))

    _row_repeat = 1

    def _end_row(self) -> None:
        self._row += self._row_repeat - 1
        if self._grid is None:
            self._say("\n" if self._cells == 0 else " ")

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._cells += self._grid is None
        self._in_cell = self._grid is not None
        self._repeat = _count(attributes.get("number-columns-repeated"))
        self._value, self._is_number = _value(attributes)
        self._cell_text = []
        self._cells_left -= 1
        if self._cells_left < 0:
            raise TooMuch
        if "of:=dde(" in attributes.get("formula", "").lower().replace(" ", ""):
            self.runs = True

    def _end_cell(self) -> None:
        if self._grid is None:
            self._cells = max(0, self._cells - 1)
            self._say("\t")
            return
        self._in_cell = False
        text = self._value or "".join(self._cell_text).strip()
        for step in range(min(self._repeat, _MOST_REPEATED) if text else 0):
            self._grid.put(self._row, self._column + step, text, is_number=self._is_number)
        self._column += self._repeat


def _count(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdecimal() and len(text) <= 7 else 1


def _value(attributes: dict[str, str]) -> tuple[str, bool]:
    """Return the value of a cell whose words a program may show in many ways, and whether it is a number."""
    kind = attributes.get("value-type", "")
    if kind == "date":
        return attributes.get("date-value", "").removesuffix("T00:00:00"), False
    if kind not in ("float", "currency"):
        return "", False
    try:
        text = plain(float(attributes.get("value", "")))
    except (ValueError, OverflowError):
        return "", False
    if kind == "float":
        return text, True
    text = f"{float(text):.2f}" if len(text.partition(".")[2]) < 2 and "e" not in text and "n" not in text else text
    return f"{text} {attributes.get('currency', '')}".strip(), True


_STARTS: Final = {
    "style": OdfSink._style_begins, "text-properties": OdfSink._hides, "table-properties": OdfSink._hides,
    "drawing-page-properties": OdfSink._hides, "a": OdfSink._link, "s": OdfSink._gap, "note-body": OdfSink._gap, "tab": OdfSink._tab,
    "line-break": OdfSink._break, "image": OdfSink._image, "object": OdfSink._image, "object-ole": OdfSink._image,
    "event-listener": OdfSink._script, "dde-source": OdfSink._asks_program, "annotation": OdfSink._comment,
    "page": OdfSink._slide, "table": OdfSink._table, "table-row": OdfSink._begin_row, "table-cell": OdfSink._begin_cell,
    "covered-table-cell": OdfSink._begin_cell, "spreadsheet": OdfSink._spreadsheet, "plugin": OdfSink._image,
    "dde-connection-decl": OdfSink._asks_program, "applet": OdfSink._asks_program,
}  # fmt: skip
_ENDS: Final = {
    "a": OdfSink._end_link, "annotation": OdfSink._end_place, "page": OdfSink._end_place,
    "table-row": OdfSink._end_row, "table-cell": OdfSink._end_cell, "covered-table-cell": OdfSink._end_cell,
}  # fmt: skip
