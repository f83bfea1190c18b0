"""PDF: words in layout order per page, links, forms, scripts, codes, files attached, and encryption."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from glassdome.core.limits import (
    MAX_FILENAME_CHARS,
    MAX_LINKS,
    MAX_PDF_CODE_PAGES,
    MAX_PDF_DRAWN_PAGES,
    MAX_PDF_FILES,
    MAX_PDF_PAGES,
)
from glassdome.files.codes import codes_in, facts_in, links_in, take_codes
from glassdome.files.ocr_gate import NO_OCR
from glassdome.files.pdf_notes import Notes, notes_of
from glassdome.files.pdf_page import PdfPage
from glassdome.files.pdf_raw import PdfActions, actions_in
from glassdome.files.picture_words import take_words
from glassdome.files.read import read_inner
from glassdome.files.source import Source
from glassdome.files.words import tidied
from glassdome.parse.plain import clean, one_line
from glassdome.parse.url import find_urls
from glassdome.values.document import Code, Document, FileLink, InnerFile, Passage

__all__ = ["read"]

_KIND = "application/pdf"


@dataclass(slots=True)
class _Found:
    """Findings while pages are read."""

    passages: list[Passage] = field(default_factory=list)
    links: list[FileLink] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    drawn: int = 0
    problem: str = ""
    is_cut: bool = False
    is_active: bool = False
    asks_password: bool = False


def read(source: Source) -> Document:
    """Read a PDF; one whose password is not among those given is encrypted."""
    opened = _open(source)
    if opened is None:
        return Document(kind=_KIND, read="encrypted", encrypted=True)
    pdf, was_locked = opened
    try:
        return _read(pdf, source, was_locked=was_locked)
    finally:
        pdf.close()


def _open(source: Source) -> tuple[Any, bool] | None:
    """Open it without a password, then with each of those given; None where none fits."""
    for password in (None, *source.passwords):
        try:
            return pypdfium2.PdfDocument(source.data, password=password), password is not None
        except pypdfium2.PdfiumError as exc:
            if exc.err_code != pdfium.FPDF_ERR_PASSWORD:
                raise
    return None


def _read(pdf: Any, source: Source, *, was_locked: bool) -> Document:
    found = _Found()
    # Before anything is known of its pages: pdfium ties fields to a form only where that stands first.
    form = _form_of(pdf)
    actions = actions_in(_unlocked(pdf, source), source.budget)
    _read_pages(pdf, form, source, found)
    members, files = _attached(pdf, source, found)
    return Document(
        kind=_KIND,
        problem="bounds" if found.is_cut else found.problem,
        title=one_line(pdf.get_metadata_value("Title"))[:MAX_FILENAME_CHARS],
        pages=len(pdf),
        passages=tuple(found.passages),
        links=_links(found, actions),
        codes=tuple(found.codes),
        facts=tuple(facts_in(found.codes)),
        members=members,
        files=files,
        encrypted=was_locked,
        is_active=found.is_active or actions.is_active,
        asks_password=found.asks_password,
    )


def _form_of(pdf: Any) -> Any:
    """Return the form environment, which tells a field's kind; scripts do not run in it, this pdfium has no engine."""
    if pdf.get_formtype() == pdfium.FORMTYPE_NONE:
        return None
    pdf.init_forms()
    return pdf.formenv.raw if pdf.formenv else None


def _unlocked(pdf: Any, source: Source) -> bytes:
    """Return the file with its objects readable: pdfium writes a copy of an encrypted one."""
    if pdfium.FPDF_GetSecurityHandlerRevision(pdf.raw) < 0:
        return source.data
    copy = io.BytesIO()
    pdf.save(copy, flags=pdfium.FPDF_REMOVE_SECURITY)
    return copy.getvalue()


def _read_pages(pdf: Any, form: Any, source: Source, found: _Found) -> None:
    for number in range(len(pdf)):
        if number >= MAX_PDF_PAGES or source.budget.chars_left <= 0:
            found.is_cut = True
            return
        helper = pdf[number]
        try:
            _read_page(PdfPage(helper, room=source.budget.chars_left), number, form, source, found)
        finally:
            helper.close()


def _read_page(page: PdfPage, number: int, form: Any, source: Source, found: _Found) -> None:
    if page.is_vast:
        found.is_cut = True
        return
    where = f"page {number + 1}"
    may_draw = found.drawn < MAX_PDF_DRAWN_PAGES
    seen, unseen = page.words(may_draw=may_draw)
    notes = notes_of(page, form)
    words = _tidy_cells(clean("\n".join((seen, *notes.words)))) or _scanned(page, source, found, may_draw=may_draw)
    for text, is_seen in ((words, True), (_tidy_cells(clean(unseen)), False)):
        if kept := source.budget.take_text(text):
            found.passages.append(Passage(text=kept, where=where, seen=is_seen))
    _take_notes(notes, where, found)
    found.links += (FileLink(url=url, shown=url, where=where) for url in find_urls(words, naked=False))
    if number < MAX_PDF_CODE_PAGES and may_draw and page.objects.may_hold_code and (area := page.code_area):
        found.codes += take_codes(codes_in(area, where), source.budget)
    found.drawn += page.is_drawn
    found.is_cut = found.is_cut or page.is_cut


def _tidy_cells(text: str) -> str:
    """Collapse runs of spaces and of empty lines; tabs between cells stay."""
    lines = ("\t".join(" ".join(cell.split()) for cell in line.split("\t")) for line in text.split("\n"))
    return tidied("\n".join(line.strip() for line in lines))


def _scanned(page: PdfPage, source: Source, found: _Found, *, may_draw: bool) -> str:
    """Return the words of a page that is nothing but a picture."""
    if not (may_draw and page.is_scan):
        return ""
    if not source.ocr or page.drawing is None:
        found.problem = found.problem or NO_OCR
        return ""
    words, problem = take_words(page.drawing, source.budget)
    found.problem = found.problem or problem
    return words


def _take_notes(notes: Notes, where: str, found: _Found) -> None:
    found.links += (FileLink(url=url, shown=shown, where=where) for url, shown in notes.links)
    found.files += notes.files
    found.is_active = found.is_active or notes.starts_program
    found.asks_password = found.asks_password or notes.asks_password


def _links(found: _Found, actions: PdfActions) -> tuple[FileLink, ...]:
    """Return every link once per place: a link with words goes before the same address found in the text."""
    named = {(link.url, link.where): link for link in reversed(found.links)}
    ordered = dict.fromkeys(named[link.url, link.where] for link in found.links)
    sent = (FileLink(url=url) for url in actions.targets)
    return (*ordered, *links_in(found.codes), *sent)[:MAX_LINKS]


def _attached(pdf: Any, source: Source, found: _Found) -> tuple[tuple[str, ...], tuple[InnerFile, ...]]:
    """Read the files attached to the document and to its pages: an e-invoice's XML, a trap."""
    listed = [pdf.get_attachment(index) for index in range(min(pdf.count_attachments(), MAX_PDF_FILES))]
    names, files = [], []
    for attached in (*listed, *found.files)[:MAX_PDF_FILES]:
        name, data = _file(attached)
        names.append(name)
        inner = read_inner(source, data, name) if data else None
        files += [inner] if inner else []
    return tuple(names), tuple(files)


def _file(attached: Any) -> tuple[str, bytes]:
    """Return name and content, empty where pdfium cannot give them."""
    try:
        name = one_line(attached.get_name())[:MAX_FILENAME_CHARS]
    except pypdfium2.PdfiumError:
        name = ""
    try:
        return name, bytes(attached.get_data())
    except pypdfium2.PdfiumError:
        return name, b""
