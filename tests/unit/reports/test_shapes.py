"""Shapes of MIME as programs and gateways write them: the words that mail programs show are read, once and in order."""

from __future__ import annotations

import base64

import pytest

from tests.unit.parse.mail import mail
from tests.unit.reports.build import hits, parsed

PLAIN = "Content-Type: text/plain\n\nFirst words\n"
PAGE = "Content-Type: text/html\n\n<p>Shown words</p>\n"
FILE = "Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\n%PDF-1.4\n"
MESSAGE = "From: Max <max@example.org>\nSubject: Inner\n\nInner words\n"
WIN = "text/html; charset=windows-1251"


def _parts(*parts: str, boundary: str = "b") -> str:
    return "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"


def _multi(kind: str, *parts: str) -> bytes:
    return mail(f"Content-Type: multipart/{kind}; boundary=b\n", _parts(*parts))


def _nested(kind: str, *parts: str) -> str:
    return f"Content-Type: multipart/{kind}; boundary=n\n\n" + _parts(*parts, boundary="n")


def _named(head: str, *parts: str, boundary: str = "b") -> bytes:
    return mail(f"Content-Type: {head}\n", _parts(*parts, boundary=boundary))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        # Apple Mail: a file between two pages, as the richer alternative.
        (_multi("alternative", PLAIN, _nested("mixed", PAGE, FILE, PAGE.replace("Shown", "More"))), "Shown words More words"),
        # Outlook and Exchange: text with pictures; the page is in an alternative within.
        (_named('multipart/related; boundary=b; type="multipart/alternative"', _nested("alternative", PLAIN, PAGE),
                "Content-Type: image/png; name=image001.png\nContent-ID: <i>\n\nx"), "Shown words"),
        # Exchange cuts the text around files into ATT00001.
        (_multi("mixed", PLAIN, FILE, 'Content-Type: text/html; name="ATT00001.htm"\nContent-Disposition: inline; filename="ATT00001.htm"\n\n'
                "<p>Second words</p>"), "First words Second words"),
        (_multi("signed", PLAIN, "Content-Type: application/pgp-signature; name=signature.asc\n\nx"), "First words"),
        (_multi("signed", PAGE, "Content-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nAAAA"),
         "Shown words"),
        # A reaction by Gmail, an invitation by Google, enriched text.
        (_multi("alternative", PLAIN, 'Content-Type: text/vnd.google.email-reaction+json\n\n{"emoji": "x"}', PAGE), "Shown words"),
        (_multi("mixed", _nested("alternative", PLAIN, PAGE, "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR"),
                "Content-Type: application/ics; name=invite.ics\nContent-Disposition: attachment; filename=invite.ics\n\nBEGIN:VCALENDAR\n"
                "END:VCALENDAR"), "Shown words"),
        (_multi("alternative", PLAIN, "Content-Type: text/enriched\n\n<bold>Rich</bold> words <<3"), "Rich words <3"),
        # RFC 2046 5.1.3 and 5.1.6: a kind that is not known is mixed, and so is what is shown at once.
        (_multi("parallel", PLAIN, PAGE), "First words Shown words"),
        (_multi("form-data", "Content-Disposition: form-data; name=x\n\nFirst words"), "First words"),
        (_multi("x-mixed-replace", PLAIN), "First words"),
        (_multi("voice-message", PLAIN), "First words"),
        (_multi("MIXED", PLAIN), "First words"),
        # RFC 2046 5.1.1: what stands before and behind the parts is not shown.
        (mail("Content-Type: multipart/mixed; boundary=b\n", f"This is a multi-part message.\n\n{_parts(PLAIN)}Epilogue\n"), "First words"),
        (mail("Content-Type: multipart/mixed; boundary=b\n", _parts(PLAIN).replace("--b\n", "--b \t\n")), "First words"),
        (mail("Content-Type: multipart/mixed; boundary=b\n", _parts(PLAIN).replace("--b--\n", "--b-- \n")), "First words"),
        (mail("Content-Type: multipart/mixed; boundary=b\n", f"--b\n{PLAIN}\n--b--\n--b\n{PAGE}\n--b--\n"), "First words"),
        (_named('multipart/mixed; boundary="b "', PLAIN), "First words"),
        (_named(f'multipart/mixed; boundary="{"x" * 90}"', PLAIN, boundary="x" * 90), "First words"),
        (_named('multipart/mixed; boundary="=_related 0052B8A1C1258C7D_="', PLAIN, boundary="=_related 0052B8A1C1258C7D_="), "First words"),
        (_named("multipart/mixed;boundary=b;", PLAIN), "First words"),
        (_named('multipart/mixed; charset="utf-8"; boundary = "b"', PLAIN), "First words"),
        (_named('multipart/mixed; BOUNDARY="b"; format=flowed', PLAIN), "First words"),
        (_named('multipart/mixed;\n\tboundary="----=_NextPart_000_0012_01DCF2A4.5B1E6C30"', PLAIN,
                boundary="----=_NextPart_000_0012_01DCF2A4.5B1E6C30"), "First words"),
        (_named("multipart/mixed; boundary=\"b'()+_,-./:=?\"", PLAIN, boundary="b'()+_,-./:=?"), "First words"),
        (_multi("mixed", "\nFirst words"), "First words"),
        (_multi("mixed", "Content-Type: text/plain", PLAIN), "First words"),
        (_multi("mixed", "Content-Type: multipart/alternative; boundary=n\n\n--n--\n", PLAIN), "First words"),
        (_multi("mixed", f"Content-Type: multipart/alternative; boundary=n\n\n--n\n{PLAIN}", PAGE), "First words Shown words"),
        (_multi("mixed", f"Content-Type: message/rfc822\n\n\n{MESSAGE}"), "Inner words"),
        (_multi("mixed", f"Content-Type: message/rfc822\n\nFrom max@example.org Mon Jun  1 10:00:00 2026\n{MESSAGE}"), "Inner words"),
        (_multi("mixed", f"Content-Type: message/rfc822\n\n>From max@example.org Mon Jun  1 10:00:00 2026\n{MESSAGE}"), "Inner words"),
        # Exchange's journal: the report, then the mail.
        (_multi("mixed", "Content-Type: text/plain\n\nSender: ann@example.org\nRecipient: bob@example.net\n",
                f"Content-Type: message/rfc822\n\n{MESSAGE}"), "Sender: ann@example.org Recipient: bob@example.net"),
        # The field names and values that other programs write.
        (mail("Content-type:text/html;charset = \"utf-8\"\n", "<p>Shown words</p>"), "Shown words"),
        (mail("CONTENT-TYPE: TEXT/HTML; CHARSET=UTF-8\n", "<p>Shown words</p>"), "Shown words"),
        (mail("Content-Type: text/html;\n\n", "<p>Shown words</p>"), "Shown words"),
        (mail("Content-Type: application/xhtml+xml\n", '<html xmlns="http://www.w3.org/1999/xhtml"><p>Shown words</p></html>'), "Shown words"),
        (mail("", "<html><body><p>Shown words</p></body></html>").replace(b"MIME-Version: 1.0\n", b"Content-Type: text/html\n"), "Shown words"),
        (mail("Content-Type: text/plain\n", "First words").replace(b"1.0", b"1.0 (Apple Message framework v1084)"), "First words"),
        (mail("Content-Transfer-Encoding: QUOTED-PRINTABLE\n", "First =  \nwords=\n"), "First words"),
        (mail("Content-Transfer-Encoding: quoted-printable\n", "First=20words =3D 4=3\n"), "First words = 4=3"),
        (mail("Content-Transfer-Encoding: quoted-printable\n", "First words =\r\n=\r\nand more="), "First words and more"),
        (mail("Content-Transfer-Encoding: base64\n", "Rmly\r\n\r\nc3Qgd29yZHM=\r\n"), "First words"),
        (mail("Content-Type: text/plain; charset=utf-8; format=Flowed; delsp=Yes\n", "First wor \nds\n"), "First words"),
        (mail('Content-Type: text/plain; format="flowed"\n', "First \nwords\n"), "First words"),
        (mail(f"Content-Type: {WIN}\n", "<p>Привет</p>".encode("cp1251")), "Привет"),
        (mail("Content-Type: text/html\n", "<html><head><meta charset=windows-1251></head><p>Привет, друзья</p>".encode("cp1251")), "Привет, друзья"),
        (mail("Content-Type: text/html\n", '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Привет, друзья</p>'.encode("koi8-r")),
         "Привет, друзья"),
        (mail("Content-Type: text/html\n", b'<?xml version="1.0" encoding="shift_jis"?><p>' + "会議のお知らせ".encode("cp932") + b"</p>"), "会議のお知らせ"),
        (mail("Content-Type: text/html; charset=us-ascii\n", b"\xef\xbb\xbf<p>Gr\xc3\xbc\xc3\x9fe</p>"), "Grüße"),
    ],
)  # fmt: skip
def test_words(raw: bytes, words: str) -> None:
    """Nothing is lost, nothing comes twice."""
    assert " ".join(parsed(raw).text.split()) == words


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("a<br>b<br/>c", "a b c"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>", "a b c"),
        ("<ul><li>a<li>b</ul><p>c<p>d<h1>e</h1>f", "a b c d e f"),
        ("<p hidden>no</p>a<template>no</template>", "a"),
        ('<form action="https://a.example"><input type=submit value="Sign in"></form>', "Sign in"),
        ('<input type=button value="Open now"><input type=hidden value=no>', "Open now"),
        ("a &#128; 5 &#x80; &AMP; &lt;b&gt; &#x1F600;", "a € 5 € & <b> 😀"),
        ("a &notit; &copy2026 &nosuch; &#xD800; b", "a ¬it; ©2026 &nosuch; � b"),
        ("<p>a</p><!-- no --><p>b</p><!no><?no?>", "a b"),
        ("Pa<span style='font-size:0'>no</span>ypal", "Paypal"),
        ("a<script>no</script >b<style>no</style\n>c", "a b c"),
        ("<a href='https://a.example'>a<a href='https://b.example'>b</a>", "a b"),
        ("<div style='display:none'>no</div><div style='DISPLAY : NONE !important'>no</div>a", "a"),
        ("<details><summary>a</summary>b</details><select><option>c</select>", "a b c"),
        ("<ruby>漢<rt>kan</rt></ruby><q>a</q><sup>2</sup>", "漢 kan a 2"),
        ("\x00<p>a</p\x00>b", "a b"),
    ],
)  # fmt: skip
def test_pages(page: str, words: str) -> None:
    """The text is what a browser shows (HTML Standard 13.2), whatever stands between the words."""
    shown = parsed(mail("Content-Type: text/html; charset=utf-8\n", page)).text

    assert "".join(shown.split()).replace('"', "") == "".join(words.split())


