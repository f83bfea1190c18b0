"""Every label of the WHATWG Encoding Standard is read as its index says; ISO-2022 and raw headers as mail programs do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glassdome.parse import parse_message
from glassdome.parse.charset import decode
from glassdome.parse.codecs_of_mail import decode_as
from glassdome.parse.state import ParseState
from tests.unit.parse.mail import mail, parse_text

STANDARD: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "charsets" / "whatwg.json").read_text(encoding="utf-8")
)
LABELS = [(name, label) for name, labels in STANDARD["labels"].items() for label in labels.split()]
#: Text of each encoding that is not Latin, as Python's own codec writes it.
SAMPLES = {
    "UTF-8": ("Grüße, привет", "utf-8"),
    "Big5": ("請查收附件", "big5"),
    "EUC-KR": ("결제 안내 드립니다", "euc-kr"),
    "EUC-JP": ("来週の会議", "euc-jp"),
    "GBK": ("发票已开具，请查收", "gbk"),
    "gb18030": ("发票已开具，请查收", "gb18030"),
    "ISO-2022-JP": ("来週の会議", "iso-2022-jp"),
    "Shift_JIS": ("来週の会議", "cp932"),
    "UTF-16BE": ("Grüße", "utf-16-be"),
    "UTF-16LE": ("Grüße", "utf-16-le"),
}
#: The standard reads nothing under these, for the safety of pages; mail has real text under some.
NOT_READ = frozenset({"replacement", "x-user-defined"})


@pytest.mark.parametrize(("name", "label"), [pair for pair in LABELS if pair[0] not in NOT_READ])
def test_every_label(name: str, label: str) -> None:
    """In any case and with blanks around it; single-byte text has a letter in three of its own alphabet."""
    if name in SAMPLES:
        text, codec = SAMPLES[name]
        data = text.encode(codec)
    else:
        codes = [code for code, char in enumerate(STANDARD["single"][name], 0x80) if char.isalpha()][-12:]
        text = "".join(f"abcd {STANDARD['single'][name][code - 0x80]} " for code in codes).strip()
        data = b"".join(b"abcd " + bytes([code]) + b" " for code in codes).strip()

    for written in (label, f" {label.upper()}\t"):
        assert decode(data, written, ParseState()) == text


@pytest.mark.parametrize("name", STANDARD["single"])
def test_single_byte_indexes(name: str) -> None:
    """All 128 upper codes; what the index leaves out is replaced."""
    codec = {"KOI8-U": "koi8-u", "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "IBM866": "cp866"}.get(
        name, name.lower().replace("windows-", "cp").replace("-8-i", "-8")
    )

    assert decode_as(bytes(range(0x80, 0x100)), codec, strict=False) == STANDARD["single"][name]


def _pairs(name: str) -> Iterator[bytes]:
    """The codes of an index, in the order of its pointers."""
    if name in ("EUC-JP", "ISO-2022-JP"):
        base, escape = (0xA1, (b"", b"")) if name == "EUC-JP" else (0x21, (b"\x1b$B", b"\x1b(B"))
        yield from (escape[0] + bytes([base + p // 94, base + p % 94]) + escape[1] for p in range(94 * 94))
        return
    width, low, gap, high = {
        "Big5": (157, 0x40, 0x3F, 0x62),
        "EUC-KR": (190, 0x41, 190, 0x41),
        "Shift_JIS": (188, 0x40, 0x3F, 0x41),
    }.get(name, (190, 0x40, 0x3F, 0x41))
    for pointer in range(126 * width if name != "Shift_JIS" else 60 * width):
        lead, trail = divmod(pointer, width)
        first = lead + (0x81 if name != "Shift_JIS" or lead < 0x1F else 0xC1)
        second = trail + (low if trail < gap else high)
        if first <= 0xFE and second <= 0xFE:
            yield bytes([first, second])


@pytest.mark.parametrize("name", STANDARD["double"])
def test_double_byte_indexes(name: str) -> None:
    """Each code that the index has is its character, ETEN, HKSCS, NEC and IBM rows among them."""
    codec = {"EUC-KR": "cp949", "GBK": "gb18030", "Shift_JIS": "cp932"}.get(name, name.lower())
    found = [decode_as(pair, codec, strict=False) for pair in _pairs(name)]
    private = range(0xE000, 0xE758) if name == "Shift_JIS" else range(0)  # user-defined, in no index
    index = [char for char in found if len(char) == 1 and char != "\ufffd" and ord(char) not in private]

    assert hashlib.sha256("".join(index).encode()).hexdigest() == STANDARD["double"][name]


@pytest.mark.parametrize(
    ("raw", "label", "text"),
    [
        (b'\x1b$B-!-"\x1b(B', "iso-2022-jp", "①②"),
        (b"\x1b$By!\x1b(B", "iso-2022-jp", "纊"),
        (b"\x1b(I123\x1b(B abc", "ISO-2022-JP-MS", "ｱｲｳ abc"),
        (b"\x1b(J\\100~\x1b(B\\", "iso-2022-jp", "¥100‾\\"),
        (b"\x1b$B$3\n$s\x1b(B", "iso-2022-jp", "こ\nん"),
        (b"a \x0e123\x0f b", "cp50222", "a ｱｲｳ b"),
        (b"\x1b$(D0!\x1b(B", "iso-2022-jp-1", "丂"),
        (b"\x1b$)C\x0e0aA&\x0f!", "iso-2022-kr", "결제!"),
        (b'\x1b$)A\x0e7"F1\x0f!', "iso-2022-cn", "发票!"),
        (b'~{7"F1~}!', "hz-gb-2312", "发票!"),
        (b"Hi +JjoAIQ-", "utf-7", "Hi ☺!"),
        ("碁".encode("cp950"), "big5", "碁"),
        (b"\xfb\x48", "Big5-HKSCS", "嘅"),
        (b"\xa3\xe1 \xa2\x41", "big5", "€ ∕"),
        (b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "gb2312", "Grüße"),
        ("Привет".encode("cp1251"), "win-1251", "Привет"),
        ("Őszi ősz".encode("iso-8859-2"), "iso-8859-2 (Latin 2)", "Őszi ősz"),
        ("Őszi ősz".encode("iso-8859-2"), "ISO_8859_2", "Őszi ősz"),
        ("Żółw".encode("mac_latin2"), "x-mac-ce", "Żółw"),
    ],
)
def test_as_mail_programs_read_it(raw: bytes, label: str, text: str) -> None:
    """Rows that only vendors have, shifts, and labels that only mail has."""
    assert decode(raw, label, ParseState()).replace("\ufeff", "") == text


@pytest.mark.parametrize("label", ["", "us-ascii", "utf-8", "nonsense"])
def test_japanese_in_seven_bits_without_its_label(label: str) -> None:
    """The escape sequences say it; a lone escape character says nothing."""
    assert decode(b"\x1b$BMh=5\x1b(B", label, ParseState()) == "来週"
    assert decode(b"\x1b[1m bold \x1b$B", label, ParseState()) == "\x1b[1m bold \x1b$B"


@pytest.mark.parametrize(
    ("text", "codec", "head"),
    [
        ("결제 안내 드립니다", "euc-kr", 'Content-Type: text/plain; charset="euc-kr"\n'),
        ("发票已开具请查收", "gbk", "Content-Type: text/html; charset=gb2312\n"),
        ("Счёт на оплату", "koi8-r", "Content-Type: text/plain; charset=koi8-r\n"),
        ("Счёт на оплату", "cp1251", 'Content-Type: multipart/mixed; boundary="b"\n'),
        ("來信", "big5", "Comments: =?big5?B?p0Gmbg==?=\n"),
        ("Grüße", "utf-8", "Content-Type: text/plain; charset=koi8-r\n"),
        ("Grüße", "latin-1", "Content-Type: text/plain; charset=utf-8\n"),
        ("来週の会議", "iso-2022-jp", ""),
    ],
)
def test_a_raw_subject_is_in_the_charset_of_the_body(text: str, codec: str, head: str) -> None:
    """The body's, that of the first part that names one, else that of an encoded word; UTF-8 wins over all."""
    body = "--b\nContent-Type: text/plain; charset=windows-1251\n\nx\n--b--\n" if "boundary" in head else "x\n"
    raw = mail(head, body).replace(b"Subject: Test", b"Subject: " + text.encode(codec))

    assert parse_message(raw).subject == text


def test_text_after_a_byte_order_mark_is_utf_8_whatever_the_label() -> None:
    """Encoding Standard, "decode": the mark wins."""
    assert parse_text(b"\xef\xbb\xbf" + "发票".encode(), "gbk").text == "发票"


@pytest.mark.parametrize(
    ("raw", "label", "text"),
    [
        (b"\x80 5", "gbk", "€ 5"),
        ("Hé llo wörld".encode("utf-16-be"), "utf-16", "Hé llo wörld"),
        ("Hé llo".encode("utf-16-le"), "utf-16", "Hé llo"),
        (b"plain words", "utf-16", "plain words"),
        ("こんにちは".encode(), "iso-2022-jp", "こんにちは"),
        ("こんにちは世界".encode("cp932"), "iso-2022-jp", "こんにちは世界"),
        ("Привет мир, как дела сегодня".encode("koi8-r"), "", "Привет мир, как дела сегодня"),
    ],
)
def test_labels_that_are_nearly_right(raw: bytes, label: str, text: str) -> None:
    """Byte orders without a mark, text that is not shifted at all, and a euro sign."""
    assert decode(raw, label, ParseState()) == text
