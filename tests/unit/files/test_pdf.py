"""Words, links, forms, scripts, codes and files of PDFs, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassdome.core.limits import MAX_FILE_TEXT_CHARS, MAX_PDF_PAGES
from glassdome.files.read import read_file
from glassdome.files.source import Budget, Source
from glassdome.values.document import Document, FileLink
from tests.unit.files.made_pdf import page_of, pdf_of, stream_of

_FILES = Path(__file__).parents[2] / "data" / "files" / "pdf"


def _read(data: bytes | str, **more: object) -> Document:
    content = (_FILES / data).read_bytes() if isinstance(data, str) else data
    return read_file(Source(data=content, **more))  # type: ignore[arg-type]


def _text(content: str, extra: str = "") -> Document:
    return _read(pdf_of([page_of(content, extra)]))


def test_a_table_is_read_line_by_line() -> None:
    """A row's cells stand on one line, though the file has them one by one."""
    document = _read("invoice-chromium.pdf")
    assert document.kind == "application/pdf"
    assert document.read == "yes"
    assert document.title == "Invoice 1187"
    assert "Total\t842.50 EUR" in document.text
    assert "Posters A2\t100\t700.00 EUR" in document.text
    assert "Item\tQty\tPrice" in document.text, "white words on a dark row are seen"
    assert "IBAN DE02 1203 0000 0000 2020 51" in document.text
    assert document.passages[0].where == "page 1"


@pytest.mark.parametrize("name", ["invoice-chromium.pdf", "offer-libreoffice.pdf"])
def test_white_words_are_kept_apart(name: str) -> None:
    """Unseen words are told, and are no part of the text."""
    document = _read(name)
    hidden = " ".join(passage.text for passage in document.passages if not passage.seen)
    assert "planted words in white" in hidden
    assert "planted words" not in document.text


def test_links_come_with_the_words_they_are_shown_as() -> None:
    """An annotation's address has the words under its rectangle; a bare address shows itself."""
    links = _read("invoice-chromium.pdf").links
    assert FileLink(url="https://pay.nordlicht.example/i/1187", shown="our payment page", where="page 1") in links
    assert (
        FileLink(url="http://www.nordlicht.example/help", shown="http://www.nordlicht.example/help", where="page 1")
        in links
    )


def test_the_export_of_libreoffice() -> None:
    """Words, amounts and the link of an export are found on its page."""
    document = _read("offer-libreoffice.pdf")
    assert "Total\t644.50 EUR" in document.text
    assert "Delivery to Göttingen\t1\t48.50 EUR" in document.text
    assert [(link.url, link.shown) for link in document.links] == [
        ("https://garten.example/offers/44", "open the offer")
    ]


def test_a_code_drawn_in_squares_is_read() -> None:
    """A code that is no picture is found by its many pieces; its address becomes a link."""
    document = _read("ticket-cairo.pdf")
    assert [(code.kind, code.text, code.where) for code in document.codes] == [
        ("QR", "https://tickets.example/t/4711", "page 1")
    ]
    assert FileLink(url="https://tickets.example/t/4711", where="page 1") in document.links
    assert "Seat\t14C" in document.text


def test_an_encrypted_file_is_opened_with_a_password_of_the_mail() -> None:
    """Without the right password it is encrypted; with it, it is read and still said to be encrypted."""
    locked = _read("locked-qpdf.pdf", passwords=("wrong", "1234"))
    assert (locked.read, locked.encrypted, locked.text) == ("encrypted", True, "")
    opened = _read("locked-qpdf.pdf", passwords=("wrong", "open1187"))
    assert (opened.read, opened.encrypted) == ("yes", True)
    assert "Total\t644.50 EUR" in opened.text


def test_a_file_that_only_its_owner_may_change_is_read() -> None:
    """A file that opens without a password is not called encrypted."""
    document = _read("owner-qpdf.pdf")
    assert (document.read, document.encrypted) == ("yes", False)
    assert "Kulturhafen, Kai 3" in document.text


def test_files_attached_to_it_are_read() -> None:
    """The XML of an e-invoice is a file inside."""
    document = _read("einvoice-qpdf.pdf")
    assert document.members == ("factur-x.xml",)
    (inner,) = document.files
    assert (inner.name, inner.document.kind) == ("factur-x.xml", "text/xml")
    assert inner.size > 100


