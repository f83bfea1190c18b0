"""Senders: what a reader would take for the author is the author, or a signal says that it is not."""

from __future__ import annotations

import pytest

from tests.unit.reports.build import hits, parsed

REST = "To: bob@example.net\nSubject: Test\n\nHello\n"


def _mail(field: str) -> bytes:
    return f"From: {field}\n{REST}".encode()


@pytest.mark.parametrize(
    "field",
    [
        "PayPal <a@paypal.com>x@evil.example", "<a@paypal.com>x@evil.example", "PayPal <a@paypal.com> x@evil.example",
        "PayPal <a@paypal.com> <x@evil.example>", "PayPal <a@paypal.com>;x@evil.example", "PayPal <a@paypal.com>\n\tx@evil.example",
        "PayPal <a@paypal.com>(x@evil.example)", "a@paypal.com x@evil.example", '"a@paypal.com" x@evil.example',
        "PayPal (a@paypal.com) <x@evil.example>", "PayPal <x@evil.example> a@paypal.com", "<x@evil.example>a@paypal.com",
        'PayPal <x@evil.example> "a@paypal.com"', "PayPal <<a@paypal.com>x@evil.example>", "PayPal <a@paypal.com:x@evil.example>",
        "PayPal <a@paypal.com x@evil.example>", "PayPal <x@evil.example a@paypal.com>",
        "=?utf-8?q?PayPal_=3Ca=40paypal=2Ecom=3E?= <x@evil.example>", "=?utf-8?q?a=40paypal=2Ecom?=<x@evil.example>",
        '"a@paypal.com\\" <x@evil.example>', "a@paypal.com\nFrom: x@evil.example", "x@evil.example\nFrom: a@paypal.com",
        "PayPal <a@paypal.com\\@evil.example>", '"PayPal <a@paypal.com>" <x@evil.example>', "'a@paypal.com' <x@evil.example>",
        "[a@paypal.com] <x@evil.example>", "a@paypal.com<x@evil.example>", "PayPal: a@paypal.com <x@evil.example>;",
        "a\uff20paypal.com x@evil.example", "PayPal <a@paypal.com>, x@evil.example",
    ],
)  # fmt: skip
def test_two_senders_in_one_field(field: str) -> None:
    """Mail programs differ in which one they show, so neither is taken for the author in silence."""
    message = parsed(_mail(field))
    domains = {address.domain for address in message.header_from}
    told = hits(_mail(field)) & {"display_name_address", "from_multiple", "repeated_header"}

    assert told or message.author.domain == ""
    assert domains != {"paypal.com"} or told


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('"O\'Brien, Pat" <pat@x.example>', [("O'Brien, Pat", "pat@x.example")]),
        ("Pat O'Brien <pat@x.example>", [("Pat O'Brien", "pat@x.example")]),
        ("=?iso-8859-1?Q?Andr=E9?= Pirard <p@x.example>", [("André Pirard", "p@x.example")]),
        ('"=?utf-8?Q?Andr=C3=A9?= Pirard" <p@x.example>', [("André Pirard", "p@x.example")]),
        ("=?utf-8?B?QW5kcsOp?= =?utf-8?B?IFBpcmFyZA==?= <p@x.example>", [("André Pirard", "p@x.example")]),
        ("=?utf-8?B?QW5kcsOp?=<p@x.example>", [("André", "p@x.example")]),
        ("=?utf-8?Q?=22Pirard=2C_Andr=C3=A9=22?= <p@x.example>", [("Pirard, André", "p@x.example")]),
        ("m@x.example (Max Muster)", [("Max Muster", "m@x.example")]),
        ("<m@x.example> (Max Muster)", [("Max Muster", "m@x.example")]),
        ("<m@x.example>", [("", "m@x.example")]),
        ('"m@x.example" <m@x.example>', [("m@x.example", "m@x.example")]),
        ("Max <M.M@X.EXAMPLE.>", [("Max", "M.M@x.example")]),
        ("Max < m@x.example >", [("Max", "m@x.example")]),
        ("Max<m@x.example>", [("Max", "m@x.example")]),
        ("Max <m@x.example>,", [("Max", "m@x.example")]),
        (",Max <m@x.example>", [("Max", "m@x.example")]),
        ("Max <m@[192.0.2.1]>", [("Max", "m@[192.0.2.1]")]),
        ("Max <m..a.@docomo.example>", [("Max", "m..a.@docomo.example")]),
        ("Max <.m@x.example>", [("Max", ".m@x.example")]),
        ("Max <m@x_y.example>", [("Max", "m@x_y.example")]),
        ("Max <m+tag=a@x.example>", [("Max", "m+tag=a@x.example")]),
        ("/G=Max/S=Muster/O=x/C=de/@gw.example", [("", "/G=Max/S=Muster/O=x/C=de/@gw.example")]),
        ("IMCEAEX-_O=ORG_OU=FIRST+20GROUP_CN=MAX@x.example", [("", "IMCEAEX-_O=ORG_OU=FIRST+20GROUP_CN=MAX@x.example")]),
        ("Max <m@x.example>; Eva <e@x.example>", [("Max", "m@x.example"), ("Eva", "e@x.example")]),
        ('"Muster, Max" <m@x.example>, "Eva (a, b)" <e@x.example>', [("Muster, Max", "m@x.example"), ("Eva (a, b)", "e@x.example")]),
        ('"Max \\\\ Co" <m@x.example>', [("Max \\ Co", "m@x.example")]),
        ("m@x.example <mailto:m@x.example>", [("m@x.example", "m@x.example")]),
        ("Max\n <m@x.example>", [("Max", "m@x.example")]),
        ("Max\tMuster   Junior <m@x.example>", [("Max Muster Junior", "m@x.example")]),
        ("Dr. Max M. Muster, PhD <m@x.example>", None),
        ("Müller, Jane <m@x.example>", None),
        ("PayPal <a@paypal.com%x.example>", [("PayPal", "a@paypal.com%x.example")]),
        ("Max [IT] <m@x.example>", [("Max [IT]", "m@x.example")]),
        ("Max | Shop <m@x.example>", [("Max | Shop", "m@x.example")]),
        ("Max @ Shop <m@x.example>", [("Max @ Shop", "m@x.example")]),
        ("Shop: Max <m@x.example>", None),
        ("\"\" <m@x.example>", [("", "m@x.example")]),
        ("\"'Max' via Team\" <team@x.example>", [("'Max' via Team", "team@x.example")]),
        ("=?UTF-8?Q?Max_=F0=9F=8E=89?= <m@x.example>", [("Max 🎉", "m@x.example")]),
        ("=?us-ascii?Q?Max?= (Sales) <m@x.example>", None),
    ],
)  # fmt: skip
def test_senders_as_programs_write_them(field: str, expected: list[tuple[str, str]] | None) -> None:
    """Name and address; where none is expected, the one address decides and no second one is made of the name."""
    found = [(address.name, address.addr) for address in parsed(_mail(field)).header_from]

    if expected is None:
        assert parsed(_mail(field)).author.addr == "m@x.example"
    else:
        assert found == expected
    assert ("from_multiple" in hits(_mail(field))) is (sum(bool(addr) for _, addr in found) > 1)
