"""Attachments: true type, archives, Office and PDF files, attached pages."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

import pytest

from glassdome.core.limits import MAX_ARCHIVE_MEMBERS
from glassdome.parse import parse_message
from glassdome.values.message import Attachment, Message
from tests.unit.parse.mail import mail

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _message(data: bytes, name: str, kind: str) -> Message:
    head = (
        f"Content-Type: {kind}\nContent-Disposition: attachment; filename={name}\nContent-Transfer-Encoding: base64\n"
    )
    return parse_message(mail(head, base64.encodebytes(data)))


def _attach(data: bytes, name: str = "a.bin", kind: str = "application/octet-stream") -> Attachment:
    return _message(data, name, kind).attachments[0]


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("dir/run.exe")
        member.size = 2
        archive.addfile(member, io.BytesIO(b"MZ"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
        (b"\x7fELF\x02", "application/x-elf"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"Rar!\x1a\x07\x00", "application/vnd.rar"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"{\\rtf1", "application/rtf"),
        (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
        (b"\0" * 0x8001 + b"CD001", "application/x-iso9660-image"),
        (b"\xef\xbb\xbf \n<!-- x --><!DOCTYPE html><p>", "text/html"),
        (b"<?xml version='1.0'?>\n<svg onload='x()'>", "image/svg+xml"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        (b"just words", "text/plain"),
        (b"\0\x01\x02", "application/octet-stream"),
        (b"", ""),
    ],
)
def test_true_type(data: bytes, expected: str) -> None:
    """The first bytes tell what a file is, whatever its name and label say."""
    attachment = _attach(data, "invoice.pdf", "application/pdf")

    assert (attachment.declared_type, attachment.true_type) == ("application/pdf", expected)
    assert (attachment.size, attachment.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_zip_is_listed() -> None:
    """A zip shows its names; nothing is unpacked."""
    attachment = _attach(_zip(a__invoice=b"x", run_js=b"y"))

    assert (attachment.true_type, attachment.members) == ("application/zip", ("a/invoice", "run_js"))
    assert not attachment.encrypted


def test_encrypted_zip() -> None:
    """The encryption flag of a member is seen (APPNOTE 4.4.4)."""
    data = bytearray(_zip(secret=b"x"))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1

    assert _attach(bytes(data)).encrypted


def test_zip_without_directory() -> None:
    """A truncated zip is listed by its local headers."""
    data = _zip(one=b"x", two=b"y")
    message = _message(data[: data.index(b"PK\x01\x02")], "a.zip", "application/zip")

    assert message.attachments[0].members == ("one", "two")
    assert [d.what for d in message.defects] == ["damaged_archive"]


def test_too_many_members() -> None:
    """A list of names is cut and says so."""
    message = _message(_zip(**{f"n{n}": b"" for n in range(MAX_ARCHIVE_MEMBERS + 5)}), "a.zip", "application/zip")

    assert len(message.attachments[0].members) == MAX_ARCHIVE_MEMBERS
    assert [d.what for d in message.defects] == ["archive_too_large"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_tar_packed_and_plain(pack: type[bytes]) -> None:
    """A tar shows its names, compressed or not."""
    assert _attach(pack(_tar())).members == ("dir/run.exe",)


def test_gzip_names_its_file() -> None:
    """A gzip of one file shows the name in its header (RFC 1952)."""
    out = io.BytesIO()
    with gzip.GzipFile("report.xls", "wb", fileobj=out) as file:
        file.write(b"x")

    assert _attach(out.getvalue()).members == ("report.xls",)


def _rar4(name: bytes, flags: int = 0) -> bytes:
    header = struct.pack("<BHH", 0x74, flags, 32 + len(name)) + struct.pack(
        "<IIBIIBBHI", 1, 1, 0, 0, 0, 20, 0, len(name), 0
    )
    return b"Rar!\x1a\x07\x00\0\0" + struct.pack("<BHH", 0x73, 0, 13) + b"\0" * 6 + b"\0\0" + header + name + b"x"


def _rar5(name: bytes) -> bytes:
    body = bytes([2, 2, 1, 0, 1, 0, 0, 0, len(name)]) + name
    return b"Rar!\x1a\x07\x01\x00" + b"\0\0\0\0" + bytes([len(body)]) + body + b"x"


def test_rar_names() -> None:
    """Both RAR formats show their names, and the older one its encryption flag."""
    assert _attach(_rar4(b"run.exe")).members == ("run.exe",)
    assert _attach(_rar4(b"run.exe", 4)).encrypted
    assert _attach(_rar5(b"five.exe")).members == ("five.exe",)


def test_word_document() -> None:
    """A Word file is known by its content, with its words, links and macros."""
    rels = (
        b'<Relationships><Relationship Target="http://tpl.example/t?a=1&amp;b" TargetMode="External"/></Relationships>'
    )
    document = b"<w:document><w:p><w:t>Dear</w:t><w:tab/><w:t>Ann</w:t></w:p><w:p><w:t>R&amp;D</w:t></w:p></w:document>"
    message = _message(
        _zip(**{"word/document.xml": document, "word/_rels/document.xml.rels": rels, "word/vbaProject.bin": b"x"}),
        "a.zip",
        "application/zip",
    )
    attachment = message.attachments[0]

    assert (attachment.true_type, attachment.has_macros, attachment.text) == (DOCX, True, "DearAnn\nR&D")
    assert [(x.url, x.place, x.host) for x in message.links] == [
        ("http://tpl.example/t?a=1&b", "attachment", "tpl.example")
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("WordDocument", "_VBA_PROJECT"), ("application/msword", True, False)),
        (("Workbook",), ("application/vnd.ms-excel", False, False)),
        (("EncryptedPackage",), ("application/encrypted", False, True)),
        ((), ("application/x-ole-storage", False, False)),
    ],
)
def test_old_office_files(names: tuple[str, ...], expected: tuple[str, bool, bool]) -> None:
    """The directory names of an OLE file tell its kind, macros and encryption (MS-CFB)."""
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + b"\0\0".join(n.encode("utf-16-le") for n in names)
    attachment = _attach(data)

    assert (attachment.true_type, attachment.has_macros, attachment.encrypted) == expected


def test_pdf_links_and_scripts() -> None:
    """Links in a PDF are found, also in compressed object streams; so is what would run."""
    packed = zlib.compress(rb"<</S/URI/URI(https://in.example/\(x\))>>")
    data = (
        b"%PDF-1.7\n/URI (http://out.example/)\n<</Type/ObjStm/Filter/FlateDecode>>stream\n"
        + packed
        + b"\nendstream /JS (x)"
    )
    message = _message(data, "a.pdf", "application/pdf")

    assert [x.url for x in message.links] == ["http://out.example/", "https://in.example/(x)"]
    assert message.attachments[0].has_macros
    assert _attach(b"%PDF-1.7 /Encrypt 5 0 R").encrypted


def test_attached_page() -> None:
    """An attached HTML page is read like a body: its text, links, forms and script."""
    page = b"<p>Sign in</p><form action=http://f.example/><input type=password></form><script>x()</script>"
    message = _message(page, "login.htm", "application/octet-stream")
    attachment = message.attachments[0]

    assert (attachment.true_type, attachment.text, attachment.has_macros) == ("text/html", "Sign in", True)
    assert [(f.action, f.asks_password) for f in message.forms] == [("http://f.example/", True)]
    assert {x.place for x in message.links} == {"attachment"}
    assert not message.has_script


def test_inline_image() -> None:
    """A part with a Content-ID and no disposition belongs into the text."""
    message = parse_message(mail("Content-Type: image/png\nContent-ID: <logo@x>\n", b"\x89PNG\r\n\x1a\n"))

    assert [(a.inline, a.content_id) for a in message.attachments] == [(True, "logo@x")]
