"""Siblings of the reported kinds: other senders, charsets, archives and gateways than those in the reports."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma

import pytest

from glassdome.parse.charset import decode
from glassdome.parse.encoded_words import decode_words
from glassdome.parse.state import ParseState
from glassdome.signals.passwords import given_password
from glassdome.signals.sensitive import find_sensitive
from tests.unit.reports.build import hits, parsed

HEAD = "To: bob@example.net\nSubject: Test\nMIME-Version: 1.0\n"
GATEWAYS = (
    "https://chn01.safelinks.protection.partner.outlook.cn/?url={}",
    "https://avanan.url-protection.com/v1/url?o={}&amp;g=x",
    "https://link.zixcentral.com/u/abc/def?u={}",
)


@pytest.mark.parametrize(
    "sender",
    [
        "ceo\uff20bank.example <x@evil.example>",
        "ceo@bank\u3002example <x@evil.example>",
        "ceo@ bank.example <x@evil.example>",
        '"ceo@bank.example"@evil.example',
        "=?utf-8?q?ceo=40bank.example=00?=@evil.example",
    ],
)
def test_addresses_that_are_not_the_senders(sender: str) -> None:
    """Text that the eye takes for an address is distinguished from the real one."""
    assert "display_name_address" in hits(f"From: {sender}\n{HEAD}\nHello\n".encode())


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("unlisted-recipients:; (no To-header on input)", []),
        ('"Undisclosed-Recipient:;"', []),
        ("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;", []),
        ("Jane <j@x.example>, (nobody)", ["j@x.example"]),
        ("A Group(Some people):Chris <c@(his host.)public.example>; (the end of the group)", ["c@public.example"]),
        ("Jane <smtp:j@x.example>", ["j@x.example"]),
    ],
)
def test_remarks_are_no_recipients(field: str, expected: list[str]) -> None:
    """Comments between members name nobody (RFC 5322, A.1.3 and A.5)."""
    assert [address.addr for address in parsed(f"From: a@b.example\nTo: {field}\n\nHello\n".encode()).to] == expected


def test_charsets() -> None:
    """Latin-9 by its name, and Japanese whose escape back to ASCII got lost at the end of a line."""
    assert decode(b"\xa4", "Latin-9", ParseState()) == "\u20ac"
    assert decode(b"\x1b$B$3$s\nabc", "iso-2022-jp", ParseState()) == "\u3053\u3093\nabc"


@pytest.mark.parametrize("size", [6, 10, 13, 14])
def test_one_base64_stream_cut_over_words(size: int) -> None:
    """Wherever the stream was cut, also where each piece could stand alone."""
    text = (
        "\u5173\u4e8e\u60a8\u7684\u8d26\u6237\u5b89\u5168\u7684\u91cd\u8981\u901a\u77e5\u8bf7\u5c3d\u5feb\u5904\u7406"
    )
    stream = base64.b64encode(text.encode("gb2312")).decode()
    words = " ".join(f"=?gb2312?B?{stream[at : at + size]}?=" for at in range(0, len(stream), size))

    assert decode_words(words, ParseState()) == text


@pytest.mark.parametrize(("pack", "ending"), [(gzip.compress, "gz"), (bz2.compress, "bz2"), (lzma.compress, "xz")])
def test_one_packed_program(pack: object, ending: str) -> None:
    """Unpacked, `order.exe.gz` is `order.exe`, whatever its header names."""
    assert callable(pack)
    content = base64.encodebytes(pack(b"MZ" + bytes(100))).decode()
    name = f"order.exe.{ending}"
    part = f'Content-Type: application/octet-stream; name="{name}"\nContent-Transfer-Encoding: base64\n\n{content}'
    raw = f"From: a@b.example\n{HEAD}Content-Type: multipart/mixed; boundary=B\n\n--B\n\nHello\n--B\n{part}\n--B--\n"

    assert "attachment_executable" in hits(raw.encode())


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_more_gateways(gateway: str) -> None:
    """A rewritten link counts by its target."""
    page = gateway.format("https%3A%2F%2Fwww.shop.example%2Foffer")
    raw = f'From: News <a@shop.example>\n{HEAD}Content-Type: text/html\n\n<a href="{page}">www.shop.example</a>\n'

    assert [link.host for link in parsed(raw.encode()).links] == ["www.shop.example"]
    assert not {"link_text_mismatch", "link_redirector"} & hits(raw.encode())


@pytest.mark.parametrize(
    "text",
    [
        "PSW: 4821",
        "pass - 4821",
        "\u041a\u043e\u0434 \u0434\u043b\u044f \u0440\u0430\u0441\u043f\u0430\u043a\u043e\u0432\u043a\u0438 4821",
    ],
)
def test_more_passwords(text: str) -> None:
    """Words for a password, and a dash before it."""
    assert given_password(f"Hello,\n\n{text}\n")


def test_one_domain_in_two_spellings() -> None:
    """An internationalised domain and its ASCII form are one (RFC 5890): answers go nowhere else."""
    raw = f"From: Ann <ann@b\u00fccher.example>\nReply-To: ann@xn--bcher-kva.example\n{HEAD}\nHello\n"

    assert "reply_to_diverts" not in hits(raw.encode())


@pytest.mark.parametrize("text", ["IBAN: DE89 3704 0044\n0532 0130 00", "> IBAN DE89 3704 0044 0532\n> 0130 00"])
def test_an_account_over_two_lines(text: str) -> None:
    """A line's end within an IBAN is a separator, as within a card's number."""
    message = parsed(f"From: a@b.example\n{HEAD}\n{text}\n".encode())

    assert "iban" in {finding.type for finding in find_sensitive(message)}
