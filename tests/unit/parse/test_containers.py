"""Archives in archives, S/MIME, TNEF and files written into the text are opened; none of it costs more than its bounds."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import struct
import tarfile
import time
import zipfile
import zlib

import pytest

from glassdome.parse import parse_message
from glassdome.parse.rtf import decompress_rtf, rtf_text
from glassdome.values.message import Message
from tests.unit.parse.mail import mail

_PROGRAM = b"MZ" + b"\0" * 62
_SIGNED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
_ENVELOPED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
_COMPRESSED = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"
_ENTITY = b"Content-Type: text/plain; charset=utf-8\r\n\r\nPlease pay today.\r\n"


def _attached(name: str, content: bytes, kind: str = "application/octet-stream", text: str = "See it.\n") -> Message:
    encoded = base64.encodebytes(content).decode()
    part = (
        f'--b\nContent-Type: {kind}\nContent-Disposition: attachment; filename="{name}"\n'
        f"Content-Transfer-Encoding: base64\n\n{encoded}\n--b--\n"
    )
    return parse_message(mail("Content-Type: multipart/mixed; boundary=b\n", f"--b\n\n{text}{part}"))


def _zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


def _tar(**files: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name.replace("__", "."))
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "member"),
    [
        ("a.zip", _zip(b__zip=_zip(c__exe=_PROGRAM)), "b.zip/c.exe"),
        ("a.zip", _zip(b__zip=_zip(c__zip=_zip(d__js=b"x"))), "b.zip/c.zip/d.js"),
        ("a.zip", _zip(b__tar=_tar(c__exe=_PROGRAM)), "b.tar/c.exe"),
        ("a.tar", _tar(b__zip=_zip(c__exe=_PROGRAM)), "b.zip/c.exe"),
        ("a.tar.gz", gzip.compress(_tar(b__zip=_zip(c__exe=_PROGRAM))), "c.exe"),
        ("a.gz", gzip.compress(_zip(c__exe=_PROGRAM)), "c.exe"),
        ("a.zip", _zip(b__gz=gzip.compress(_zip(c__exe=_PROGRAM))), "b.gz/c.exe"),
        ("a.zip", b"\0" * 500 + _zip(c__exe=_PROGRAM), "c.exe"),
        ("a.zip", b"\x89PNG\r\n\x1a\n" + b"\0" * 500 + _zip(c__exe=_PROGRAM), "c.exe"),
        ("a.zip", _zip(c__exe=_PROGRAM) + _zip(readme__txt=b"x"), "c.exe"),
        ("a.zip", _zip(invoice__txt=b"x").replace(b"invoice.txt", b"invoice.exe", 1), "invoice.exe"),
    ],
    # The bytes hold the time, and names of tests may not change between processes.
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_what_lies_deep_is_named(name: str, content: bytes, member: str) -> None:
    """Nested, behind other bytes, in the first of two joined archives, or under a name that the directory denies."""
    found = _attached(name, content).attachments[0]

    assert any(item == member or item.endswith(f"/{member}") for item in found.members), found.members


def test_nesting_without_end_is_bounded() -> None:
    """Ten levels, and a hundred archives of ten megabytes each: a few are opened, in little time."""
    deep = _zip(x__exe=_PROGRAM)
    for _ in range(10):
        deep = _zip(a__zip=deep)
    bombs = _zip(**{f"n{number}__zip": _zip(x__txt=b"\0" * 10_000_000) for number in range(3)})
    started = time.process_time()

    assert len(_attached("a.zip", deep).attachments[0].members) <= 4
    assert len(_attached("b.zip", bombs).attachments[0].members) == 6
    assert time.process_time() - started < 5


def _der(tag: int, *contents: bytes) -> bytes:
    body = b"".join(contents)
    size = len(body)
    length = bytes([size]) if size < 0x80 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + body


def _stream(tag: int, *contents: bytes) -> bytes:
    return bytes([tag]) + b"\x80" + b"".join(contents) + b"\0\0"


def _signed(content: bytes) -> bytes:
    inner = _der(0x30, _DATA, _der(0xA0, _der(0x04, content)))
    return _der(0x30, _SIGNED, _der(0xA0, _der(0x30, _der(0x02, b"\1"), _der(0x31), inner, _der(0x31))))


def _streamed(content: bytes) -> bytes:
    pieces = [_der(0x04, content[at : at + 20]) for at in range(0, len(content), 20)]
    inner = _stream(0x30, _DATA, _stream(0xA0, _stream(0x24, *pieces)))
    return _stream(0x30, _SIGNED, _stream(0xA0, _stream(0x30, _der(0x02, b"\1"), _der(0x31), inner, _der(0x31))))


def _compressed(content: bytes) -> bytes:
    inner = _der(0x30, _DATA, _der(0xA0, _der(0x04, zlib.compress(content))))
    algorithm = _der(0x30, b"\x06\x01\x2a")
    return _der(0x30, _COMPRESSED, _der(0xA0, _der(0x30, _der(0x02, b"\0"), algorithm, inner)))


def _smime(content: bytes, kind: str = "application/pkcs7-mime; name=smime.p7m") -> Message:
    head = f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\n"
    return parse_message(mail(head, base64.encodebytes(content).decode()))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_signed(_ENTITY), id="DER"),
        pytest.param(_streamed(_ENTITY), id="BER, streamed"),
        pytest.param(_compressed(_ENTITY), id="compressed"),
        pytest.param(_signed(b"Content-Type: application/x-pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                             + base64.encodebytes(_signed(_ENTITY))), id="signed twice"),
    ],
)  # fmt: skip
def test_a_signed_message_is_read(content: bytes) -> None:
    """The text of an opaque signature is read, as mail programs show it."""
    for kind in ("application/pkcs7-mime; smime-type=signed-data", "application/octet-stream; name=SMIME.P7M"):
        message = _smime(content, kind)
        assert (message.text, message.readable) == ("Please pay today.", "yes")


@pytest.mark.parametrize(
    ("content", "readable"),
    [
        (_der(0x30, _ENVELOPED, _der(0xA0, _der(0x30, _der(0x02, b"\0")))), "encrypted"),
        (_stream(0x30, _ENVELOPED, _stream(0xA0, _stream(0x30, _der(0x02, b"\0")))), "encrypted"),
        (_signed(b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx"), "encrypted"),
    ],
)
def test_an_encrypted_message_is_told(content: bytes, readable: str) -> None:
    """Also where a signature is around it."""
    message = _smime(content)

    assert message.readable == readable
    assert message.attachments[0].read == "encrypted"


@pytest.mark.parametrize("content", [b"0", b"0\x80" * 5_000, b"0\x84\xff\xff\xff\xff", b"\0" * 100, _signed(b"")[:20]])
def test_damaged_smime_ends_in_a_file(content: bytes) -> None:
    """Nothing raises, whatever the bytes are."""
    assert len(_smime(content).attachments) == 1


def _attribute(level: int, number: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def _property(kind: int, number: int, value: bytes) -> bytes:
    padded = value + b"\0" * (-len(value) % 4)
    return struct.pack("<HHII", kind, number, 1, len(value)) + padded


def _tnef(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\1\0" + b"".join(attributes)


def test_tnef_is_what_outlook_shows() -> None:
    """Files under their long names, and the text where no other is; HTML before plain text."""
    long_name = struct.pack("<I", 1) + _property(0x001F, 0x3707, "Rechnung März.exe\0".encode("utf-16-le"))
    html = struct.pack("<I", 1) + _property(0x0102, 0x1013, b"<p>Please <b>pay</b> today.</p>")
    stream = _tnef(
        _attribute(1, 0x0002800C, b"plain\0"),
        _attribute(1, 0x00069003, html),
        _attribute(2, 0x00069002, b"\1\0" + b"\0" * 12),
        _attribute(2, 0x00018010, b"RECHNU~1.EXE\0"),
        _attribute(2, 0x0006800F, _PROGRAM),
        _attribute(2, 0x00069005, long_name),
    )
    beside = _attached("winmail.dat", stream, "application/ms-tnef")
    alone = parse_message(
        mail(
            "Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n",
            base64.encodebytes(stream).decode(),
        )
    )

    assert [item.filename for item in beside.attachments] == ["Rechnung März.exe"]
    assert beside.attachments[0].true_type == "application/vnd.microsoft.portable-executable"
    assert alone.text == "Please pay today."
    for cut in range(0, len(stream), 7):
        _attached("winmail.dat", stream[:cut], "application/ms-tnef")


def test_rtf_of_tnef() -> None:
    """The text of the specification's example, and words with formats, escapes and hidden groups."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0".replace(
            " ", ""
        )
    )
    rtf = r"{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator X;}Gr\'fc\'dfe\par \b Bitte\b0  zahlen \u8364?5\line{\pict 00ff}}"

    assert decompress_rtf(packed) == "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf_text(rtf) == "Grüße\nBitte zahlen €5\n"
    assert decompress_rtf(b"\0" * 8) == rtf_text("{{{}}}}}}") == ""


