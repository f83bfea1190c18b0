"""Address fields, well-formed and not."""

from __future__ import annotations

import time

import pytest

from glassdome.core.limits import MAX_ADDRESSES
from glassdome.parse.address import parse_addresses
from glassdome.parse.state import ParseState


def _read(value: str) -> list[tuple[str, str]]:
    return [(a.name, a.addr) for a in parse_addresses(value, ParseState())]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Ann <Ann@EXAMPLE.org>", [("Ann", "Ann@example.org")]),
        ("ann@example.org", [("", "ann@example.org")]),
        ('"Doe, Ann" <a@x.org>, b@y.org', [("Doe, Ann", "a@x.org"), ("", "b@y.org")]),
        ('"service@paypal.com" <evil@bad.example>', [("service@paypal.com", "evil@bad.example")]),
        ("service@paypal.com <evil@bad.example>", [("service@paypal.com", "evil@bad.example")]),
        ("=?utf-8?q?M=C3=BCller=2C_A?= <a@x.org>", [("Müller, A", "a@x.org")]),
        ('"=?utf-8?q?M=C3=BCller?=" <a@x.org>', [("Müller", "a@x.org")]),
        ("friends: a@x.org, B <b@x.org>;, c@x.org", [("", "a@x.org"), ("B", "b@x.org"), ("", "c@x.org")]),
        ("a@x.org (Ann (the first) Doe)", [("Ann (the first) Doe", "a@x.org")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:a@x.org>", [("", "a@x.org")]),
        ('"quo\\"ted" <a@x.org>', [('quo"ted', "a@x.org")]),
        ("Ann Doe", [("Ann Doe", "")]),
        ("Ann <>", [("Ann", "")]),
        ("a@x.org b@y.org", [("", "a@x.org"), ("", "b@y.org")]),
        ('"unclosed <a@x.org>', [("unclosed", "a@x.org")]),
        ("", []),
        ("(((((", []),
    ],
)
def test_addresses(raw: str, expected: list[tuple[str, str]]) -> None:
    """Names are decoded after the structure is read, and what a reader is shown is never lost."""
    assert _read(raw) == expected


