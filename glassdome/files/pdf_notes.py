"""Annotations of a PDF page: links with the words they are shown as, fields of forms, and notes."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from glassdome.core.limits import MAX_PDF_ANNOTATIONS, MAX_SHOWN_CHARS, MAX_TEXT_CHARS, MAX_URL_CHARS
from glassdome.files.pdf_page import PdfPage
from glassdome.parse.plain import one_line
from glassdome.parse.url import normal_url

__all__ = ["Notes", "notes_of"]

#: Bit of a text field whose characters are shown as dots (ISO 32000-1, table 228, bit 14).
_PASSWORD_FLAG = 1 << 13
#: Kinds of annotations with words of their own: free text on the page, and notes that open.
_WORDY = (pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_TEXT, pdfium.FPDF_ANNOT_STAMP)


@dataclass(slots=True)
class Notes:
    """The annotations of one page: links as pairs of URL and shown words, words of fields and notes, files pinned to it."""

    links: list[tuple[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    asks_password: bool = False
    starts_program: bool = False


def notes_of(page: PdfPage, form: Any) -> Notes:
    """Read the annotations of a page, within the bound; `form` is the document's form environment or None."""
    found = Notes()
    raw = page.helper.raw
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(raw), MAX_PDF_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(raw, index)
        if annotation:
            _take(page, annotation, form, found)
            pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _take(page: PdfPage, annotation: Any, form: Any, found: Notes) -> None:
    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    if kind == pdfium.FPDF_ANNOT_LINK:
        _take_link(page, annotation, found)
    elif kind == pdfium.FPDF_ANNOT_WIDGET and form:
        _take_field(annotation, form, found)
    elif kind == pdfium.FPDF_ANNOT_FILEATTACHMENT:
        found.files += _file(page, annotation)
    elif kind in _WORDY:
        found.words += _words(
            lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size)
        )


def _file(page: PdfPage, annotation: Any) -> Iterator[Any]:
    raw = pdfium.FPDFAnnot_GetFileAttachment(annotation)
    if raw:
        yield pypdfium2.PdfAttachment(raw, page.helper.pdf)


def _take_link(page: PdfPage, annotation: Any, found: Notes) -> None:
    action = pdfium.FPDFLink_GetAction(pdfium.FPDFAnnot_GetLink(annotation))
    if not action:
        return
    kind = pdfium.FPDFAction_GetType(action)
    found.starts_program = found.starts_program or kind == pdfium.PDFACTION_LAUNCH
    if kind == pdfium.PDFACTION_URI and (url := _address(page, action)):
        found.links.append((url, _shown(page, annotation)))


def _address(page: PdfPage, action: Any) -> str:
    document = page.helper.pdf.raw
    size = pdfium.FPDFAction_GetURIPath(document, action, None, 0)
    if not 1 < size <= 4 * MAX_URL_CHARS:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAction_GetURIPath(document, action, buffer, size)
    return normal_url(buffer.raw[: size - 1].decode("utf-8", "replace"))


def _shown(page: PdfPage, annotation: Any) -> str:
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFAnnot_GetRect(annotation, ctypes.byref(box)):
        return ""
    left, right = sorted((box.left, box.right))
    bottom, top = sorted((box.bottom, box.top))
    return one_line(page.words_in(left, bottom, right, top))[:MAX_SHOWN_CHARS]


def _take_field(annotation: Any, form: Any, found: Notes) -> None:
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind == pdfium.FPDF_FORMFIELD_TEXTFIELD:
        flags = pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation)
        found.asks_password = found.asks_password or bool(flags & _PASSWORD_FLAG)
    if kind in (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX):
        found.words += _words(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))


def _words(ask: Any) -> Iterator[str]:
    """Ask pdfium for a string in UTF-16, once for its size and once for itself."""
    size = ask(None, 0)
    if not 2 < size <= 2 * MAX_TEXT_CHARS:
        return
    buffer = ctypes.create_string_buffer(size)
    ask(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    text = buffer.raw[: size - 2].decode("utf-16-le", "replace").strip()
    if text:
        yield text
