"""Word documents and presentations of Office Open XML (ECMA-376): docx, docm, dotx, pptx, pptm, ppsx."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from glassdome.core.limits import MAX_LINKS
from glassdome.files.package import Package, Relation
from glassdome.files.parts import embedded_files, loads_code, outside_links
from glassdome.files.slideml import SlideSink
from glassdome.files.source import Source
from glassdome.files.wordml import WordSink
from glassdome.files.words import DocumentWords
from glassdome.files.xml import Sink
from glassdome.values.document import Document, FileLink, Passage

__all__ = ["macro_parts", "read"]

_MAINS: Final = ("word/document.xml", "ppt/presentation.xml")
#: Parts of a Word document in reading order: those before the body, and those behind it, with their place.
_BEFORE: Final = {"header": ""}
_BEHIND: Final = {
    "footnotes": "", "endnotes": "", "footer": "", "comments": "comment", "diagramData": "", "chart": "",
    "chartEx": "",
}  # fmt: skip
_DRAWN: Final = frozenset({"diagramData", "chart", "chartEx"})
_OF_SLIDE: Final = ("notesSlide", "comments", "diagramData", "chart", "chartEx")
_MOST_PARTS: Final = 60
_MOST_SLIDES: Final = 500


@dataclass(slots=True)
class _Found:
    package: Package
    source: Source
    passages: list[Passage] = field(default_factory=list)
    links: list[FileLink] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    runs: bool = False
    whole: bool = True
    pages: int = 0

    def xml(self, data: bytes, sink: Sink) -> None:
        self.whole = self.package.take_xml(data, sink) and self.whole

    def take(self, words: DocumentWords) -> None:
        self.passages += words.passages()
        self.links += words.links[: MAX_LINKS - len(self.links)]


def read(source: Source) -> Document:
    """Read a Word document or a presentation."""
    package = Package(source.data, source.budget)
    main = _main(package)
    found = _Found(package, source)
    if "presentation" in source.kind or main.startswith("ppt/"):
        _read_slides(found, main)
    else:
        _read_text(found, main)
    return _document(found)


def _main(package: Package) -> str:
    """Return the main part: by its relation, for Word follows that alone, else by its usual name."""
    named = [item.target for item in package.relations() if item.kind == "officeDocument" and not item.external]
    return next((name for name in (*named, *_MAINS) if package.has(name)), "")


def _document(found: _Found) -> Document:
    package, relations = found.package, found.relations
    files = embedded_files(package, relations, found.source)
    macros = any(macro_parts(package)) or any(item.document.is_active for item in files)
    whole = found.whole and not package.damaged
    return Document(
        kind=found.source.kind,
        read="yes" if whole else "damaged",
        problem=("bounds" if package.cut else "") if whole else "damaged",
        pages=found.pages,
        passages=tuple(found.passages),
        links=tuple((found.links + outside_links(relations, found.links))[:MAX_LINKS]),
        files=tuple(files),
        members=tuple(item.name for item in files),
        is_active=found.runs or macros or loads_code(relations),
    )


def macro_parts(package: Package) -> list[str]:
    """Return the names of parts that hold macros."""
    return [name for name in package.names if name.lower().endswith(("vbaproject.bin", "/xlm.bin", "/activex1.bin"))]


def _read_text(found: _Found, main: str) -> None:
    relations = found.package.relations(main)
    for kind in (*_BEFORE, "", *_BEHIND):
        names = [item.target for item in relations if item.kind == kind and not item.external] if kind else [main]
        for name in dict.fromkeys(names[:_MOST_PARTS]):
            _read_part(found, name, _BEHIND.get(kind, ""), kind)


def _read_part(found: _Found, name: str, where: str, kind: str) -> None:
    data = found.package.read(name)
    relations = found.package.relations(name)
    settings = found.package.relations("word/settings.xml") if not kind else ()
    found.relations += [*relations, *settings]
    words = DocumentWords(found.source.budget, where)
    white = b"w:shd" not in data and b"w:background" not in data and b"w:highlight" not in data
    sink = SlideSink(words, relations) if kind in _DRAWN else WordSink(words, relations, white_is_hidden=white)
    found.xml(data, sink)
    found.runs = found.runs or sink.runs
    found.take(words)


def _read_slides(found: _Found, main: str) -> None:
    relations = found.package.relations(main)
    found.relations += [item for item in relations if item.kind in ("vbaProject", "oleObject", "attachedTemplate")]
    slides = [item.target for item in _in_order(found, main, relations)][:_MOST_SLIDES]
    found.pages = len(slides)
    for number, name in enumerate(slides, 1):
        _read_slide(found, name, f"slide {number}")


def _in_order(found: _Found, main: str, relations: tuple[Relation, ...]) -> list[Relation]:
    """Return the slides in the order of the presentation, those that it does not list last."""
    slides = {item.name: item for item in relations if item.kind == "slide" and not item.external}
    order = _Order()
    found.xml(found.package.read(main), order)
    named = [name for name in dict.fromkeys(order.names) if name in slides]
    return [slides[name] for name in (*named, *(name for name in slides if name not in named))]


class _Order(Sink):
    def __init__(self) -> None:
        self.names: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sldId" and len(self.names) < _MOST_SLIDES:
            self.names.append(attributes.get("r:id", ""))


def _read_slide(found: _Found, name: str, where: str) -> None:
    relations = found.package.relations(name)
    found.relations += relations
    hidden = _read_drawing(found, name, where, relations, seen=True)
    for item in [item for item in relations if item.kind in _OF_SLIDE and not item.external][:_MOST_PARTS]:
        place = "comment" if item.kind == "comments" else where
        _read_drawing(found, item.target, place, found.package.relations(item.target), seen=not hidden)


def _read_drawing(found: _Found, name: str, where: str, relations: tuple[Relation, ...], *, seen: bool) -> bool:
    """Read a slide or a part of it; return whether it is hidden."""
    words = DocumentWords(found.source.budget, where, seen=seen)
    sink = SlideSink(words, relations)
    found.xml(found.package.read(name), sink)
    found.runs = found.runs or sink.runs
    words.seen = words.seen and not sink.is_hidden
    found.take(words)
    return sink.is_hidden
