"""Composing: nothing a caller passes can become a header of its own."""

import email
import email.policy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassdome.core.errors import GlassdomeError, InputError, InvalidAddress
from glassdome.core.limits import MAX_REFERENCES
from glassdome.integrations.smtp.addresses import envelope_address, needs_smtputf8
from glassdome.integrations.smtp.compose import compose, envelope_of, new_message_id
from glassdome.parse import parse_message
from glassdome.values.message import Address
from glassdome.values.outgoing import OutgoingFile, OutgoingMessage

ID = "<1@example.test>"


def message(**changes: Any) -> OutgoingMessage:
    """A plain message with some attributes changed."""
    given_by_default: dict[str, Any] = {
        "sender": Address(addr="a@example.test"),
        "to": (Address(addr="b@example.test"),),
        "message_id": ID,
        "date": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    }
    return OutgoingMessage(**(given_by_default | changes))


def read(raw: bytes) -> Any:
    """Parse as a receiver does."""
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_plain_message() -> None:
    """The fields are there, in 7 bits, with CRLF."""
    raw = compose(message(subject="Hi", text="One\nTwo\n"))
    seen = read(raw)
    assert (seen["message-id"], seen["date"], seen["to"]) == (ID, "Fri, 02 Jan 2026 03:04:05 +0000", "b@example.test")
    assert seen.get_content().splitlines() == ["One", "Two"]
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_bcc_is_in_the_envelope_only() -> None:
    """Only hidden recipients: the message says so without naming one."""
    made = message(to=(), bcc=(Address(addr="secret@example.test"),))
    assert envelope_of(made).recipients == ("secret@example.test",)
    raw = compose(made)
    assert b"secret" not in raw
    assert b"undisclosed-recipients" in raw


def test_each_recipient_once() -> None:
    """Somebody in To and Cc gets one copy."""
    twice = Address(addr="B@example.test")
    assert envelope_of(message(to=(twice,), cc=(twice,))).recipients == ("B@example.test",)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "x\r\nBcc: victim@example.test"},
        {"subject": "x\u2028y"},
        {"sender": Address(name="x\nBcc: y", addr="a@example.test")},
        {"auto_submitted": "auto-generated\r\nX: y"},
        {"headers": (("X-A", "b\r\nX-C: d"),)},
        {"headers": (("X-A\r\nBcc", "d"),)},
        {"headers": (("Bcc", "d@example.test"),)},
        {"headers": (("from", "boss@example.test"),)},
        {"message_id": "no-brackets@example.test"},
        {"message_id": "<a b@example.test>"},
        {"in_reply_to": "<a@b>\r\nX: y"},
        {"in_reply_to": ID, "references": ("<a@b> <c@d>",)},
        {"files": (OutgoingFile(filename="a\r\nX: y", content=b""),)},
        {"files": (OutgoingFile(filename="a", content=b"", content_type="text/plain\r\nX: y"),)},
        {"html": "<p>", "files": (OutgoingFile(filename="a", content=b"", content_id="x>\r\nX: y"),)},
    ],
)
def test_injection_is_refused(changes: dict[str, Any]) -> None:
    """Line breaks and fields that are not the caller's end in a clear refusal."""
    with pytest.raises(InputError):
        compose(message(**changes))


@pytest.mark.parametrize(
    "addr", ["", "a", "a@b", "a b@c.test", "a@b.test, c@d.test", "a@b.test>", "<a@b.test>", "a..b@c.test"]
)
def test_what_is_no_address(addr: str) -> None:
    """Anywhere in a message."""
    with pytest.raises(InvalidAddress):
        compose(message(to=(Address(addr=addr),)))
    with pytest.raises(InvalidAddress):
        envelope_of(message(to=(Address(addr=addr),)))


def test_no_recipient_at_all() -> None:
    """A mail to nobody is refused."""
    with pytest.raises(InputError, match="no recipient"):
        envelope_of(message(to=()))


def test_long_references_stay_readable() -> None:
    """Ids are never encoded or cut, and a long thread keeps its first and its last messages."""
    ids = tuple(f"<{'x' * 150}{n}@example.test>" for n in range(MAX_REFERENCES + 50))
    seen = read(compose(message(in_reply_to=ids[-1], references=ids[:-1])))["references"].split()
    assert (len(seen), seen[0], seen[-1]) == (MAX_REFERENCES, ids[0], ids[-1])


def test_international_domain_and_local_part() -> None:
    """The domain becomes ASCII; a local part stays, in a message that needs SMTPUTF8."""
    assert envelope_address("info@Bücher.example") == "info@xn--bcher-kva.example"
    assert needs_smtputf8(envelope_address("jürgen@example.test"))
    assert "jürgen@example.test".encode() in compose(message(to=(Address(addr="jürgen@example.test"),)))


def test_attached_mail_is_opaque() -> None:
    """A message/rfc822 attachment is sent as bytes, whatever is in it."""
    file = OutgoingFile(filename="a.eml", content=b"\xff\x00Subject: x\r\n\r\n", content_type="message/rfc822")
    part = next(read(compose(message(files=(file,)))).iter_attachments())
    assert (part.get_content_type(), part.get_content()) == ("application/octet-stream", file.content)


def test_message_ids_differ() -> None:
    """Each has the form of RFC 5322."""
    first, second = new_message_id("example.test"), new_message_id("example.test")
    assert first != second
    compose(message(message_id=first))


_text = st.text(max_size=200)


