"""Hostile mail: every bomb ends within its bounds. Time is bounded by pytest's own limit, sizes are asserted."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zipfile
import zlib

import pytest

from glassdome.core import limits
from glassdome.parse import parse_message
from glassdome.parse.magic import true_type
from glassdome.values.message import Message
from tests.unit.parse.invariants import check
from tests.unit.parse.mail import mail


def _read(raw: bytes) -> Message:
    message = parse_message(raw)
    check(message)
    return message


def _whats(message: Message) -> set[str]:
    return {defect.what for defect in message.defects}


def _html(html: str) -> bytes:
    return mail("Content-Type: text/html; charset=utf-8\n", html)


def _zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("word/document.xml", "xl/sharedStrings.xml", "word/header1.xml"):
            archive.writestr(name, b"<w:t>" + b"A" * 40_000_000)
    return out.getvalue()


def _attached(data: bytes, name: str = "a.bin") -> bytes:
    head = f"Content-Type: application/octet-stream; name={name}\nContent-Transfer-Encoding: base64\n"
    return mail(head, base64.encodebytes(data))


def test_nested_multiparts() -> None:
    """Five thousand multiparts in one another stop at the depth limit."""
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000))

    assert "too_deep" in _whats(_read(raw + b"\nend"))


def test_nested_messages() -> None:
    """Messages in messages stop at the depth limit."""
    assert "too_deep" in _whats(_read(b"Content-Type: message/rfc822\n\n" * 5_000 + b"Subject: x\n\nend"))


def test_nested_base64_messages() -> None:
    """So do messages that are encoded at each level."""
    raw = b"Subject: inner\n\nend"
    for _ in range(30):
        raw = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(raw)

    assert "too_deep" in _whats(_read(raw))


def test_ten_thousand_parts() -> None:
    """Parts beyond the limit are not looked at."""
    body = b"--b\nContent-Type: application/x\n\nx\n" * 10_000
    message = _read(mail("Content-Type: multipart/mixed; boundary=b\n", body))

    assert "too_many_parts" in _whats(message)
    assert len(message.attachments) <= limits.MAX_ATTACHMENTS


def test_many_false_boundaries() -> None:
    """Lines that only begin like a boundary are tried a bounded number of times."""
    assert "too_many_boundaries" in _whats(
        _read(mail("Content-Type: multipart/mixed; boundary=b\n", b"\n--bx" * 500_000))
    )


def test_one_megabyte_header() -> None:
    """A header block of a megabyte is cut; the body is still found."""
    message = _read(b"X: " + b"y" * 1_000_000 + b"\nSubject: lost\n\nbody")

    assert (message.text, _whats(message)) == ("body", {"header_too_long", "header_value_too_long"})


def test_many_fields() -> None:
    """Fields beyond the limit are dropped."""
    message = _read(b"X: y\n" * 50_000 + b"\nbody")

    assert len(message.headers) == limits.MAX_HEADERS
    assert message.text == "body"


def test_many_address_fields() -> None:
    """The addresses of repeated fields share one bound."""
    message = _read((b"To: " + b"a@x.org," * 500 + b"\n") * 100 + b"\nbody")

    assert len(message.to) == limits.MAX_ADDRESSES


@pytest.mark.parametrize(
    "value",
    [
        "=?utf-8?q?" * 100_000,
        "=?utf-8?b?w6Q=?= " * 60_000,
        "=?" * 500_000,
        "(" * 500_000,
        '"' * 500_000,
        " " * 500_000 + "x",
        "<" * 500_000,
        "a@x.org," * 60_000,
        ";" * 500_000,
        "; a=" * 100_000,
        "\\" * 500_000,
        "\n " * 200_000,
        "<a@b> " * 80_000,
        ";" + " " * 60_000 + "x",
    ],
    ids=range(14),
)
def test_costly_values(value: str) -> None:
    """No field has a value that takes more than linear time."""
    names = (
        "From", "Subject", "Content-Type", "Content-Disposition", "References", "Authentication-Results",
        "Received", "X-Spamd-Result", "List-Unsubscribe", "Date", "Return-Path",
    )  # fmt: skip
    for name in names:
        _read(f"{name}: text/plain{value}\n\nbody".encode())


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "deep",
        "<b>" * 100_000 + "deep",
        "".join(f"<b a={n}>" for n in range(5_000)) + "<p>x</p>" * 5_000,
        "<p " + " ".join(f"a{n}" for n in range(60_000)) + ">x",
        "<p " + "/".join(f"a{n}" for n in range(60_000)) + ">x",
        "<p " + "".join(f"a{n}=''" for n in range(60_000)) + ">x",
        "<table><tr><td>" * 30_000 + "deep",
        "<a href='http://x.example/'>" * 20_000,
        "<blockquote>" * 50_000 + "deep",
        "<font color=red>x" * 30_000,
        "<!--" * 300_000,
        "<" * 1_000_000,
        "<a '" * 200_000,
        '<a "' * 200_000,
        "<a b='" * 200_000,
        "&amp;" * 200_000,
        "<style>" + "@a{" * 60_000 + "</style>x",
        "<style>" + "@" * 190_000 + "</style>x",
        "<style>" + "a" * 190_000 + "</style>x",
        "<style>" + ".a{color:red}" * 15_000 + "</style><p class='" + "a " * 1_000 + "'>x",
        "<p style='" + "a:b;" * 100_000 + "'>x",
        "x\u200by" * 150_000,
        "\u202ex" * 200_000,
        "a" * 1_400_000,
        " " * 1_400_000 + "x",
        "http://x.example/" + ")" * 500_000,
        "http://" * 150_000,
        "> " * 400_000,
        "> \n" * 300_000,
        "On 1/1/2024 a wrote:\n" * 30_000,
        "From: a\nTo: b\n" * 30_000,
    ],
    ids=range(31),
)
def test_costly_bodies(html: str) -> None:
    """No body, as HTML or as plain text, takes more than about linear time."""
    _read(_html(html))
    _read(mail("Content-Type: text/plain; charset=utf-8\n", html))


def test_text_behind_hostile_html_is_still_read() -> None:
    """HTML that may not be parsed is read without structure, so nesting hides neither words nor links."""
    message = _read(_html("<div>" * 5_000 + 'pay <a href="https://evil.example/">here</a>'))

    assert message.text == "pay here"
    assert [x.host for x in message.links] == ["evil.example"]
    assert "hostile_html" in _whats(message)


@pytest.mark.parametrize(
    "data",
    [
        _zip_bomb(),
        gzip.compress(gzip.compress(b"\0" * 100_000_000)),
        gzip.compress(b"\0" * 100_000_000),
        b"PK\x03\x04" * 500_000,
        b"PK\x03\x04" + b"\0" * 26 + b"PK\x05\x06" + b"\0" * 8 + struct.pack("<IIH", 0xFFFFFFFF, 0, 0),
        b"PK\x03\x04" + b"PK\x06\x07" + b"\0" * 16 + b"PK\x05\x06" + b"\0" * 18,
        b"Rar!\x1a\x07\x00" + b"\0" * 500_000,
        b"Rar!\x1a\x07\x01\x00" + b"\xff" * 500_000,
        b"%PDF-1.7" + (b"/ObjStm/FlateDecode stream\n" + zlib.compress(b"\0" * 1_000_000)) * 300,
        b"%PDF-1.7" + b"/URI (" * 300_000,
        b"%PDF-1.7" + b"/URI ((" * 300_000,
        b"\0" * 257 + b"ustar" + b"\0" * 500_000,
        b"<svg " + b"a" * 1_000_000,
        b"BZh91AY&SY" + b"\0" * 1_000,
        b"\xfd7zXZ\x00" + b"\0" * 1_000,
    ],
    ids=range(15),
)
def test_costly_attachments(data: bytes) -> None:
    """Bombs are unpacked no further than the budget; damaged files are only listed."""
    _read(_attached(data))
    _read(_attached(data, "a.html"))


def test_a_bomb_is_unpacked_within_one_budget() -> None:
    """Several bombs in one message share the budget."""
    bomb = base64.encodebytes(_zip_bomb()).decode()
    part = f"--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n{bomb}\n"
    message = _read(mail("Content-Type: multipart/mixed; boundary=b\n", part * 20))

    assert all(len(a.text) <= limits.MAX_ATTACHMENT_TEXT_CHARS for a in message.attachments)


def test_many_large_pages() -> None:
    """All HTML of a message shares one budget."""
    part = "--b\nContent-Type: text/html\n\n" + "<p>word</p>" * 20_000 + "\n"

    assert "text_too_long" in _whats(_read(mail("Content-Type: multipart/mixed; boundary=b\n", part * 50)))


def test_a_run_of_comments_is_no_puzzle() -> None:
    """Comments in front of nothing were tried in every partition: 40 of them took for ever."""
    assert true_type(b"<!--a-->" * 500) == "text/plain"
    assert true_type(b"<!-- a - b -- c > d --> <!--x--><html>") == "text/html"
