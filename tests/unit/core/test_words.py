"""Words found the fast way are those that the patterns find."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from glassdome.core.words import letters_in, tokens_in, words_by_line, words_in

TEXTS = st.text(alphabet="ab9_ !?.,-'\n\té²१\u00a0\u2028", max_size=60).map(str.lower) | st.text(max_size=40).map(
    str.lower
)


@given(TEXTS)
def test_words_are_runs_of_letters_and_digits(text: str) -> None:
    """Also beside underscores, accents and foreign digits."""
    assert re.findall(r"[^\W_]+", text) == words_in(text)


@given(TEXTS)
def test_letters_end_at_digits(text: str) -> None:
    """`ab9c` is two runs of letters."""
    assert re.findall(r"[^\W\d_]+", text) == letters_in(text)


@given(TEXTS)
def test_marks_are_tokens_of_their_own(text: str) -> None:
    """`no!!` is three tokens."""
    assert re.findall(r"[^\W_]+|[!?]", text) == tokens_in(text)


@given(TEXTS)
def test_lines_end_at_line_feeds_alone(text: str) -> None:
    """As many lines as the text has, empty ones included."""
    assert [re.findall(r"[^\W_]+", line) for line in text.split("\n")] == words_by_line(text)
