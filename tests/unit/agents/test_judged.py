"""The answer to the command `analyze`, in the language of the one who asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glassdome.agents.commands.builtin import _judged
from glassdome.parse import parse_message
from glassdome.values.opinion import Reason
from glassdome.values.verdict import Label
from tests.unit.api.bench import verdict

MAIL = parse_message(b"From: Shop <shop@shop.example>\r\nSubject: Pay at once\r\n\r\nPay.\r\n")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("", ["Subject:    Pay at once", "Verdict:    phish (phishing score 0.97)", "Categories: invoice", "Reasons:", "  - nothing verifies that shop.example sent it"]),
        ("de", ["Betreff:    Pay at once", "Urteil:     Phishing (Phishing 0.97)", "Kategorien: Rechnung", "Gründe:", "  - nichts bestätigt, dass shop.example sie gesendet hat"]),
    ],
)  # fmt: skip
def test_the_answer_is_in_the_readers_language(language: str, expected: list[str]) -> None:
    """Without a chosen language the answer is as it was; the mail's words stay in each."""
    reason = Reason(signal="unauthenticated", why="nothing verifies that shop.example sent it")
    told = _judged(MAIL, verdict(Label.PHISH, phishing_reasons=(reason,)), language).splitlines()

    assert [line for line in expected if line not in told] == []


def test_an_unjudged_mail_says_so() -> None:
    """Without a score, and without reasons."""
    unknown = replace(verdict(), label=Label.UNKNOWN, is_phishing=None, phishing_score=None, readable="encrypted")

    assert "Verdict:    unknown (not judged: encrypted)" in _judged(MAIL, unknown, "en")
    assert "Urteil:     nicht beurteilt" in _judged(MAIL, unknown, "de")
    assert "  keine" in _judged(MAIL, unknown, "de")