@pytest.mark.parametrize(
    "raw",
    [
        _multi("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream; name=encrypted.asc\n\n"
               "-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP MESSAGE-----"),
        # Exchange makes this of it.
        _multi("mixed", "Content-Type: text/plain\n\n", "Content-Type: application/pgp-encrypted; name=PGPMIME\n\nVersion: 1",
               "Content-Type: application/octet-stream; name=encrypted.asc\nContent-Disposition: attachment; filename=encrypted.asc\n\n"
               "-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP MESSAGE-----"),
    ],
)  # fmt: skip
def test_sealed_mail_is_told(raw: bytes) -> None:
    """RFC 3156, also as Exchange breaks it."""
    assert parsed(raw).readable == "encrypted"


@pytest.mark.parametrize(
    "raw",
    [
        mail("Content-Type: message/partial; id=x@example.org; number=1; total=2\n", "From: a@b.example\nSubject: x\n\nInner words\n"),
        mail("Content-Type: message/partial; id=x@example.org; number=2; total=2\n", "the words that come later\n"),
        mail("Content-Type: message/external-body; access-type=URL; URL=\"https://a.example/x\"\n", "Content-Type: text/plain\n\nPhantom\n"),
        mail("Content-Type: application/x-nonsense\nContent-Transfer-Encoding: base64\n", base64.b64encode(bytes(range(256))).decode()),
        mail("Content-Type: multipart/mixed; boundary=b\n", "--b\n--b\n--b--\n").replace(b"Subject: Test\n", b""),
    ],
)  # fmt: skip
def test_what_holds_no_text_never_looks_fine(raw: bytes) -> None:
    """A piece of a mail, a mail that is elsewhere, bytes: the words are read, or it says that there are none."""
    message = parsed(raw)

    assert "words" in message.text or message.readable != "yes" or "unreadable" in hits(raw) or message.attachments


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("Content-Disposition: attachment; filename*0*=utf-8''inv; filename*1=oice.exe", "invoice.exe"),
        ("Content-Disposition: attachment; filename*=utf-8''invoice%2Eexe", "invoice.exe"),
        ("Content-Disposition: attachment; filename*1=\".exe\"; filename*0=\"invoice\"", "invoice.exe"),
        ("Content-Disposition: attachment; filename*=iso-8859-1'de'Gr%FC%DFe.exe; filename=a.txt", "Grüße.exe"),
        ('Content-Disposition: attachment; filename="=?utf-8?q?invoice=2Eexe?="', "invoice.exe"),
        ('Content-Disposition: attachment; filename="=?utf-8?B?aW52b2lj?=\n =?utf-8?B?ZS5leGU=?="', "invoice.exe"),
        ("Content-Disposition: attachment; filename==?utf-8?q?invoice=2Eexe?=", "invoice.exe"),
        ('Content-Disposition: ATTACHMENT; FileName = "invoice.exe"', "invoice.exe"),
        ('Content-Disposition: attachment; filename="invoice.exe', "invoice.exe"),
        ("Content-Disposition: attachment; filename='invoice.exe'", None),
        ('Content-Type: application/octet-stream; name="invoice.exe"', "invoice.exe"),
        ("Content-Type: application/octet-stream; name*=utf-8''invoice.exe", "invoice.exe"),
        ("Content-Disposition: attachment; size=3; filename=invoice.exe; creation-date=\"x\"", "invoice.exe"),
        ("Content-Disposition: filename=invoice.exe", "invoice.exe"),
        ("Content-Disposition: attachment filename=invoice.exe", "invoice.exe"),
        ('Content-Disposition: attachment; filename="invoice.exe "', "invoice.exe"),
        ('Content-Disposition: attachment; filename="in\\voice.exe"', None),
        ('Content-Disposition: attachment; filename="C:\\Temp\\invoice.exe"', None),
        ('Content-Disposition: attachment; filename="invoice\u200b.exe"', None),
        ('Content-Disposition: attachment; filename="invoice.pdf                                   .exe"', None),
        ('Content-Disposition: attachment; filename="invoice.ex\te"', None),
        ('Content-Disposition: attachment; filename="a.txt"\nContent-Location: invoice.exe', None),
        ("Content-Description: invoice.exe\nContent-Disposition: attachment; filename=invoice.exe.", None),
    ],
)  # fmt: skip
def test_a_program_by_any_name(field: str, name: str | None) -> None:
    """RFC 2231, RFC 2047 and what is neither: the name is read, and a program is one."""
    content = base64.encodebytes(b"MZ" + bytes(100)).decode()
    part = f"{field}\nContent-Transfer-Encoding: base64\n\n{content}"
    raw = _multi("mixed", PLAIN, part)

    assert name is None or [item.filename for item in parsed(raw).attachments] == [name]
    assert "attachment_executable" in hits(raw)


@pytest.mark.parametrize(
    "name",
    ["order.iso", "order.img", "order.vhdx", "order.one", "order.library-ms", "order.url", "order.website", "order.appinstaller", "order.xll",
     "order.settingcontent-ms", "order.diagcab", "order.pyzw", "order.theme", "order.mde", "order.udl", "order.psd1", "order.nsh", "order.jnlp",
     "order.apk", "order.dmg", "order.msix", "order.chm", "order.rdp", "order.shb", "order.vsmacros", "order.search-ms", "order.wsc", "order.xnk"],
)  # fmt: skip
def test_types_that_mail_programs_block(name: str) -> None:
    """Outlook's and Gmail's lists, and what opens as a program."""
    part = f'Content-Type: application/octet-stream; name="{name}"\nContent-Transfer-Encoding: base64\n\nQUJDREVGRw==\n'

    assert {found for found in hits(_multi("mixed", PLAIN, part)) if found.startswith("attachment_")}