def test_columns_stay_apart_from_words_far_away() -> None:
    """Runs on one height are one line, far ones cells of it; another height is another line."""
    document = _text("BT /F1 12 Tf 72 700 Td (Total) Tj 300 0 Td (842.50 EUR) Tj -300 -20 Td (Thank you) Tj ET")
    assert document.text == "Total\t842.50 EUR\nThank you"


def test_a_turned_page_is_read_like_an_upright_one() -> None:
    """Text along a turned page's axis is joined to lines as well."""
    document = _text("BT /F1 12 Tf 0 1 -1 0 200 100 Tm (Turned words stay whole) Tj ET", "/Rotate 90")
    assert document.text == "Turned words stay whole"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("BT /F1 0.5 Tf 72 700 Td (planted) Tj ET", "tiny"),
        ("BT /F1 12 Tf 3 Tr 72 700 Td (planted) Tj ET", "invisible"),
        ("1 1 1 rg BT /F1 12 Tf 72 700 Td (planted) Tj ET", "white"),
        ("BT /F1 12 Tf 72 1700 Td (planted) Tj ET", "off the page"),
    ],
)
def test_unseen_words(content: str, why: str) -> None:
    """Tiny, invisible, white and displaced words are unseen."""
    document = _text("BT /F1 12 Tf 72 600 Td (plain) Tj ET " + content)
    assert document.text == "plain", why
    assert [passage.text for passage in document.passages if not passage.seen] == ["planted"], why


def test_an_ocr_layer_over_a_scan_is_seen() -> None:
    """Invisible words over a picture that shows something are its text layer."""
    picture = stream_of(
        b"\x00\xff" * 8, "/Type /XObject /Subtype /Image /Width 4 /Height 4 /ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    content = "q 595 0 0 842 0 0 cm /I Do Q BT /F1 12 Tf 3 Tr 72 700 Td (scanned words) Tj ET"
    entries, stream = page_of(content)
    resources = "/Resources << /Font << /F1 3 0 R >> /XObject << /I 4 0 R >> >>"
    document = _read(pdf_of([(f"{entries} {resources}", stream)], [picture]))
    assert document.text == "scanned words"


@pytest.mark.parametrize(
    "action",
    [
        "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
        "/OpenAction << /S /J#61vaScript /J#53 (x) >>",
        "/OpenAction << /S /Launch /F (calc.exe) >>",
    ],
)
def test_files_that_run_code_are_active(action: str) -> None:
    """A script or a program started on opening is told, also where its name is written with escapes."""
    assert _read(pdf_of([page_of("")], catalog=action)).is_active


def test_a_script_in_a_packed_object_is_found() -> None:
    """Objects may stand in a compressed stream."""
    packed = stream_of(b"9 0 << /S /JavaScript /JS (x) >>", "/Type /ObjStm /N 1 /First 4", packed=True)
    assert _read(pdf_of([page_of("")], [packed])).is_active


def test_bytes_of_a_picture_are_no_script() -> None:
    """Chance letters in a stream that is no object make nothing active."""
    assert not _read(pdf_of([page_of("")], [stream_of(b"\x00/JS(\x01/S /JavaScript")])).is_active
    assert not _read("scan-img2pdf.pdf").is_active


def test_a_form_with_a_password_field() -> None:
    """A field whose letters are hidden asks for a password; the address the form is sent to is a link."""
    fields = [
        "<< /Type /Annot /Subtype /Widget /FT /Tx /Ff 8192 /T (pw) /Rect [72 700 200 720] >>",
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Anna Keller) /Rect [72 660 200 680] >>",
        "<< /Type /Annot /Subtype /Widget /FT /Btn /Ff 65536 /T (go) /Rect [72 620 200 640]"
        " /A << /S /SubmitForm /F << /FS /URL /F (https://collect.example/in) >> >> >>",
    ]
    page = page_of("BT /F1 12 Tf 72 780 Td (Sign in) Tj ET", "/Annots [4 0 R 5 0 R 6 0 R]")
    document = _read(pdf_of([page], fields, "/AcroForm << /Fields [4 0 R 5 0 R 6 0 R] >>"))
    assert document.asks_password
    assert "Anna Keller" in document.text
    assert "https://collect.example/in" in [link.url for link in document.links]
    assert not document.is_active


