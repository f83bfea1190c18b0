"""The bytes of attachments are had again, wherever parsing found them."""

from __future__ import annotations

from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest

from glassdome.parse import contents, parse_message

MAILS = sorted((Path(__file__).parents[2] / "data" / "mail").rglob("*.eml"))
UU = b"begin 644 note.bin\n#0V%T\n`\nend\n"


def _inner(name: str, data: bytes) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "bo@hafen.example", "Bill"
    mail.set_content("Here it is.")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail


@pytest.mark.parametrize("raw", [path.read_bytes() for path in MAILS], ids=[path.name for path in MAILS])
def test_every_attachment_of_the_samples_is_had_again(raw: bytes) -> None:
    wanted = {item.sha256: item.size for item in parse_message(raw).attachments if item.size}
    found = contents(raw, frozenset(wanted))
    assert {name: len(data) for name, data in found.items()} == wanted


def test_files_of_a_mail_in_a_mail_and_in_a_text_are_had() -> None:
    mail = _inner("a.bin", b"\x01one")
    mail.add_attachment(_inner("b.bin", b"\x01two"))
    mail.add_attachment(bytes(_inner("c.bin", b"\x01three")), maintype="application", subtype="x-q", filename="x.eml")
    wanted = {sha256(data).hexdigest(): data for data in (b"\x01one", b"\x01two", b"\x01three")}
    assert contents(bytes(mail), frozenset(wanted)) == wanted
    raw = b"From: bo@hafen.example\nSubject: Note\n\nLook:\n" + UU
    [item] = parse_message(raw).attachments
    assert contents(raw, frozenset({item.sha256})) == {item.sha256: b"Cat"}


def test_only_what_is_wanted_is_returned() -> None:
    raw = bytes(_inner("a.bin", b"one"))
    assert contents(raw, frozenset()) == {}
    assert contents(raw, frozenset({"0" * 64})) == {}