def test_files_in_the_text() -> None:
    """Uuencode and yEnc leave the text and become attachments; a sentence that begins with `begin` stays."""
    lines = b"".join(binascii.b2a_uu(_PROGRAM[at : at + 45]) for at in range(0, len(_PROGRAM), 45))
    uu = b"begin 644 invoice.exe\n" + lines + b"`\nend\n"
    coded = bytes((code + 42) % 256 for code in _PROGRAM)
    for special in (b"=", b"\0", b"\n", b"\r"):
        coded = coded.replace(special, b"=" + bytes([(special[0] + 64) % 256]))
    yenc = b"=ybegin line=128 size=64 name=tool.exe\n" + coded + b"\n=yend size=64\n"
    message = parse_message(mail("", b"Look:\n\n" + uu + b"\nand\n" + yenc + b"begin 644 words of mine\nBye\n"))

    assert [(item.filename, item.size) for item in message.attachments] == [("invoice.exe", 64), ("tool.exe", 64)]
    assert message.text == "Look:\n\n\nand\nbegin 644 words of mine\nBye"
    alone = parse_message(mail("Content-Transfer-Encoding: base64\n", base64.encodebytes(uu)))
    assert (len(alone.attachments), alone.text, alone.readable) == (1, "", "yes")


def test_two_names_of_one_file() -> None:
    """Whichever a mail program takes: both are kept."""
    part = (
        "Content-Type: application/octet-stream; name=invoice.scr\n"
        "Content-Disposition: attachment; filename=invoice.pdf; filename=b.exe; filename*=utf-8''c.js\n"
    )
    found = parse_message(mail(part, "x\n")).attachments[0]

    assert found.filename == "c.js"
    assert set(found.other_names) == {"invoice.pdf", "b.exe", "invoice.scr"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.asc", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"),
        ("a.gpg", b"\x85\x01\x0c\x03\x00\x01\x02\x03"),
        ("message_v2.rpmsg", b"\x76\xe8\x04\x60\xc4\x11\xe3\x86"),
    ],
)
def test_sealed_files(name: str, content: bytes) -> None:
    """Encrypted for a reader: told as such, and no archive with a password."""
    found = _attached(name, content).attachments[0]

    assert (found.read, found.encrypted) == ("encrypted", False)


