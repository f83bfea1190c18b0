"""The text that mail programs show is read: one-word changes of MIME, encodings and HTML hide nothing."""

from __future__ import annotations

import base64
import quopri

import pytest

from glassdome.parse import parse_message
from glassdome.signals import detect
from tests.unit.parse.mail import HEAD, mail
from tests.unit.verdict.build import context

TEXT = "Hi Bob,\n\nPlease buy five gift cards today and send me the codes, I am in a meeting.\n\nThomas\n"
WORDS = TEXT.split()
BASE64 = base64.encodebytes(TEXT.encode()).decode()
HTML = f"<html><body><p>{TEXT.replace(chr(10) * 2, '</p><p>')}</p></body></html>"
BIG = "A" * 1_600_000
EVENT = TEXT.replace("\n", "\\n").replace(",", "\\,")


def _words(raw: bytes) -> list[str]:
    return parse_message(raw).text.split()


@pytest.mark.parametrize(
    "fields",
    [
        'Content-Type: text/plain; name="a.txt"',
        'Content-Type: text/plain; name="a.txt"\nContent-Disposition: inline; filename="a.txt"',
        "Content-Type: text/plain\nContent-Disposition: foo; filename=a.txt",
        "Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt",
        "Content-Type: text/plain\nContent-Disposition: attachment",
        "Content-Type: text",
        "Content-Type: text/",
        "Content-Type: text/x-foo",
        "Content-Type: text/utf8",
        "Content-Type: text/markdown",
        "Content-Type: text/csv",
        "Content-Type: text/rfc822-headers",
        "Content-Type: text/plain charset=utf-8",
        "Content-Type: text/plain, charset=utf-8",
        "Content-Type: text/plain: charset=utf-8",
        "Content-Type: text/plain charset=utf-8 format=fixed",
        "Content-Type: text / plain; charset=utf-8",
        'Content-Type: "text/plain"; charset=utf-8',
        "Content-Type: (a comment) text/plain (another (inside)); (third) charset=(fourth)utf-8 (fifth)",
        "Content-Type: ; charset=utf-8",
        "Content-Type: charset=utf-8",
        "Content-Type: plain/text",
        "Content-Type: application/octet-stream",
        "Content-Type: application/octet-stream\nContent-Type: text/plain",
        "Content-Type: message/news",
        "Content-Type: text/plain; charset=utf-16",
        "Content-Type: text/plain; charset=x-nonsense",
        "Content-Type: text/plain; charset=rot13",
        "Content-Transfer-Encoding: x-foo",
        "Content-Transfer-Encoding: 8bit; (x)",
    ],
)
def test_one_plain_part(fields: str) -> None:
    """Whatever the fields say of it, and whatever they leave out."""
    assert _words(mail(f"{fields}\n", TEXT)) == WORDS


@pytest.mark.parametrize(
    "fields",
    [
        "Content-Transfer-Encoding: base64 (x)",
        "Content-Transfer-Encoding: (x(y)) base64",
        'Content-Transfer-Encoding: "base64"',
        "Content-Transfer-Encoding: base64; x=y",
        "Content-Transfer-Encoding: base64, 7bit",
        "Content-Transfer-Encoding: BaSe64",
        "Content-Transfer-Encoding: base-64",
        "Content-Transfer-Encoding: base 64",
        "Content-Transfer-Encoding: x-base64",
        "Content-Transfer-Encoding : base64",
        "Content-Transfer-Encoding:\n base64",
        "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit",
        "Content-Transfer-Encoding: quoted-printable\nContent-Transfer-Encoding: base64",
    ],
)
def test_the_encoding_under_any_spelling(fields: str) -> None:
    """Comments, hyphens, quotes, two fields."""
    assert _words(mail(f"{fields}\n", BASE64)) == WORDS


