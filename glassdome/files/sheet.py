"""Spreadsheets of Office Open XML (xlsx, xlsm, xltx): sheets, cells, links, comments, macros."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from glassdome.core.limits import MAX_LINKS
from glassdome.files.grid import MOST_FACTS, Grid, place_of
from glassdome.files.package import Package, Relation
from glassdome.files.parts import embedded_files, loads_code, outside_links
from glassdome.files.sheetml import Book, CellSink, FormatSink, SheetName, StringSink, WorkbookSink
from glassdome.files.slideml import SlideSink
from glassdome.files.source import Source
from glassdome.files.words import DocumentWords, tidied
from glassdome.files.xml import Sink
from glassdome.values.document import Document, FileLink, Passage
from glassdome.values.fact import Fact

__all__ = ["read"]

_MACRO_SHEETS: Final = ("xlMacrosheet", "xlIntlMacrosheet")
#: Parts with words of their own, and the place they get; empty for the sheet's.
_WORDS: Final = {"comments": "comment", "threadedComment": "comment", "drawing": "", "chart": ""}
_MARKS: Final = re.compile(r"&(?:[LCRPNDTFAGBIUES]|\"[^\"]{0,100}\"|\d{1,3}|K[0-9A-Fa-f]{6})")
_MOST_PARTS: Final = 60


@dataclass(slots=True)
class _Found:
    package: Package
    source: Source
    book: Book = field(default_factory=Book)
    passages: list[Passage] = field(default_factory=list)
    links: list[FileLink] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    pages: int = 0
    runs: bool = False
    whole: bool = True

    def xml(self, name: str, sink: Sink) -> None:
        self.whole = self.package.take_xml(self.package.read(name), sink) and self.whole


def read(source: Source) -> Document:
    """Read a spreadsheet."""
    found = _Found(Package(source.data, source.budget), source)
    named = [item.target for item in found.package.relations() if item.kind == "officeDocument" and not item.external]
    main = next((name for name in (*named, "xl/workbook.xml") if found.package.has(name)), "")
    relations = found.package.relations(main)
    for sheet in _workbook(found, main, relations):
        _read_sheet(found, sheet, {item.name: item for item in relations})
    _read_outside(found, relations)
    return _document(found)


def _workbook(found: _Found, main: str, relations: tuple[Relation, ...]) -> list[SheetName]:
    workbook = WorkbookSink(found.book)
    found.xml(main, workbook)
    found.runs = found.runs or workbook.runs
    for kind, sink in (("styles", FormatSink(found.book)), ("sharedStrings", StringSink(found.book))):
        for item in [item for item in relations if item.kind == kind and not item.external][:1]:
            found.xml(item.target, sink)
    found.relations += [item for item in relations if item.kind in ("vbaProject", "attachedToolbars")]
    found.pages = len(workbook.sheets)
    return workbook.sheets


def _read_sheet(found: _Found, sheet: SheetName, known: dict[str, Relation]) -> None:
    item = known.get(sheet.relation)
    grid = Grid(tidied(sheet.name) or "?", sheet.seen)
    if item is not None and not item.external:
        is_macro = item.kind in _MACRO_SHEETS
        sink = CellSink(found.book, grid)
        found.xml(item.target, sink)
        found.runs = found.runs or sink.runs or is_macro
        relations = found.package.relations(item.target)
        found.passages += grid.passages(found.source.budget) + _others(found, sink, grid, is_macro=is_macro)
        found.links += _links(sink, grid, {relation.name: relation.target for relation in relations})
        _read_attached(found, relations, grid)
    found.facts += grid.facts(MOST_FACTS - len(found.facts))


def _others(found: _Found, sink: CellSink, grid: Grid, *, is_macro: bool) -> list[Passage]:
    """Return what stands outside the cells: page headers, and the formulas of a macro sheet."""
    heads = tidied("\n".join(_MARKS.sub(" ", text) for text in sink.extra if "&P" not in text))
    macros = tidied("\n".join(sink.formulas)) if is_macro else ""
    pairs = ((heads, f"sheet {grid.name}", grid.seen), (macros, "macro", False))
    taken = ((found.source.budget.take_text(text), where, seen) for text, where, seen in pairs)
    return [Passage(text=text, where=where, seen=seen) for text, where, seen in taken if text]


def _links(sink: CellSink, grid: Grid, targets: dict[str, str]) -> list[FileLink]:
    words = DocumentWords(Source(data=b"").budget, f"sheet {grid.name}")
    for url, shown in sink.links:
        words.link(url, shown)
    for relation, reference in sink.relations:
        words.link(targets.get(relation, ""), _shown(grid, reference))
    return words.links


def _shown(grid: Grid, reference: str) -> str:
    place = place_of(reference.partition(":")[0])
    return grid.cells.get(place, ("", False))[0] if place else ""


def _read_attached(found: _Found, relations: tuple[Relation, ...], grid: Grid) -> None:
    """Read the comments, text boxes and charts of a sheet, and note its pictures."""
    found.relations += relations
    for item in [item for item in relations if item.kind in _WORDS and not item.external][:_MOST_PARTS]:
        inner = found.package.relations(item.target)
        words = DocumentWords(found.source.budget, _WORDS[item.kind] or f"sheet {grid.name}", seen=grid.seen)
        sink = SlideSink(words, inner)
        found.xml(item.target, sink)
        found.runs = found.runs or sink.runs
        found.passages += words.passages()
        found.links += words.links
        found.relations += inner


class _Outside(Sink):
    """Takes an external link or a list of connections: programs asked, addresses read."""

    def __init__(self) -> None:
        self.runs = False
        self.urls: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("ddeLink", "oleLink"):
            self.runs = True
        elif tag == "webPr" and attributes.get("url"):
            self.urls.append(attributes["url"])


def _read_outside(found: _Found, relations: tuple[Relation, ...]) -> None:
    sink = _Outside()
    for item in [item for item in relations if item.kind in ("externalLink", "connections")][:_MOST_PARTS]:
        found.xml(item.target, sink)
        found.relations += found.package.relations(item.target)
    found.runs = found.runs or sink.runs
    found.links += [FileLink(url=url) for url in sink.urls[:MAX_LINKS]]


def _document(found: _Found) -> Document:
    files = embedded_files(found.package, found.relations, found.source)
    whole = found.whole and not found.package.damaged
    runs = found.runs or loads_code(found.relations) or any(item.document.is_active for item in files)
    return Document(
        kind=found.source.kind,
        read="yes" if whole else "damaged",
        problem=("bounds" if found.package.cut or found.book.cells_left < 0 else "") if whole else "damaged",
        pages=found.pages,
        passages=tuple(found.passages),
        links=tuple((found.links + outside_links(found.relations, found.links))[:MAX_LINKS]),
        facts=tuple(found.facts),
        files=tuple(files),
        members=tuple(item.name for item in files),
        is_active=runs or any(name.lower().endswith("vbaproject.bin") for name in found.package.names),
    )
