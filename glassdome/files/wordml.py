"""The words of WordprocessingML (ECMA-376 part 1, 17): text as it stands with its tracked changes accepted."""

from __future__ import annotations

from typing import Final

from glassdome.files.fields import read_field
from glassdome.files.package import Relation
from glassdome.files.words import DocumentWords
from glassdome.files.xml import Sink

__all__ = ["WordSink"]

#: Elements whose content is not the document's: deleted and moved text, formats before a change, second versions.
_SKIPPED: Final = frozenset({
    "del", "moveFrom", "delText", "Fallback", "pPrChange", "rPrChange", "tblPrChange", "trPrChange", "tcPrChange",
    "sectPrChange", "numberingChange", "sdtPr", "sdtEndPr",
})  # fmt: skip
_MEANS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF: Final = ("0", "false", "off", "none")
#: Half points up to which text is too small to be read.
_TINY: Final = 4
#: Fields inside fields.
_MOST_FIELDS: Final = 20


class _Field:
    def __init__(self) -> None:
        self.code: list[str] = []
        self.opened, self.in_code = False, True


class WordSink(Sink):
    """Takes one part of a Word document: body, header, footer, notes or comments."""

    def __init__(self, words: DocumentWords, relations: tuple[Relation, ...], *, white_is_hidden: bool = False) -> None:
        self.words = words
        self.targets = {relation.name: relation.target for relation in relations if relation.external}
        self.white_is_hidden = white_is_hidden
        self.runs = False
        self._skip = self._cells = 0
        self._text = self._code = False
        self._hidden = self._in_run = False
        self._links: list[bool] = []
        self._fields: list[_Field] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if self._skip or tag in _SKIPPED:
            self._skip += 1
        elif tag == "t":
            self._text = True
        elif tag == "r":
            self._hidden, self._in_run = False, True
        elif tag in _MEANS and self._in_run:
            self.words.add(_MEANS[tag], seen=not self._hidden)
        elif (act := _STARTS.get(tag)) is not None:
            act(self, attributes)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        if self._skip:
            self._skip -= 1
        elif tag == "t":
            self._text = False
        elif tag == "r":
            self._in_run = False
        elif (act := _ENDS.get(tag)) is not None:
            act(self)

    def text(self, text: str) -> None:
        """Take words, or the code of a field."""
        if self._skip:
            return
        if self._code and self._fields:
            self._fields[-1].code.append(text[:4096])
        elif self._text:
            in_code = bool(self._fields) and self._fields[-1].in_code
            self.words.add(text, seen=not (self._hidden or in_code))

    def _vanish(self, attributes: dict[str, str]) -> None:
        self._hidden = self._hidden or attributes.get("val", "1").lower() not in _OFF

    def _size(self, attributes: dict[str, str]) -> None:
        size = attributes.get("val", "")
        self._hidden = self._hidden or (self._in_run and size.isdecimal() and int(size[:6]) <= _TINY)

    def _colour(self, attributes: dict[str, str]) -> None:
        white = self.white_is_hidden and self._in_run and attributes.get("val", "").upper() == "FFFFFF"
        self._hidden = self._hidden or white

    def _hyperlink(self, attributes: dict[str, str]) -> None:
        url = self.targets.get(attributes.get("r:id", ""), "")
        self._links.append(bool(url))
        if url:
            self.words.open_link(url)

    def _end_hyperlink(self) -> None:
        if self._links and self._links.pop():
            self.words.close_link()

    def _picture_link(self, attributes: dict[str, str]) -> None:
        self.words.link(self.targets.get(attributes.get("r:id", ""), ""))

    def _shape(self, attributes: dict[str, str]) -> None:
        self.words.link(attributes.get("href", ""))

    def _instruction(self, attributes: dict[str, str]) -> None:
        self._code = True

    def _end_instruction(self) -> None:
        self._code = False

    def _field_mark(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("fldCharType")
        if kind == "begin" and len(self._fields) < _MOST_FIELDS:
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._open(self._fields[-1])
        elif kind == "end" and self._fields:
            self._close(self._fields.pop())

    def _simple(self, attributes: dict[str, str]) -> None:
        if len(self._fields) < _MOST_FIELDS:
            field = _Field()
            field.code.append(attributes.get("instr", ""))
            self._fields.append(field)
            self._open(field)

    def _end_simple(self) -> None:
        if self._fields:
            self._close(self._fields.pop())

    def _open(self, field: _Field) -> None:
        found = read_field("".join(field.code))
        field.in_code, field.opened = False, bool(found.url)
        self.runs = self.runs or found.runs
        if found.url:
            self.words.open_link(found.url)

    def _close(self, field: _Field) -> None:
        if field.in_code:
            self._open(field)
        if field.opened:
            self.words.close_link()

    def _cell(self, attributes: dict[str, str]) -> None:
        self._cells += 1

    def _end_cell(self) -> None:
        self._cells = max(0, self._cells - 1)
        self.words.add("\t")

    def _end_row(self) -> None:
        self.words.add(" " if self._cells else "\n")

    def _end_paragraph(self) -> None:
        self.words.add(" " if self._cells else "\n")


_STARTS: Final = {
    "vanish": WordSink._vanish, "webHidden": WordSink._vanish, "sz": WordSink._size, "color": WordSink._colour,
    "hyperlink": WordSink._hyperlink, "hlinkClick": WordSink._picture_link, "instrText": WordSink._instruction,
    "fldChar": WordSink._field_mark, "fldSimple": WordSink._simple, "tc": WordSink._cell, "shape": WordSink._shape,
    "rect": WordSink._shape,
}  # fmt: skip
_ENDS: Final = {
    "hyperlink": WordSink._end_hyperlink, "instrText": WordSink._end_instruction, "fldSimple": WordSink._end_simple,
    "tc": WordSink._end_cell, "tr": WordSink._end_row, "p": WordSink._end_paragraph,
}  # fmt: skip
