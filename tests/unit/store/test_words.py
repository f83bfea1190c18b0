"""Tests of splitting a text into words."""

from __future__ import annotations

import pytest

from glassdome.core.limits import MAX_WORD_CHARS
from glassdome.store.words import terms_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your PARCEL, your parcel!", ("your", "parcel")),
        ("anna.b@shop.example", ("anna", "b", "shop", "example")),
        ("INV-2026_07: 1.99 €", ("inv", "2026", "07", "1", "99")),
        ("Grüße, ÉCOLE e\u0301cole straße", ("grusse", "ecole", "strasse")),
        ("会議の議事録", ("会議", "議の", "の議", "議事", "事録")),
        ("金 Mr田中様2", ("金", "mr", "田中", "中様", "2")),
        ("हिन्दी में", ("हिनदी", "में")),
        ("Счёт", ("счет",)),
        ("?! _ -", ()),
        ("\ud800 broken", ("broken",)),
        ("x" * 50, ("x" * MAX_WORD_CHARS,)),
    ],
)
def test_terms(text: str, expected: tuple[str, ...]) -> None:
    """Without case and accents, each once; runs of unspaced scripts as pairs."""
    assert terms_of(text) == expected
