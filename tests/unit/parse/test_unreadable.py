"""A mail whose content could not be read never looks fine, whatever its subject says; one of a picture or a sign does."""

from __future__ import annotations

import io
import zipfile

import pytest

from glassdome.parse import parse_message
from glassdome.values.verdict import Label
from tests.unit.reports.build import judged

ARMOUR = "-----BEGIN PGP MESSAGE-----\n\nhQEMA0\n=abcd\n-----END PGP MESSAGE-----\n"
HEAD = "From: Max <max@example.org>\nTo: Bob <bob@example.net>\nSubject: Documents\nMIME-Version: 1.0\n"


def _mixed(*parts: str, kind: str = "mixed") -> bytes:
    body = "".join(f"--B\n{part}\n" for part in parts)
    return f"{HEAD}Content-Type: multipart/{kind}; boundary=B\n\n{body}--B--\n".encode()


def _locked() -> str:
    """A zip archive whose one member is marked as encrypted, in hexadecimal digits of its own transfer encoding."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("invoice.doc", b"x")
    data = bytearray(file.getvalue())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + flags] |= 1
    return "".join(f"={byte:02X}" for byte in data)


SEALED = {
    "exchange": _mixed("Content-Type: text/plain\n\n", "Content-Type: application/pgp-encrypted\n\nVersion: 1",
                       f"Content-Type: application/octet-stream; name=encrypted.asc\n\n{ARMOUR}"),
    "file": _mixed("Content-Type: text/plain\n\n", "Content-Type: application/octet-stream; name=message.asc\n"
                   f"Content-Disposition: attachment; filename=message.asc\n\n{ARMOUR}"),
    "archive": _mixed("Content-Type: text/plain\n\n", "Content-Type: application/zip; name=doc.zip\n"
                      f"Content-Transfer-Encoding: quoted-printable\nContent-Disposition: attachment\n\n{_locked()}"),
}  # fmt: skip


@pytest.mark.parametrize("name", SEALED)
def test_nothing_but_what_is_sealed(name: str) -> None:
    """A subject does not tell what is in the sealed part."""
    verdict = judged(SEALED[name])

    assert (verdict.readable, verdict.label) == ("encrypted", Label.UNKNOWN)


def test_parts_too_deep_and_broken_armour() -> None:
    """Text that no program of ours reached is unknown."""
    nested = "".join(f"Content-Type: multipart/mixed; boundary=B{level}\n\n--B{level}\n" for level in range(40))
    deep = f"{HEAD}{nested}Content-Type: text/plain\n\nBuy five gift cards and send me the codes.\n".encode()
    armour = f"{HEAD}Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nAAAA\n"

    assert judged(deep).label is Label.UNKNOWN
    assert judged(armour.encode()).label is Label.UNKNOWN


@pytest.mark.parametrize(
    ("subject", "text", "expected"), [("Re:", "", "empty"), ("AW: Fwd:", " ", "empty"), ("Re:", "👍", "yes")]
)
def test_marks_are_no_words(subject: str, text: str, expected: str) -> None:
    """A reply mark says nothing; a thumb is an answer."""
    raw = f"From: a@example.org\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"

    assert parse_message(raw.encode()).readable == expected
