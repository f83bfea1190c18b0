"""MIME trees: which part is shown, which is attached, and what is repaired."""

from __future__ import annotations

import base64

import pytest

from glassdome.core.errors import MessageTooLarge, NotAMessage
from glassdome.parse import message as message_module
from glassdome.parse import parse_message
from glassdome.values.message import Message
from tests.unit.parse.mail import mail


def _multipart(kind: str, *parts: str, boundary: str = "b") -> Message:
    body = "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"
    return parse_message(mail(f'Content-Type: multipart/{kind}; boundary="{boundary}"\n', body))


PLAIN = "Content-Type: text/plain\n\nplain words\n"
HTML = "Content-Type: text/html\n\n<p>html words</p>\n"


def test_of_alternatives_html_is_shown() -> None:
    """The HTML is what mail programs show; the other version stays for comparison."""
    message = _multipart("alternative", PLAIN, HTML)

    assert (message.text, message.other_text, message.attachments) == ("html words", "plain words", ())


def test_empty_html_gives_way() -> None:
    """HTML without words leaves the plain version."""
    message = _multipart("alternative", PLAIN, "Content-Type: text/html\n\n<p></p>\n")

    assert (message.text, message.other_text) == ("plain words", "")


def test_mixed_texts_are_all_shown() -> None:
    """Parts one after the other are one text."""
    assert _multipart("mixed", PLAIN, HTML).text == "plain words\n\nhtml words"


def test_attached_text_is_no_body() -> None:
    """A text with a name or a disposition is an attachment, with its text."""
    attached = "Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\nnote\n"
    message = _multipart("mixed", PLAIN, attached)

    assert message.text == "plain words"
    assert [(a.filename, a.text, a.inline) for a in message.attachments] == [("a.txt", "note", False)]


def test_boundary_that_begins_another() -> None:
    """A longer boundary that begins with the outer one is not the outer one."""
    inner = f'Content-Type: multipart/alternative; boundary="bb"\n\n--bb\n{PLAIN}\n--bb\n{HTML}\n--bb--\n'

    assert _multipart("mixed", inner, PLAIN).text == "html words\n\nplain words"


def test_missing_end() -> None:
    """Without a closing boundary the last part runs to the end."""
    message = parse_message(mail("Content-Type: multipart/mixed; boundary=b\n", f"--b\n{PLAIN}"))

    assert (message.text, [d.what for d in message.defects]) == ("plain words", ["no_closing_boundary"])


def test_missing_boundary_parameter() -> None:
    """A boundary that is not declared is read off the first line that has one."""
    message = parse_message(mail("Content-Type: multipart/mixed\n", f"--zz\n{PLAIN}\n--zz--\n"))

    assert message.text == "plain words"


def test_no_boundary_at_all() -> None:
    """A multipart without parts is its own text."""
    assert parse_message(mail("Content-Type: multipart/mixed; boundary=b\n", "just text")).text == "just text"


def test_forwarded_message() -> None:
    """A forwarded message is an attachment with its text; its links and attachments are seen."""
    inner = (
        "Content-Type: message/rfc822\n\nFrom: Eve <eve@x.example>\nSubject: Inner\nContent-Type: multipart/mixed;"
        f' boundary="i"\n\n--i\n{PLAIN}http://in.example/\n--i\nContent-Type: application/pdf; name=i.pdf\n\n%PDF-1\n--i--\n'
    )
    message = _multipart("mixed", PLAIN, inner)

    assert message.text == "plain words"
    assert [(a.declared_type, a.filename) for a in message.attachments] == [
        ("message/rfc822", ""),
        ("application/pdf", "i.pdf"),
    ]
    assert message.attachments[0].text.startswith("From: Eve <eve@x.example>\nSubject: Inner\n")
    assert [(x.url, x.place) for x in message.links] == [("http://in.example/", "attachment")]


@pytest.mark.parametrize(
    ("encoding", "body", "expected"),
    [
        ("quoted-printable", "Gr=C3=BC=\n=C3=9Fe =ZZ", "Grüße =ZZ"),
        ("base64", base64.b64encode("Grüße".encode()).decode().rstrip("="), "Grüße"),
        ("base64", "R3LDvMOfZQ==\nIQ==", "Grüße!"),
        ("base64", "R3LD*vMOf\x00ZQ", "Grüße"),
        ("Base64 ", "SGk=", "Hi"),
        ("x-uuencode", "begin 644 x\n%2&5L;&\\\n`\nend\n", "Hello"),
        ("8bit+", "Grüße", "Grüße"),
        ("surprise", "as it is", "as it is"),
    ],
)
def test_transfer_encodings(encoding: str, body: str, expected: str) -> None:
    """Damaged encodings give what is left of the text."""
    raw = mail(f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n", body)

    assert parse_message(raw).text == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('attachment; filename="a b.pdf"', "a b.pdf"),
        ("attachment; filename=a b.pdf", "a b.pdf"),
        ("attachment; filename*=utf-8''%E2%82%AC.pdf", "€.pdf"),
        ("attachment; filename*0*=iso-8859-1''%A4; filename*1=x; filename*2*=%2Epdf", "¤x.pdf"),
        ('attachment; filename="=?utf-8?q?=E2=82=AC.pdf?="', "€.pdf"),
        ('attachment; FileName="a\\"b.exe"; filename="c"', 'a"b.exe'),
        ('attachment; filename="unclosed.pdf', "unclosed.pdf"),
    ],
)
def test_file_names(field: str, expected: str) -> None:
    """File names are read in every way they are written (RFC 2183, RFC 2231, RFC 2047)."""
    raw = mail(f"Content-Type: application/octet-stream\nContent-Disposition: {field}\n", "x")

    assert parse_message(raw).attachments[0].filename == expected


@pytest.mark.parametrize("raw", [b"", b"\r\n \n", b"\x7fELF\0\0\x01\x02:\n", b"PK\x03\x04\0\0\0\0"])
def test_not_a_message(raw: bytes) -> None:
    """Nothing but blanks, and binary data without a field, are no message."""
    with pytest.raises(NotAMessage):
        parse_message(raw)


def test_text_without_a_header_is_read() -> None:
    """Text without any field is a message that lost its header."""
    message = parse_message(b"only some words\nand more\n")

    assert (message.text, [d.what for d in message.defects]) == (
        "only some words\nand more",
        ["not_a_header_field", "no_header"],
    )


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The size limit is exact."""
    monkeypatch.setattr(message_module, "MAX_MESSAGE_BYTES", 100)

    assert parse_message(b"A: b\n\n" + b"x" * 94).size == 100
    with pytest.raises(MessageTooLarge):
        parse_message(b"A: b\n\n" + b"x" * 95)


def test_exports_with_foreign_line_ends() -> None:
    """UTF-16 exports, byte order marks, mbox lines and old line ends are undone."""
    for raw in (
        "Subject: é\n\nbody\n".encode("utf-16"),
        b"\xef\xbb\xbfSubject: \xc3\xa9\n\nbody\n",
        b"From ann@x Mon Jan  1 00:00:00 2024\nSubject: \xc3\xa9\n\nbody\n",
        b"Subject: \xc3\xa9\r\rbody\r",
    ):
        message = parse_message(raw)
        assert (message.subject, message.text) == ("é", "body")