@pytest.mark.parametrize(
    "body",
    [
        "\n".join(base64.b64encode(TEXT.encode()[at : at + 40]).decode() for at in range(0, len(TEXT), 40)),
        "\n".join(f"{line[:10]}!!{line[10:]}" for line in BASE64.split("\n")),
        "\n".join(f" {line} " for line in BASE64.split("\n")),
        BASE64.replace("\n", ""),
        BASE64.rstrip("=\n"),
        f"{BASE64}\n-- \nThe list of us all\nhttps://list.example/x\n",
        f"{BASE64.rstrip('=' + chr(10))}\n_____________________\nScanned by some gateway at home\n",
        f"This message was forwarded by us\n\n{BASE64}",
        base64.urlsafe_b64encode(TEXT.encode()).decode(),
    ],
)
def test_damaged_base64(body: str) -> None:
    """Pieces, foreign characters, missing padding, words before and behind."""
    assert _words(mail("Content-Transfer-Encoding: base64\n", body)) == WORDS


def _multipart(kind: str, *parts: str) -> bytes:
    return mail(f"Content-Type: multipart/{kind}\n", "".join(f"--b\n{part}\n" for part in parts) + "--b--\n")


_INNER = f"From: a@b.example\nSubject: x\n\n{TEXT}"
_PLAIN, _PAGE = f"Content-Type: text/plain\n\n{TEXT}", f"Content-Type: text/html\n\n{HTML}"


