"""Fuzz: whatever the bytes, parse raises nothing but its two errors and keeps every bound."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glassdome.core.errors import MessageTooLarge, NotAMessage
from glassdome.parse import parse_message
from glassdome.parse.charset import decode
from glassdome.parse.encoded_words import decode_words
from glassdome.parse.html import read_html
from glassdome.parse.plain import clean, strip_invisible
from glassdome.parse.reply import new_text
from glassdome.parse.state import ParseState
from glassdome.parse.url import host_of, normal_url
from tests.unit.parse.invariants import check

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "data" / "mail").glob("*.eml"))]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_FIELDS = st.sampled_from(
    ["From", "To", "Subject", "Date", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID",
     "References", "Received", "Return-Path", "Authentication-Results", "X-Spamd-Result", "List-Unsubscribe"]
)  # fmt: skip
_VALUES = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            "text/html; charset=utf-7",
            "text/plain; charset=utf-16",
            "multipart/mixed; boundary=b",
            "message/rfc822",
            "multipart/alternative; boundary=b",
            "multipart/digest; boundary=b",
            "application/zip",
            "base64",
            "image/png",
            "quoted-printable",
            "x-uuencode",
            "attachment; filename*0*=utf-8''%FF; filename*1=x",
            "=?utf-8?b?/w==?= <a@b>",
            "mx.example; dmarc=pass header.from=x",
            "default: False [1 / 2]; A(1)[]",
            "from a by mx.example; x",
        ]
    ),
)
_TOKENS = st.sampled_from(
    [b"\n", b"\r\n", b"\n\n", b"--b\n", b"--b--\n", b"--b", b"<div style='display:none'>", b"</div>", b"<a href=//x>",
     b"<table><tr><td>", b"<blockquote>", b"<style>.a{color:#fff}</style>", b"=C3=", b"\xff\xfe", b"\xe2\x80\x8b", b"PK\x03\x04",
     b"begin 644 x\n", b"%PDF-1.4 /URI (", b"Content-Type: message/rfc822\n\n", b"Subject: x\n", b"> ", b"wrote:\n", b"-- \n"]
)  # fmt: skip


@st.composite
def _structured(draw: st.DrawFn) -> bytes:
    """A header of likely fields and a body of likely pieces."""
    fields = draw(st.lists(st.tuples(_FIELDS, _VALUES), min_size=1, max_size=8))
    head = "".join(f"{name}: {value}\n" for name, value in fields).encode("utf-8", "surrogatepass")
    return head + b"\n" + b"".join(draw(st.lists(st.one_of(_TOKENS, st.binary(max_size=30)), max_size=40)))


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    """A valid mail with pieces replaced, doubled or cut out."""
    raw = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 8))):
        at, size = draw(st.integers(0, len(raw))), draw(st.integers(0, 40))
        piece = draw(st.one_of(st.binary(max_size=20), _TOKENS, st.just(bytes(raw[at : at + size]) * 2)))
        raw[at : at + size] = piece
    return bytes(raw)


def _parse(raw: bytes) -> None:
    with suppress(NotAMessage, MessageTooLarge):
        check(parse_message(raw, authserv_ids=frozenset({"mx.example"})))


@given(st.binary(max_size=2_000))
@QUICK
def test_random_bytes(raw: bytes) -> None:
    """Bytes without any sense."""
    _parse(raw)


@given(_structured())
@QUICK
def test_random_structure(raw: bytes) -> None:
    """Bytes that look like mail."""
    _parse(raw)


@given(_mutated())
@QUICK
def test_mutated_mail(raw: bytes) -> None:
    """Real mail, damaged."""
    _parse(raw)


@given(st.text(max_size=400))
@QUICK
def test_text_tools(text: str) -> None:
    """Every piece that takes text takes any text, and cleaning twice changes nothing."""
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert strip_invisible(strip_invisible(cleaned)[0])[1] == []
    assert len(new_text(cleaned)) <= len(cleaned)
    decode_words(text, ParseState())
    host_of(normal_url(text))


@given(st.text(alphabet=st.sampled_from("<>/=\"' adivpbtrk!-&;#0x\n\u200b"), max_size=300))
@QUICK
def test_tag_soup(html: str) -> None:
    """Any arrangement of the characters that make HTML."""
    read_html(html, ParseState())


@given(
    st.binary(max_size=300),
    st.sampled_from(
        ["", "utf-8", "us-ascii", "gb2312", "iso-2022-jp", "utf-7", "utf-16", "hz", "x", "idna", "rot13", "zlib"]
    ),
)
@QUICK
def test_charsets(data: bytes, label: str) -> None:
    """Any bytes under any label become text."""
    assert isinstance(decode(data, label, ParseState()), str)


@pytest.mark.parametrize("cut", [1, 7, 50])
def test_truncated_mail(cut: int) -> None:
    """Mail that ends anywhere."""
    for raw in SAMPLES:
        for end in range(0, len(raw), max(cut, len(raw) // 60)):
            _parse(raw[:end])
