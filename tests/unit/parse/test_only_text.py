"""The text that a person ends up reading is read, wherever it stands: named, attached, or beside an empty page."""

from __future__ import annotations

import pytest

from glassdome.parse import parse_message

WORDS = "Please buy five gift cards and send me the codes."
PLAIN = f"Content-Type: text/plain; name=x.txt\n%s\n\n{WORDS}"
HEAD = (
    "From: Max <max@example.org>\nSubject: Documents\nMIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=B\n\n"
)


def _mail(*parts: str, kind: str = "mixed") -> bytes:
    return (HEAD.format(kind=kind) + "".join(f"--B\n{part}\n" for part in parts) + "--B--\n").encode()


@pytest.mark.parametrize(
    "raw",
    [
        _mail(PLAIN % "Content-Disposition: attachment; filename=x.txt"),
        _mail(f"Content-Type: text/plain\nContent-Disposition: attachment\n\n{WORDS}"),
        _mail(f"Content-Type: text/html\nContent-Disposition: attachment; filename=x.html\n\n<p>{WORDS}</p>"),
        _mail("Content-Type: text/html\n\n<p>&nbsp;</p><br>", PLAIN % "X-A: b"),
        _mail("Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPHA+Jm5ic3A7PC9wPg==", PLAIN % "X-A: b"),
    ],
)
def test_the_only_words(raw: bytes) -> None:
    """A text file is opened if nothing else can be read."""
    message = parse_message(raw)

    assert message.text == WORDS


def test_a_named_text_that_is_said_to_be_shown() -> None:
    """RFC 2183 2.1: `inline` is displayed with the message; it is a file too."""
    message = parse_message(
        _mail("Content-Type: text/plain\n\nHi Bob,", PLAIN % "Content-Disposition: inline; filename=x.txt")
    )

    assert message.text == f"Hi Bob,\n\n{WORDS}"
    assert [item.filename for item in message.attachments] == ["x.txt"]


def test_a_file_beside_words_is_no_text() -> None:
    """A text file that is only attached is none of the sender's words."""
    message = parse_message(_mail("Content-Type: text/plain\n\nHi Bob,", PLAIN % "Content-Disposition: attachment"))

    assert message.text == "Hi Bob,"


def test_a_calendar_without_an_event() -> None:
    """A part that calls itself a calendar and holds plain words shows them."""
    raw = f"From: a@example.org\nContent-Type: text/calendar\n\n{WORDS}\n"

    assert parse_message(raw.encode()).text == WORDS