def test_too_many_addresses() -> None:
    """A list of recipients is cut and says so."""
    state = ParseState()
    found = parse_addresses("a@x.org," * (MAX_ADDRESSES + 10), state)

    assert len(found) == MAX_ADDRESSES
    assert [d.what for d in state.defects()] == ["too_many_addresses"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("=?utf-8?Q?M=C3=BCller,_Jane?= <j@x.example>", [("Müller, Jane", "j@x.example")]),
        ('=?utf-8?Q?"Caf=C3=A9"_<Bar>?= <j@x.example>', [('"Café" <Bar>', "j@x.example")]),
        ("=?utf-8?Q?a;_b:_c?= <j@x.example>, k@x.example", [("a; b: c", "j@x.example"), ("", "k@x.example")]),
        ("=?utf-8?Q?open <j@x.example>", [("=?utf-8?Q?open", "j@x.example")]),
        ("Pete <pete(his account)@silly.test(his host)>", [("Pete", "pete@silly.test")]),
        ("pete(a(b)c)@silly.test", [("a(b)c", "pete@silly.test")]),
        ("Joe <john . doe @ example . org>", [("Joe", "john.doe@example.org")]),
        ("john . doe @ example . org", [("", "john.doe@example.org")]),
        ("Name. Surname <a@b.example>", [("Name. Surname", "a@b.example")]),
        ('"a@bank.example b"@evil.example', [("", '"a@bank.example b"@evil.example')]),
        ('X <"a@bank.example"@evil.example>', [("X", '"a@bank.example"@evil.example')]),
        ('"john.doe"@example.org', [("", "john.doe@example.org")]),
        ('"a\\"b"@example.org', [("", '"a\\"b"@example.org')]),
        ('"ann@x.example"', [("", "ann@x.example")]),
        ("<a@bank.example><b@evil.example>", [("", "a@bank.example"), ("", "b@evil.example")]),
        ("Bank <a@bank.example, b@evil.example>", [("Bank", "a@bank.example"), ("", "b@evil.example")]),
        ("a@bank.example@evil.example", [("", "a@bank.example@evil.example")]),
        ("Bob <mailto:bob@x.example>", [("Bob", "bob@x.example")]),
        ("mailto:bob@x.example?subject=Hi", [("", "bob@x.example")]),
        ("Bob [mailto:bob@x.example]", [("Bob", "bob@x.example")]),
        ("Friends: a@x.example, B <b@x.example>;", [("", "a@x.example"), ("B", "b@x.example")]),
        ("Bank <ceo@bank.example>: x@evil.example;", [("Bank <ceo@bank.example>", "x@evil.example")]),
        ("Re: News <a@x.example>", [("Re : News", "a@x.example")]),
        ("undisclosed-recipients:", []),
        ("undisclosed-recipients:;", []),
        ("Name <<a@b.example>>", [("Name", "a@b.example")]),
        ('"Jane <j@x.example>, boss@bank.example', [("Jane, boss@bank.example", "j@x.example")]),
        ("x@[IPv6:2001:db8::1]", [("", "x@[ipv6:2001:db8::1]")]),
        ("Mary <@a.example,@b.example:mary@x.example>", [("Mary", "mary@x.example")]),
        ("admin@bank.example\0@evil.example", [("", "admin@bank.example@evil.example")]),
        ("@vi@e m@iii@g oii gm@ii@com", [("oii", "gm@ii@com")]),
        ("Tower <xw@<noreply@x.example>", [("Tower", "noreply@x.example")]),
        ("'Bob' <bob@x.example>", [("Bob", "bob@x.example")]),
    ],
)
def test_broken_and_obsolete_forms(raw: str, expected: list[tuple[str, str]]) -> None:
    """As mail programs show them; what they show differently is shown with all its addresses."""
    assert _read(raw) == expected


def _seconds(text: str) -> float:
    started = time.thread_time()
    _read(text)
    return time.thread_time() - started


@pytest.mark.parametrize(
    "raw", ['"' * 60_000, "(" * 60_000, "<" * 60_000, "=?utf-8?Q?" * 6_000, "a@" * 30_000, "[" * 60_000]
)
def test_hostile_fields_take_linear_time(raw: str) -> None:
    """Twice the length takes about twice the time, not four times; the thread's own time, the best of three."""
    times = [min(_seconds(text) for _ in range(3)) for text in (raw[: len(raw) // 2], raw)]
    assert times[1] < max(0.2, 3.4 * times[0])


@pytest.mark.parametrize(
    "around",
    ["\uff1c\uff1e", "\u3008\u3009", "\u300a\u300b", "[]", "{}", "\u00ab\u00bb", "\u27e8\u27e9", "\u3010\u3011"],
)
def test_brackets_that_are_none_make_no_address(around: str) -> None:
    """If only brackets tell the address from the name, there is no address, and the text is shown as written."""
    begin, end = around

    assert _read(f"Shop {begin}a@shop.example{end}") == [(f"Shop {begin}a@shop.example{end}", "")]
    assert _read(f"a@shop.example {begin}x@evil.example{end}") == [(f"a@shop.example {begin}x@evil.example{end}", "")]
    assert _read(f"{begin}a@shop.example{end} <x@evil.example>") == [(f"{begin}a@shop.example{end}", "x@evil.example")]


def test_an_address_in_a_comment_is_shown() -> None:
    """Mail programs that show comments show it; a domain in brackets is an address all the same."""
    assert _read("Shop (a@shop.example) <x@evil.example>") == [("Shop (a@shop.example)", "x@evil.example")]
    assert _read("ann@[192.0.2.1]") == [("", "ann@[192.0.2.1]")]
