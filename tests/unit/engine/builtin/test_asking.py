"""Requests in the languages without a trained model."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from glassdome.engine.builtin.asking import ASKING, asking_words
from glassdome.engine.builtin.day_words import CALENDARS
from glassdome.engine.builtin.intent import look
from glassdome.engine.builtin.sentences import sentences_of
from glassdome.engine.builtin.triage import TRAINED
from glassdome.engine.builtin.words import fold

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
LEAST_F1 = 0.9
SENTENCES = [
    tuple(line.split("|", 2))
    for line in Path("tests/data/dues/asking.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def test_each_language_has_words() -> None:
    """Every language with days has words that ask, or a model that learned them."""
    assert {"ca"} == CALENDARS - TRAINED - ASKING


@pytest.mark.parametrize("language", sorted({language for language, _, _ in SENTENCES}))
def test_sentences_that_ask(language: str) -> None:
    """Requests by modals, imperatives and what is needed are told from thanks, reports and footers."""
    pairs = [
        (want == "yes", "ask" in asking_words(fold(text), tag)) for tag, want, text in SENTENCES if tag == language
    ]
    right = sum(want and got for want, got in pairs)

    assert 2 * right / (sum(want for want, _ in pairs) + sum(got for _, got in pairs)) >= LEAST_F1


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("pl", "Dzie\u0144 dobry.\nProsz\u0119 odes\u0142a\u0107 podpisan\u0105 umow\u0119 do pi\u0105tku.", date(2026, 3, 6)),
        ("ja", "\u304a\u4e16\u8a71\u306b\u306a\u308a\u307e\u3059\u3002\n3\u670812\u65e5\u307e\u3067\u306b\u4e88\u7d04\u3092\u3054\u78ba\u8a8d\u304f\u3060\u3055\u3044\u3002", date(2026, 3, 12)),
    ],
)  # fmt: skip
def test_a_request_with_its_day(language: str, text: str, expected: date) -> None:
    """The sentence that asks is a clear request, wanted by its day; a greeting is none."""
    asked = [one.request for one in look(sentences_of(text), language, NOW) if one.asks]

    assert [(True, expected)] == [(request.clear, request.due_at) for request in asked]
