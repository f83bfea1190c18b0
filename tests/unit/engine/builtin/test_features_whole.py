"""Replacing near the signs gives the same result as a pattern over the whole text."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from glassdome.engine.builtin.features import normalized
from glassdome.engine.builtin.words import fold, load_concepts

#: The patterns as they read without regard to speed.
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bmailto:\S+")
_URL = re.compile(
    r"(?:https?|ftp)://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|info|biz|io|co|de|fr|es|it|nl|br|uk)\b(?:/\S*)?"
)
_MONEY = re.compile(
    r"(?:[$€£¥₹]|\b(?:us|usd|eur|gbp|chf|brl|r)\s?\$?)\s?\d[\d.,]*|\d[\d.,]*\s?(?:[$€£¥₹]|(?:usd|eur|euros?|gbp|chf|dollars?|pounds)\b)"
)
_PERCENT = re.compile(r"\d+(?:[.,]\d+)?\s?%")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)+|\d{3,}")
PIECES = (
    "a", "bonus", "us", "usd", "r", "eur", "euros", "dollars", "dollar", "$", "€", "%", " ", " ", "\n", "\t", ".", ",", "/", ":", "-",
    "1", "22", "333", "4,5", "...........", "com", ".com", "a.de", "-com", "x@y.org", "@", "www.", "http://", "://", "mailto:", "q",
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
@example("5" + "." * 40 + "$ and 17 usd")
@example("bonus 5, us $ 6, campus 7")
@example("usd $ 5")
@example("xusd $ 6")
@example("5 dollars and 6 dollarsx")
def test_replacements_are_those_over_the_whole_text(text: str) -> None:
    """Wherever amounts, addresses and links meet."""
    whole = fold(f" . {text}")
    for pattern, put in ((_MAIL, "zmail"), (_URL, "zurl"), (_MONEY, "zmoney"), (_PERCENT, "zpct"), (_NUMBER, "znum")):
        whole = pattern.sub(f" {put} ", whole)
    assert whole == normalized("", text)


def test_concepts_of_several_sentences_stay_in_theirs() -> None:
    """A phrase is not put together from the end of one sentence and the beginning of the next."""
    lines = [["please", "find"], ["the", "invoice"], ["number", "please"], ["invoice", "number"]]
    concepts = load_concepts()
    assert [concepts.find(line) for line in lines] == concepts.find_each(lines)
    assert concepts.find_each(lines)[3]["invoice"] == ["invoice", "invoice number"]
    assert "invoice number" not in concepts.find_each(lines)[1].get("invoice", [])


def test_several_lexicons_keep_their_concepts_apart() -> None:
    """Concepts of two files are named after their files."""
    both = load_concepts("lures.toml", "concepts.toml")
    assert len(both.names) == len(load_concepts("lures.toml").names) + len(load_concepts().names)
    assert both.find(["invoice"])["concepts.toml:invoice"] == ["invoice"]
