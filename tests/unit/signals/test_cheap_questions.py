"""Questions that are asked of every mail in the order of their cost, and the answers that the dear question would give."""

from __future__ import annotations

import re

import pytest

from glassdome.core.words import uncased
from glassdome.engine.builtin.pointing import only_points
from glassdome.engine.builtin.words import fold
from glassdome.signals.link_view import asks_access
from glassdome.signals.phone_numbers import disguised_number, phone_numbers


@pytest.mark.parametrize("text", ["STRASSE", "\u0130stanbul", "k\u0131z", "mi\u017f\u017fing", "ÉTÉ", "\u212aELVIN"])
def test_a_lower_case_pattern_finds_what_one_that_ignores_case_finds(text: str) -> None:
    for letter in "istezk":
        ignoring = re.search(letter, text, re.IGNORECASE) is not None
        assert (letter in uncased(text)) is ignoring


@pytest.mark.parametrize(
    "text", ["call +1 8OO 555 oh one two three", "call +44 161 496 0123", "call ① ⑧ ⓪ ⓪ ⑤ ⑤ ⑤ ⓪ ① ②", "nothing"]
)
def test_the_disguised_number_is_the_first_of_all_numbers_that_hides(text: str) -> None:
    expected = next((number for number in phone_numbers(text) if number.disguised), None)
    assert disguised_number(text) == expected


def test_digits_of_other_scripts_make_a_number() -> None:
    assert phone_numbers("call +４４ １６１ ４９６ ０１２３")


@pytest.mark.parametrize(
    ("url", "asks"),
    [
        ("https://a.example/OAuth2/x", True),
        ("https://a.example/authorize?x", True),
        ("https://a.example/?CLIENT_ID=1", True),
        ("https://a.example/authorized", False),
        ("https://a.example/document_1", False),
    ],
)
def test_links_to_give_access_are_known(url: str, asks: bool) -> None:
    assert asks_access(url) is asks


def test_accents_fall_in_short_and_in_long_texts_alike() -> None:
    word = "Přílišžluťoučkýkůň Ångström ñandú ệ ά й"
    assert fold(" ".join([word] * 9)) == " ".join([fold(word)] * 9)


def test_a_long_text_before_or_after_the_pointer_says_more_than_the_pointer() -> None:
    pointer, more = "Please see the attached document.", "The meeting of the board was moved to the large hall."
    assert only_points(f"Dear Ann, {pointer} Kind regards")
    assert not only_points(f"{pointer} {more}")
    assert not only_points(f"{more} {pointer}")