@pytest.mark.parametrize("kind", ["application/pgp", "application/pgp; x-action=encrypt", "text/plain"])
def test_a_message_that_is_one_pgp_text(kind: str) -> None:
    """RFC 2015's elder brother: the whole body is armoured."""
    armour = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n=abcd\n-----END PGP MESSAGE-----\n"

    assert parse_message(mail(f"Content-Type: {kind}\n", armour)).readable == "encrypted"


def test_a_name_in_doubled_quotes() -> None:
    """As some programs write it."""
    part = 'Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=""a.exe""; size=3\n'

    assert parse_message(mail(part, "x\n")).attachments[0].filename == "a.exe"


def test_a_name_cut_by_a_zero() -> None:
    """C programs end the name there, so both are kept."""
    part = b'Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="a.exe\0.pdf"\n'
    found = parse_message(mail().replace(b"\n\n", b"\n" + part + b"\n", 1)).attachments[0]

    assert found.other_names == ("a.exe",)


def test_a_message_in_tnef() -> None:
    """A file in a message that is attached to the message is found."""
    inner = _tnef(_attribute(2, 0x00018010, b"deep.exe\0"), _attribute(2, 0x0006800F, _PROGRAM))
    object_ = struct.pack("<I", 1) + _property(0x000D, 0x3701, b"\0" * 16 + inner)
    stream = _tnef(_attribute(2, 0x00069002, b"\0" * 14), _attribute(2, 0x00069005, object_))

    assert [item.filename for item in _attached("winmail.dat", stream).attachments] == ["deep.exe"]


@pytest.mark.parametrize(
    ("name", "head"),
    [("bill.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"), ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(60))],
)
def test_an_archive_behind_a_file_of_another_kind_is_told(name: str, head: bytes) -> None:
    """A file may be two: the type is that of its beginning, the members are those of the zip behind it."""
    (item,) = _attached(name, head + _zip(**{"bill.exe": b"MZ"})).attachments
    assert item.true_type in ("application/pdf", "image/png")
    assert item.members == ("bill.exe",)
    (plain,) = _attached(name, head).attachments
    assert plain.members == ()