def test_notes_and_programs_behind_links() -> None:
    """Words of free text are text; a link that starts a program makes the file active."""
    notes = [
        "<< /Type /Annot /Subtype /FreeText /Contents (Call 0551 5550188 now) /Rect [72 600 300 640] >>",
        "<< /Type /Annot /Subtype /Link /Rect [72 500 300 540] /A << /S /Launch /F (setup.exe) >> >>",
    ]
    document = _read(pdf_of([page_of("", "/Annots [4 0 R 5 0 R]")], notes))
    assert "Call 0551 5550188 now" in document.text
    assert document.is_active


def test_many_pages_are_cut_and_told() -> None:
    """Pages beyond the bound are left out, and the document says so."""
    pages = [page_of(f"BT /F1 12 Tf 72 700 Td (page {number}) Tj ET") for number in range(MAX_PDF_PAGES + 5)]
    document = _read(pdf_of(pages))
    assert (document.pages, document.problem) == (MAX_PDF_PAGES + 5, "bounds")
    assert len(document.passages) == MAX_PDF_PAGES


def test_a_hundred_thousand_pages() -> None:
    """One page listed a hundred thousand times costs no more than the pages read."""
    data = pdf_of([page_of("BT /F1 12 Tf 72 700 Td (again) Tj ET")])
    kid = data[data.index(b"/Kids [") + 7 : data.index(b"] /Count")]
    bomb = data.replace(b"/Kids [" + kid + b"] /Count 1", b"/Kids [" + (kid + b" ") * 100_000 + b"] /Count 100000")
    document = _read(bomb)
    assert document.read in ("yes", "damaged")
    assert len(document.passages) <= MAX_PDF_PAGES


def test_text_beyond_the_budget_is_cut() -> None:
    """No more characters are kept than the budget has."""
    budget = Budget(chars_left=40)
    document = _read(pdf_of([page_of("BT /F1 8 Tf 72 700 Td (" + "word " * 40 + ") Tj ET")]), budget=budget)
    assert len(document.text) <= 40
    assert document.problem == "bounds"
    assert budget.chars_left >= 0


def test_a_page_of_huge_extent_is_drawn_small() -> None:
    """A page of kilometres is drawn within the bound on pixels."""
    page = page_of("1 1 1 rg BT /F1 12 Tf 72 700 Td (white) Tj ET", size="0 0 900000 900000")
    assert _read(pdf_of([page])).text == ""


def test_a_page_of_a_million_kilometres_is_left_out() -> None:
    """A page whose width alone would take a quarter of a gigabyte is told and not read."""
    page = page_of("BT /F1 12 Tf 72 700 Td (x) Tj ET", size="2147483648 0 595 842")
    document = _read(pdf_of([page]))
    assert (document.text, document.problem) == ("", "bounds")


@pytest.mark.parametrize("name", sorted(path.name for path in _FILES.glob("*.pdf")))
def test_truncated_files_never_raise(name: str) -> None:
    """A file cut anywhere is read as far as it goes, or damaged."""
    data = (_FILES / name).read_bytes()
    for share in (0.1, 0.5, 0.9, 0.99):
        assert _read(data[: int(len(data) * share)]).read in ("yes", "damaged", "encrypted")


def test_a_page_tree_that_holds_itself() -> None:
    """A tree without end is damaged or empty."""
    data = pdf_of([page_of("")]).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")
    assert _read(data).read in ("yes", "damaged")


def test_a_stream_that_unpacks_to_much_is_bounded() -> None:
    """A content stream of nothing but blanks, packed a thousand to one, is no text."""
    bomb = stream_of(b"BT /F1 12 Tf 72 700 Td (x) Tj ET " + b" " * 20_000_000, packed=True)
    document = _read(pdf_of([("/MediaBox [0 0 595 842]", bomb)]))
    assert document.read in ("yes", "damaged")
    assert len(document.text) < MAX_FILE_TEXT_CHARS


def test_the_same_bytes_give_the_same_document() -> None:
    """Nothing depends on what was read before."""
    assert _read("ticket-cairo.pdf") == _read("ticket-cairo.pdf")
