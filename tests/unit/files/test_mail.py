"""Mail in files: forwarded, in archives, in mailboxes, in signatures, and what a delivery report returns."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassdome.files.read import read_file
from glassdome.files.source import Source
from glassdome.values.document import Document

from .made_archives import CARD, zipped

SMIME = Path(__file__).parents[2] / "data" / "files" / "smime"
NUMBER = "+44 7700 900417"


def mail(
    subject: str = "Your bill", *, body: str = "Pay at https://pay.example/x", to: str = "bob@example.net"
) -> bytes:
    """Return a mail with words and a contact attached."""
    return (
        f"From: Shop <shop@shop.example>\nTo: {to}\nSubject: {subject}\nDate: Mon, 3 Mar 2025 10:00:00 +0000\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        f'--b\nContent-Type: text/html\n\n<p>{body} <a href="https://evil.example/y">https://bank.example</a></p>\n'
        "--b\nContent-Type: text/vcard\nContent-Disposition: attachment; filename=card.vcf\n\n"
    ).encode() + (CARD + b"\n--b--\n").replace(b"\r", b"")


def read(data: bytes, name: str = "", kind: str = "") -> Document:
    """Read a file."""
    return read_file(Source(data=data, name=name, kind=kind))


def values(document: Document) -> set[str]:
    """Return the values of all facts."""
    return {fact.value for _, inner in document.within("") for fact in inner.facts}


def test_a_forwarded_mail() -> None:
    """Its claims and words have their place, its links the words they are shown as, its files are read."""
    document = read(mail(), kind="message/rfc822")
    claims, words = document.passages[:2]

    assert {passage.where for passage in document.passages} == {"forwarded mail"}
    assert claims.text.splitlines() == [
        "From: Shop <shop@shop.example>",
        "To: bob@example.net",
        "Subject: Your bill",
        "Date: Mon, 3 Mar 2025 10:00:00 +0000",
    ]
    assert words.text.startswith("Pay at https://pay.example/x")
    assert ("https://evil.example/y", "https://bank.example") in {(link.url, link.shown) for link in document.links}
    assert (document.title, document.members) == ("Your bill", ("card.vcf",))
    assert NUMBER in values(document)


def test_a_mail_in_a_mail_is_read_once() -> None:
    """The inner mail's words and files are there, each once."""
    inner = mail("Inner", body="planted inside")
    outer = (
        b"From: a@example.org\nSubject: Fwd\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\n" + inner
    )
    document = read(outer, name="outer.eml")

    assert document.text.count("planted inside") == 1
    assert [file.name for file in document.files] == ["card.vcf"]


def test_a_mail_in_an_archive() -> None:
    """It is known by its name."""
    document = read(zipped({"bill.eml": mail()}), "bills.zip")

    assert document.members == ("bill.eml", "bill.eml/card.vcf")
    assert NUMBER in values(document)


def test_a_mailbox_file() -> None:
    """Each mail of an mbox file is read."""
    line = b"From shop@shop.example Mon Mar  3 10:00:00 2025\n"
    document = read(line + mail("One") + b"\n" + line + mail("Two"), "archive.mbox")

    assert document.kind == "application/mbox"
    assert [file.document.title for file in document.files] == ["One", "Two"]


def test_what_a_report_returns_is_not_its_own() -> None:
    """A bounce that is attached has its own words; the mail that came back is none of its claims."""
    bounce = (
        b"From: MAILER-DAEMON@mx.example\nTo: a@example.org\nSubject: Undelivered\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n"
        b"--r\nContent-Type: text/plain\n\nYour mail could not be delivered.\n"
        b"--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        b"Final-Recipient: rfc822; x@example.net\nAction: failed\nStatus: 5.1.1\n\n"
        b"--r\nContent-Type: message/rfc822\n\n" + mail("Returned", body="planted claim") + b"\n--r--\n"
    )
    document = read(bounce, "bounce.eml")

    assert "could not be delivered" in document.text
    assert "planted claim" not in document.text
    assert (document.files, document.links) == ((), ())


@pytest.mark.parametrize("name", ["signed.p7m", "streamed.p7m"])
def test_a_signed_mail(name: str) -> None:
    """The mail inside an opaque signature is read, its files and links too."""
    document = read((SMIME / name).read_bytes(), "smime.p7m")
    _, inner = list(document.within(""))[1]

    assert NUMBER in values(document)
    assert "planted words" in inner.text
    assert "https://signed.example/x" in {link.url for link in inner.links}
    assert document.members == ("smime.eml", "smime.eml/card.vcf")


def test_a_signed_file() -> None:
    """An invoice in a signature, as Italian ones come, is read under its own name."""
    document = read((SMIME / "fattura.xml.p7m").read_bytes(), "fattura.xml.p7m")

    assert document.members == ("fattura.xml",)
    assert "F-9" in values(document)


def test_a_sealed_mail_is_encrypted() -> None:
    """Nothing of it can be read."""
    document = read((SMIME / "sealed.p7m").read_bytes(), "smime.p7m")

    assert (document.read, document.encrypted, document.files) == ("encrypted", True, ())


def test_a_signature_alone_holds_nothing() -> None:
    """A detached signature is read and has no words; damage is told."""
    data = (SMIME / "detached.p7s").read_bytes()

    assert (read(data, kind="application/pkcs7-mime").read, read(data, kind="application/pkcs7-mime").files) == (
        "yes",
        (),
    )
    assert read(data[:1], kind="application/pkcs7-mime").read == "damaged"


def test_no_mail_is_damaged() -> None:
    """Words under the name of a mail are none."""
    assert read(b"Hello, these are mere words.", "words.eml").read == "damaged"


def test_mail_in_mail_is_bounded() -> None:
    """Fifty levels end."""
    data = mail()
    for _ in range(50):
        data = b"Subject: x\nContent-Type: message/rfc822\n\n" + data

    assert len(read(data, "deep.eml").text) <= 200_000