@given(subject=_text, name=_text, body=_text, html=_text, filename=_text, content=st.binary(max_size=200))
def test_anything_comes_back_as_it_was_or_is_refused(
    subject: str, name: str, body: str, html: str, filename: str, content: bytes
) -> None:
    """No text breaks out of its place: there is no header but ours, and subject and file survive."""
    try:
        raw = compose(
            message(
                sender=Address(name=name, addr="a@example.test"),
                subject=subject,
                text=body,
                html=html,
                files=(OutgoingFile(filename=filename, content=content),),
            )
        )
    except GlassdomeError:
        return
    seen = email.message_from_bytes(raw)
    assert {key.lower() for key in seen} == {
        "from", "to", "subject", "date", "message-id", "mime-version", "content-type",
    }  # fmt: skip
    assert [p.get_payload(decode=True) for p in seen.walk() if p.get_content_disposition() == "attachment"] == [content]
    assert raw.isascii()


@pytest.mark.parametrize(
    "subject",
    [
        "Größe 😁 € 1,234,567",
        "Prüfung der Länge " * 25 + "Ende",
        "=?utf-8?Q?x?= test",
        "two  blanks   and more " + "word " * 40 + "end",
        " blanks around ",
        "x" * 1500,
        "日本語の件名" * 60,
        "",
    ],
    ids=["emoji", "long", "encoded_word", "blanks", "around", "no_blank", "japanese", "none"],
)
def test_a_subject_arrives_as_it_was_typed(subject: str) -> None:
    """Whatever its length and script; nobody decodes what a person typed; no line is too long."""
    raw = compose(message(subject=subject))
    lines = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")

    assert parse_message(raw).subject == subject.strip()
    assert (read(raw)["subject"] or "").strip() == subject.strip()
    assert max(map(len, lines)) <= 78


@pytest.mark.parametrize(
    "name",
    [
        'Doe, "JJ" Jane',
        "Müller, Jürgen (Vertrieb)",
        "bob@other.example via X",
        "=?utf-8?Q?x?=",
        "Ann <ann@other.example>",
        "back\\slash",
        "Ü" * 120,
    ],
)
def test_a_display_name_stays_one_name(name: str) -> None:
    """It survives, and the field has one address, that of the recipient."""
    raw = compose(message(to=(Address(name=name, addr="j@example.test"), Address(addr="k@example.test"))))

    assert [(a.name, a.addr) for a in parse_message(raw).to] == [(name, "j@example.test"), ("", "k@example.test")]
    assert [a.addr_spec for a in read(raw)["to"].addresses] == ["j@example.test", "k@example.test"]


@pytest.mark.parametrize("filename", ["Rechnung März 2026 – Kopie.pdf", 'a "b" c.pdf'])
def test_a_file_name_survives(filename: str) -> None:
    """In any script, quotes included."""
    raw = compose(message(files=(OutgoingFile(filename=filename, content=b"%PDF", content_type="application/pdf"),)))

    assert [a.filename for a in parse_message(raw).attachments] == [filename]


@pytest.mark.parametrize(
    "text", ["x" * 5000, "From here\n.\n..dots\n", "Ümlaut\n" * 300], ids=["long_line", "from_line", "umlauts"]
)
def test_text_survives(text: str) -> None:
    """No line of more than 998 octets goes out (RFC 5322 2.1.1)."""
    raw = compose(message(text=text, html=f"<p>{text}</p>"))
    plain = read(raw).get_body(("plain",)).get_content()

    assert plain.splitlines() == text.splitlines()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert "Ümlaut" not in text or "Ümlaut" in read(raw).get_body(("html",)).get_content()


def test_an_international_domain_is_ascii_in_the_field() -> None:
    """Mail programs read it so everywhere."""
    assert read(compose(message(to=(Address(addr="x@bücher.example"),))))["to"] == "x@xn--bcher-kva.example"


@pytest.mark.parametrize("where", ["subject", "text", "html"])
def test_half_a_character_is_refused(where: str) -> None:
    """A lone surrogate is told by the part that has it."""
    with pytest.raises(InputError, match="lone surrogate"):
        compose(message(**{where: "a\ud83d"}))


@given(subject=st.text(max_size=120), name=st.text(max_size=60))
def test_words_in_fields_come_back(subject: str, name: str) -> None:
    """Any accepted text is read again as it was."""
    try:
        raw = compose(message(subject=subject, to=(Address(name=name, addr="b@example.test"),)))
    except GlassdomeError:
        return
    seen = read(raw)
    assert (seen["subject"] or "").strip() == subject.strip()
    assert seen["to"].addresses[0].addr_spec == "b@example.test"


def test_html_alone_has_no_empty_plain_part() -> None:
    """Mail programs that prefer plain text would show nothing; images and files stay where they belong."""
    image = OutgoingFile(filename="c.png", content=b"\x89PNG", content_type="image/png", content_id="c1")
    file = OutgoingFile(filename="a.csv", content=b"a,b\n", content_type="text/csv")
    seen = read(compose(message(html='<p>Grüße <img src="cid:c1"></p>', files=(image, file))))

    assert [part.get_content_type() for part in seen.walk()] == [
        "multipart/mixed",
        "multipart/related",
        "text/html",
        "image/png",
        "text/csv",
    ]
    assert "Grüße" in seen.get_body(("html",)).get_content()
    assert read(compose(message(html="<p>x</p>"))).get_content_type() == "text/html"
