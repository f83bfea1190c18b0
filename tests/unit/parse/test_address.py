"""Address fields, well-formed and not."""

from __future__ import annotations

import pytest

from glassdome.core.limits import MAX_ADDRESSES
from glassdome.parse.address import parse_addresses
from glassdome.parse.faults import Faults


def _read(value: str) -> list[tuple[str, str]]:
    return [(a.name, a.addr) for a in parse_addresses(value, Faults())]


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
        ("a@x.org b@y.org", [("", "b@y.org")]),
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
    faults = Faults()
    found = parse_addresses("a@x.org," * (MAX_ADDRESSES + 10), faults)

    assert len(found) == MAX_ADDRESSES
    assert [d.what for d in faults.defects()] == ["too_many_addresses"]
