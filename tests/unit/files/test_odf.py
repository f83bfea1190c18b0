"""OpenDocument texts, spreadsheets and presentations."""

from __future__ import annotations

import time

from tests.unit.files.made import read_bytes, sample, words_of, zipped

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
TEXT = "application/vnd.oasis.opendocument.text"


def _odf(kind: str, content: str, **members: str) -> bytes:
    named = {name.replace("__", "/"): text for name, text in members.items()}
    return zipped({"mimetype": kind, "content.xml": content, **named})


def test_words_of_a_text_by_an_office_program() -> None:
    """Header, body, table, note and comment are read; deleted words are not, and hidden ones are told apart."""
    found = sample("office/letter.odt")
    text = words_of(found)

    for words in ("header words", "VAT DE811907980", "insertedword", "textboxword", "Paper\t700.00", "footnoteword"):
        assert words in text
    assert "deletedword" not in text + words_of(found, seen=False)
    assert words_of(found, seen=False) == "hiddenword"
    assert "commentword" in words_of(found, "comment")
    assert [(link.url, link.shown) for link in found.links] == [
        ("https://pay.kesselring.example/login", "the customer page")
    ]


def test_cells_of_a_spreadsheet_by_an_office_program() -> None:
    """Cells stand in lines, dates in ISO, sums with their currency; a hidden sheet is not seen."""
    found = sample("office/orders.ods")

    assert "Envelopes & paper\t2025-03-04\t1842.50 EUR" in words_of(found, "sheet Orders")
    assert "hiddensheetword" in words_of(found, "sheet Secret", seen=False)
    assert [fact.value for fact in found.facts if fact.type == "sheet"] == ["Orders", "Secret"]
    assert found.links[0].shown == "portalword"


def test_slides_of_a_presentation_by_an_office_program() -> None:
    """Each slide is a place, with its notes."""
    found = sample("office/deck.odp")

    assert "notesword" in words_of(found, "slide 1")
    assert "18 March 2025" in words_of(found, "slide 2")
    assert "hiddenslideword" in words_of(found, "slide 3", seen=False)


def test_blanks_that_set_out_the_file_are_no_words() -> None:
    """A program may indent its XML: blanks between paragraphs say nothing, and those within one are one blank."""
    row = "<table-row>\n  <table-cell>\n    <p>Rent</p>\n  </table-cell>\n  <table-cell>\n <p>950\n   EUR</p></table-cell>\n</table-row>"
    found = read_bytes(
        _odf(TEXT, f"<document>\n <body>\n  <table>\n {row}\n </table>\n <p>a<span> </span>b</p> </body></document>")
    )

    assert words_of(found) == "Rent\t950 EUR\na b"


def test_an_encrypted_text_says_so() -> None:
    """A manifest that names encryption makes the document encrypted."""
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    found = read_bytes(_odf(TEXT, "noise", **{"META-INF__manifest.xml": manifest}))

    assert found.encrypted
    assert found.read == "encrypted"


def test_a_basic_module_is_active() -> None:
    """A module of a Basic library runs; an empty library does not."""
    content = "<document><body><p>x</p></body></document>"

    assert read_bytes(_odf(TEXT, content, **{"Basic__Standard__Module1.xml": "<module/>"})).is_active
    assert not read_bytes(_odf(TEXT, content, **{"Basic__Standard__script-lb.xml": "<library/>"})).is_active


def test_repeated_cells_are_bounded() -> None:
    """A row of a billion repeated cells costs a few of them."""
    begin = time.perf_counter()
    cell = '<table-cell number-columns-repeated="9999999" value-type="float" value="7"><p>7</p></table-cell>'
    row = f'<table-row number-rows-repeated="9999999">{cell}</table-row>'
    found = read_bytes(_odf(SPREADSHEET, f'<body><spreadsheet><table name="S">{row * 3}</table></spreadsheet></body>'))

    assert set(words_of(found).split()) == {"7"}
    assert time.perf_counter() - begin < 1
