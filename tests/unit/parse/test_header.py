"""Header fields: order, folding, encoded words, raw bytes, dates, thread references."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from glassdome.parse import parse_message
from glassdome.parse.date import parse_date
from glassdome.parse.encoded_words import decode_words
from glassdome.parse.state import ParseState
from tests.unit.parse.mail import mail


def test_repeated_fields_keep_their_order() -> None:
    """Received chains are read top to bottom, so every field stays where it was."""
    message = parse_message(b"Received: one\nX-A: 1\nreceived: two\nX-A: 2\n\n")

    assert [(h.name, h.value) for h in message.headers] == [
        ("Received", "one"),
        ("X-A", "1"),
        ("received", "two"),
        ("X-A", "2"),
    ]
    assert message.header_all("RECEIVED") == ("one", "two")


def test_folded_values_are_unfolded() -> None:
    """A fold is a line break before white space (RFC 5322 2.2.3), with either line end."""
    message = parse_message(b"Subject: one\r\n two\r\n\tthree\r\nX: y\r\n\r\n")

    assert message.subject == "one two three"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?= rest", "Grüße rest"),
        ("=?utf-8?b?R3LD?= =?utf-8?b?vMOfZQ?=", "Grüße"),
        ("=?iso-8859-1?q?=A4?= =?iso-8859-15?q?=A4?=", "¤€"),
        ("=?utf-8?q?with space inside?=", "with space inside"),
        ("=?utf-8*de?q?Sprache?=", "Sprache"),
        ("=?nonsense?q?plain?=", "plain"),
        ("=?utf-8?b?!!!?=", ""),
        ("=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        ("a =?utf-8?q?b?=c", "a bc"),
        ("=?koi8-r?B?8NLJ18XU?=", "Привет"),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("=?utf-8?q?a=00=07b=0D=0Ac?=", "a b c"),
    ],
)
def test_encoded_words(raw: str, expected: str) -> None:
    """Encoded words are decoded, the broken ones as far as they go, and never bring control characters."""
    assert decode_words(raw, ParseState()) == expected


def test_raw_8bit_values() -> None:
    """Unencoded bytes are read as UTF-8 where they are, else as windows-1252, each field on its own."""
    message = parse_message("Subject: Grüße\n".encode() + "X: Grüße\n\n".encode("latin-1"))

    assert (message.subject, message.header("X")) == ("Grüße", "Grüße")
    assert [d.what for d in message.defects] == ["raw_8bit_header"]


def test_half_a_character_of_utf_7() -> None:
    """Half of a surrogate pair is no character, wherever it is decoded, also between encoded words."""
    half = b"+36A-"
    words = b"=?utf-8?B?" + half + b"?= =?utf-8?B?SGk=?="
    head = b"Content-Type: text/plain; charset=utf-7\r\nSubject: "
    message = parse_message(head + b"\xe9 " + words + b"\r\n\r\n" + half)

    (message.subject + message.text).encode("utf-8")
    assert "Hi" in message.subject
    assert "\ufffd" in message.text


def test_garbage_between_fields_is_skipped() -> None:
    """A line that is no field, as broken folding leaves behind, does not end the header."""
    message = parse_message(b"Subject: a\nunfolded rest\nTo: b@example.org\n\nbody")

    assert (message.to[0].addr, message.text) == ("b@example.org", "body")


def test_missing_empty_line() -> None:
    """Text right behind the fields is the body."""
    message = parse_message(b"Subject: a\nThis is text.\nMore of it.\n\nEnd.")

    assert message.text == "This is text.\nMore of it.\n\nEnd."


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Fri, 21 Nov 1997 09:55:06 -0600", datetime(1997, 11, 21, 9, 55, 6, tzinfo=timezone(timedelta(hours=-6)))),
        ("21 Nov 97 09:55:06 GMT", datetime(1997, 11, 21, 9, 55, 6, tzinfo=UTC)),
        ("Fri, 21 Nov 1997 09:55:60 -0000", datetime(1997, 11, 21, 9, 55, 59, tzinfo=UTC)),
        ("31 Feb 2020 00:00:00 +0000", None),
        ("Mon, 1 Jan 99999 00:00:00 +9999", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("31 Dec 9999 23:59:59 -1200 (later)", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(raw: str, expected: datetime | None) -> None:
    """Dates have a zone, and what is none gives None."""
    assert parse_date(raw) == expected


def test_thread_references() -> None:
    """References name the thread, oldest first (RFC 5322 3.6.4)."""
    message = parse_message(mail("Message-ID: <c@x>\nIn-Reply-To: <b@x> (comment)\nReferences: <a@x>\n <b@x>\n"))

    assert (message.message_id, message.in_reply_to, message.references) == ("c@x", ("b@x",), ("a@x", "b@x"))
    assert message.thread_id == "a@x"