@pytest.mark.parametrize(
    "raw",
    [
        _multipart("mixed; boundary=b", f"Content-Type: text/plain; name=a.txt\n\n{TEXT}"),
        _multipart("alternative; boundary=b", f"Content-Type: text/plain; name=a.txt\n\n{TEXT}"),
        _multipart("alternative; boundary=b", "\nHi\n", f"Content-Type: text/html; name=a.html\n\n{HTML}"),
        _multipart("alternative; boundary=b", _PAGE, "Content-Type: text/foo\n\nother\n"),
        _multipart("alternative; boundary=b", _PLAIN, "Content-Type: application/foo\n\nother\n"),
        _multipart("alternative; boundary=b", _PLAIN, "Content-Type: text/html\n\n \n"),
        _multipart("alternative; boundary=b", _PLAIN, "Content-Type: text/html\n\n<html><body></body></html>\n"),
        _multipart("alternative; boundary=b", _PAGE, "Content-Type: text/x-amp-html\n\n<p>other</p>\n"),
        _multipart("related; boundary=b", "Content-Type: image/png\nContent-ID: <a>\n\nx\n", _PAGE),
        _multipart("foo; boundary=b", _PLAIN),
        _multipart("mixed; boundary=b (x)", _PLAIN),
        _multipart("mixed; (x) boundary=b", _PLAIN),
        _multipart('mixed; boundary="b" (x)', _PLAIN),
        _multipart("mixed boundary=b", _PLAIN),
        _multipart("mixed", _PLAIN),
        _multipart("digest; boundary=b", f"\n{_INNER}"),
        _multipart("mixed; boundary=b", f"Content-Type: message/rfc822\n\n{_INNER}"),
        mail("Content-Type: message/rfc822\n", _INNER),
        mail("Content-Type: message/global\n", _INNER),
        mail("Content-Type: message/rfc822\nContent-Disposition: attachment\n", _INNER),
        mail(
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n",
            base64.encodebytes(_INNER.encode()).decode(),
        ),
        mail("Content-Type: message/rfc822\n", f"Content-Type: message/rfc822\n\n{_INNER}"),
        mail("Content-Transfer-Encoding: quoted-printable\n", quopri.encodestring(TEXT.encode()).decode()),
        (HEAD + "\n" + TEXT).encode("utf-16"),
        (HEAD + "\n" + TEXT).encode().replace(b"\n", b"\r"),
        b"\n\r\n" + mail("", TEXT),
    ],
)
def test_structures(raw: bytes) -> None:
    """Named parts, wrong last alternatives, comments behind the boundary, messages in messages."""
    assert _words(raw) == WORDS


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ("text/calendar; method=REQUEST", "DESCRIPTION"),
        ("text/calendar; name=a.ics", "DESCRIPTION;LANGUAGE=en"),
        ("application/ics; name=a.ics", "DESCRIPTION"),
        ("text/x-vcalendar", "DESCRIPTION"),
        ("application/octet-stream; name=a.ics", "DESCRIPTION"),
        ("text/calendar", "X-ALT-DESC;FMTTYPE=text/html"),
    ],
)
def test_an_invitation_alone(fields: str, name: str) -> None:
    """Title, time, place and description, whichever property has it."""
    event = f"BEGIN:VEVENT\nSUMMARY:Talk\nDTSTART:20260605T090000Z\nLOCATION:Room 4\n{name}:{EVENT}\nEND:VEVENT\n"
    message = parse_message(mail(f"Content-Type: {fields}\n", f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n"))

    assert message.text.startswith("Talk\n2026-06-05 09:00 UTC\nRoom 4\n\n")
    assert message.text.split()[-len(WORDS) :] == WORDS


@pytest.mark.parametrize(
    "before",
    [
        f"<!--{BIG}-->",
        "<!-- x -->" * 200_000,
        "<!-->",
        "<!-- x --!>",
        f"<style>{BIG}</style>",
        f"<script>{BIG}</script>",
        f'<img src="data:image/png;base64,{BIG}">',
        f"<img src='data:x,{BIG}'>",
        "<div>" * 400,
    ],
    ids=lambda text: text[:12],
)
def test_html_in_front(before: str) -> None:
    """Megabytes that nobody sees leave the text where it is."""
    raw = mail("Content-Type: text/html\n", HTML.replace("<body>", f"<body>{before}"))

    assert _words(raw) == WORDS


@pytest.mark.parametrize(
    "page",
    [
        f"<textarea>{TEXT}</textarea>",
        f"<button>{TEXT}</button>",
        f"<noscript>{TEXT}</noscript>",
        f"<video>{TEXT}</video>",
        f"<object data=x>{TEXT}</object>",
        f"<details><summary></summary>{TEXT}</details>",
        f"<marquee>{TEXT}</marquee>",
        f"<plaintext>{TEXT}",
        f"<xmp>{TEXT}</xmp>",
        f"<svg><text>{TEXT}</text></svg>",
        f"<![if !mso]>{TEXT}<![endif]>",
        f"<!--[if !mso]><!-->{TEXT}<!--<![endif]-->",
        f"<!--[if mso]>{TEXT}<![endif]-->",
        f'<img src=x alt="{TEXT}">',
        f"<html><body></body></html>{HTML}",
        TEXT.replace("gift", "g<wbr>i<b></b>ft"),
        TEXT.replace("gift", "g&#8203;ift"),
        TEXT.replace("gift", "g&shy;ift"),
    ],
)
def test_html_elements(page: str) -> None:
    """Elements whose words some mail program shows."""
    assert _words(mail("Content-Type: text/html\n", page)) == WORDS


@pytest.mark.parametrize(
    "raw",
    [
        mail("Content-Type: text/plain\n", " x" * 300_000 + TEXT),
        _multipart("mixed; boundary=b", *["\n"] * 310, _PLAIN),
        mail("Content-Type: text/html\n", "<p>" + "words " * 400_000 + "</p>" + HTML),
    ],
)
def test_what_is_not_read_is_told(raw: bytes) -> None:
    """Past the bounds there is a signal, whatever the rest looks like."""
    assert "unreadable" in {signal.name for signal in detect(parse_message(raw), context()) if signal.hit}


@pytest.mark.parametrize(
    ("text", "delsp", "shown"),
    [
        ("one \ntwo\nthree", "no", "one two\nthree"),
        ("one \ntwo", "yes", "onetwo"),
        ("> a \n> b\nmine", "no", "> a b\nmine"),
        ("> a \n>> b", "no", "> a\n>> b"),
        ("words \n-- \nAnn", "no", "words\n-- \nAnn"),
        (" From here\n  two", "no", "From here\n two"),
        ("a \n\nb", "no", "a\n\nb"),
    ],
)
def test_format_flowed(text: str, delsp: str, shown: str) -> None:
    """RFC 3676 4.1 to 4.5: paragraphs, quotations, signature, stuffing, DelSp."""
    raw = mail(f"Content-Type: text/plain; format=flowed; delsp={delsp}\n", text)

    assert parse_message(raw).text == shown


def test_a_url_over_lines() -> None:
    """In angle brackets (RFC 3986 appendix C) and in flowed lines with DelSp it is one."""
    broken = mail("", "See <https://a.example/one/\n  two?x=1> now\n")
    flowed = mail("Content-Type: text/plain; format=flowed; delsp=yes\n", "See\nhttps://a.example/one/ \ntwo?x=1\n")

    for raw in (broken, flowed):
        assert [link.url for link in parse_message(raw).links] == ["https://a.example/one/two?x=1"]
