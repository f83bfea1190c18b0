"""Attachments that can do harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glassdome.values.document import Document, InnerFile
from glassdome.values.message import Attachment
from glassdome.values.signal import Outcome
from tests.unit.signals.build import found, hits, mail


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Attachment(filename="setup.exe"), "attachment_executable"),
        (Attachment(filename="post.zip", members=("a/rechnung.js",)), "attachment_executable"),
        (Attachment(filename="a.txt", true_type="application/x-dosexec"), "attachment_executable"),
        (Attachment(filename="scan.iso"), "attachment_shortcut"),
        (Attachment(filename="x.zip", members=("invoice.lnk",)), "attachment_shortcut"),
        (Attachment(filename="invoice.pdf.exe"), "attachment_double_extension"),
        (Attachment(filename="factura.pdf   .js"), "attachment_double_extension"),
        (Attachment(filename="ann\u202efdp.exe"), "attachment_rtl_name"),
        (Attachment(filename="bill.pdf", true_type="text/html"), "attachment_type_mismatch"),
        (Attachment(filename="invoice.html", text="<b>hi</b>"), "attachment_html"),
        (Attachment(filename="login.htm", text="<form action=x>"), "attachment_active_page"),
        (Attachment(filename="logo.svg", text="<svg onload=go()>"), "attachment_active_page"),
        (Attachment(filename="report.docm", has_macros=True), "attachment_macros"),
        (Attachment(filename="bill.pdf", document=Document(read="damaged", problem="time")), "attachment_unreadable"),
    ],
)
def test_each_kind_of_attachment(item: Attachment, expected: str) -> None:
    """Each trick has its signal, pointing at the attachment."""
    message = mail(attachments=(item,))
    assert expected in hits(message)
    assert found(message, expected).evidence[0].where == "attachment:0"


def test_a_file_that_could_not_be_read_is_named_with_the_reason() -> None:
    """Also one inside another; a kind that nobody reads, and a reader that is off, say nothing."""
    inner = InnerFile(name="b.pdf", document=Document(read="damaged", problem="damaged: ValueError"))
    message = mail(attachments=(Attachment(filename="a.zip", document=Document(files=(inner,))),))
    assert found(message, "attachment_unreadable").evidence[0].quote == "a.zip: b.pdf: it is damaged"
    silent = [Document(read="unsupported", problem=problem) for problem in ("", "off")]
    items = tuple(Attachment(filename="a.bin", document=document) for document in silent)
    assert "attachment_unreadable" not in hits(mail(attachments=items))


@pytest.mark.parametrize(
    "item",
    [
        Attachment(filename="invoice.2026.pdf", true_type="application/pdf"),
        Attachment(filename="holiday.jpg"),
        Attachment(filename="archive.tar.gz", members=("src/main.c", "readme.txt")),
        Attachment(filename="", true_type="message/rfc822"),
    ],
)
def test_ordinary_attachments(item: Attachment) -> None:
    """Documents, pictures and archives of them raise nothing."""
    assert hits(mail(attachments=(item,))) == set()


@pytest.mark.parametrize(
    "text", ["Password: 1234", "Das Passwort ist 1234", "Mot de passe : 1234", "La contraseña es 1234"]
)
def test_locked_archive_with_its_password(text: str) -> None:
    """An encrypted archive whose password is in the mail, and the same without the password."""
    locked = (Attachment(filename="a.zip", encrypted=True),)
    assert "attachment_locked" in hits(mail(attachments=locked, text=text))
    assert "attachment_locked" not in hits(mail(attachments=locked, text="as agreed on the telephone"))


def test_a_locked_pdf_that_no_word_of_the_mail_opens() -> None:
    """An employer's payslip: the mail names a password without giving it, as the reader found out."""
    text = "Open it with the password: the one you set in the portal"
    locked = Attachment(filename="pay.pdf", true_type="application/pdf", encrypted=True, read="encrypted")
    tried = replace(locked, document=Document(kind="application/pdf", read="encrypted", encrypted=True))
    assert "attachment_locked" in hits(mail(attachments=(locked,), text=text))
    assert "attachment_locked" not in hits(mail(attachments=(tried,), text=text))


def test_no_attachments_is_not_applicable() -> None:
    """Without attachments there is nothing to say."""
    assert found(mail(), "attachment_executable").outcome is Outcome.NOT_APPLICABLE
