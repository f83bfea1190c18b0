"""Any text is handled: spans are right, nothing raises, time grows with length only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassdome.core.limits import MAX_SENSITIVE_CANDIDATES, MAX_SENSITIVE_FINDINGS, MAX_TEXT_CHARS
from glassdome.signals.sensitive import cards, find_in_text, find_sensitive, mask_text
from glassdome.values.masking import masked
from glassdome.values.message import Attachment, Message

_PIECES = st.sampled_from(
    [
        "password", ":", " is ", "4111 1111 1111 1111", "DE89370400440532013000", "İ", "SSN", "536-22-1234", "+49 30 901820", "\n", " ",
        "passport no ", "AB12", "eyJ", ".", "-----BEGIN PRIVATE KEY-----", "sort code 12-34-56", "密码", "0x", "::1", "my salary", "$", "1,000", "é",
        "verification code", "123456", "is your", "https://u:pw12@h.example/", "card", "ssn ",
    ]
)  # fmt: skip


@given(st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=30).map("".join)))
def test_spans_are_valid(text: str) -> None:
    """Spans lie in the text, in order, apart; the masked form gives away at most four characters."""
    found = find_in_text(text)
    ends = [0, *(f.end for f in found)]
    assert all(before <= f.start < f.end <= len(text) for before, f in zip(ends, found, strict=False))
    assert all(f.masked.startswith("****") and len(f.masked) <= 8 for f in found)
    assert not any(text[f.start : f.end] in f.masked for f in found)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_masked_text_holds_no_value(text: str) -> None:
    """Masking replaces every span by its type."""
    found = find_in_text(text)
    expected = text
    for item in reversed(found):
        expected = expected[: item.start] + f"[{item.type}]" + expected[item.end :]
    assert mask_text(text, found) == expected


@pytest.mark.parametrize(
    "unit",
    [
        "1", "1 ", "12-", "4111 1111 1111 1111 ", "1.1.", "a:", "A1", "AB12 ", "password is ", "password: a ", "pin ", "code code code is ",
        "verification code ", "passport no no no ", "+1 ", "(((", "00 0", "eyJ", "eyJaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "born 1 ",
        "date of birth: 1 May ", "0x0", "::", "api key ", "token: ", "http://", "a@", "ssn 123 ", "my diagnosis ", "salary 1 ", "1A", "bc1q", "İ", "ip 1.1.1.1 ",
        "sort code 12-34-56 ", "iban ", "order 4111 1111 1111 1111 ",
    ],
)  # fmt: skip
@pytest.mark.timeout(20)
def test_hostile_text_ends(unit: str) -> None:
    """A text of the largest size made to set regular expressions backtracking is read to its end."""
    assert len(find_in_text(unit * (MAX_TEXT_CHARS // len(unit)))) <= MAX_SENSITIVE_FINDINGS


def test_findings_are_bounded() -> None:
    """A dumped list yields the named number of findings and no more."""
    assert len(find_in_text("card 4111 1111 1111 1111\n" * 500)) == MAX_SENSITIVE_FINDINGS


def test_places() -> None:
    """Subject, text and attachments are read, and say where."""
    message = Message(
        subject="Re: card 4111 1111 1111 1111",
        text="IBAN DE89370400440532013000",
        attachments=(Attachment(filename="a.txt"), Attachment(filename="b.txt", text="SSN 536-22-1234")),
    )
    assert [(f.where, f.type, f.risk) for f in find_sensitive(message)] == [
        ("subject", "credit_card", "high"),
        ("text", "iban", "high"),
        ("attachment:1", "us_ssn", "high"),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("4111 1111 1111 1111", "****1111"), ("12345678", "****78"), ("4821", "****"), ("hunter2", "****"), ("", "****")],
)
def test_masked(value: str, expected: str) -> None:
    """Short values show nothing, long ones their last four."""
    assert masked(value) == expected


def test_mask_text_merges_overlaps_and_minds_where() -> None:
    """Findings of another place are ignored; one that reaches past the end is cut."""
    text = "IBAN DE89370400440532013000"
    found = find_in_text(text)
    assert mask_text(text, found) == "IBAN [iban]"
    assert mask_text(text, found, where="subject") == text
    assert mask_text(text[:10], found) == "IBAN [iban]"


def test_a_table_of_numbers_costs_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups that begin no card are not joined, and the ways to read cards out of one run are counted."""
    tried: list[str] = []
    monkeypatch.setattr(cards, "issuer", lambda digits: tried.append(digits) or "")

    find_in_text("1 2 " * 75_000)
    assert tried == []
    find_in_text("4111 1111 1111 1111 " * 15_000)
    assert len(tried) == MAX_SENSITIVE_CANDIDATES
