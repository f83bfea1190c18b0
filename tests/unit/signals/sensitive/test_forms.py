"""Forms that begin with what is rare find exactly what the same forms find as one would write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassdome.signals.sensitive import banking, keys, network, phones, wallets
from glassdome.signals.sensitive.find import find_in_text

PIECES = (
    "a", "f", "Z", "0", "00", "+", "(", ")", "9", "12", "49", "AB", "DE89", "x", ":", "::", "-", ".", " ", "_", "/", "1.2", ".3", "fe80",
    "00:1a:2b:3c", ":4d:5e", "\u00a0", "é", "123456", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "L",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
FORMS = {
    "ipv4": (network._IPV4, r"(?<![\w.\-/])(?:\d{1,3}\.){3}\d{1,3}(?![\w\-]|\.\d)"),
    "ipv6": (network._IPV6, r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}(?![\w:]|\.\d)"),
    "mac": (
        network._MAC,
        r"(?<![\w:\-])[0-9A-Fa-f]{2}(?:([:\-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![\w:\-])",
    ),
    "base58": (wallets._BASE58, r"(?<![A-Za-z0-9])[139ADLMT][1-9A-HJ-NP-Za-km-z]{25,33}(?![A-Za-z0-9])"),
    "international": (
        phones._INTERNATIONAL,
        r"(?<![\w+])\(?(?:\+|00)\d(?:[ .\-/()\u00a0\u2010-\u2013]{0,3}\d){6,14}(?!\w)",
    ),
}


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=300)
@given(text=TEXTS)
def test_fast_forms_are_the_plain_ones(name: str, text: str) -> None:
    """Span by span."""
    fast, plain = FORMS[name]
    assert [m.span() for m in re.finditer(plain, text)] == [m.span() for m in fast.finditer(text)]


@settings(max_examples=300)
@given(text=TEXTS)
def test_check_digits_lead_to_what_may_be_an_iban(text: str) -> None:
    """Two characters before them it begins."""
    plain = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ \-\u00a0]?[A-Za-z0-9])")
    assert [m.start() for m in plain.finditer(text)] == [m.start() - 2 for m in banking._IBAN_DIGITS.finditer(text)]


@settings(max_examples=300)
@given(
    text=st.lists(
        st.sampled_from(["ab", "http", "x", "1", "+", "://", ":", "@", "/", " ", "host", "pass", "."]), max_size=30
    ).map("".join)
)
def test_passwords_in_links_need_a_scheme(text: str) -> None:
    """It is looked for behind the rare `://`, and may not reach into the link before."""
    plain = re.compile(r"\b[a-z][a-z0-9+.\-]{2,20}://[^\s:/@]{1,64}:([^\s:/@]{3,128})@[\w.\-]{3,}")
    assert [m.span(1) for m in plain.finditer(text)] == [(found.start, found.end) for found in keys._in_urls(text)]


@pytest.mark.parametrize("glue", ["x", "9", "_", "-"])
def test_a_token_glued_to_something_is_none(glue: str) -> None:
    """Its letters stand inside something longer."""
    token = "ghp_" + "a1B2" * 9
    assert ["github_token"] == [found.type for found in find_in_text(f"use {token} now")]
    assert find_in_text(f"use {glue}{token} now") == ()
