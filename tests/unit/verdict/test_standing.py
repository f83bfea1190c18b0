"""The owner's word on a sender: blocked without proof, trusted with it, and never stronger than a fraud."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glassdome.values.message import Authentication, AuthResult
from glassdome.values.owner import SenderStanding
from glassdome.values.verdict import Label
from glassdome.verdict import decide
from tests.unit.verdict.build import MAIL, builtin, context

VOUCHED = Authentication(
    authserv_id="mx", trusted=True, results=(AuthResult(method="dmarc", result="pass", domain="bank.example"),)
)


@pytest.mark.parametrize(
    ("standing", "vouched", "spam", "phishing", "label"),
    [
        (SenderStanding.BLOCKED, False, 0.01, 0.01, Label.SPAM),
        (SenderStanding.BLOCKED, True, 0.01, 0.97, Label.PHISH),
        (SenderStanding.TRUSTED, True, 0.97, 0.01, Label.HAM),
        (SenderStanding.TRUSTED, False, 0.97, 0.01, Label.SPAM),
        (SenderStanding.TRUSTED, True, 0.01, 0.97, Label.PHISH),
        (None, True, 0.97, 0.01, Label.SPAM),
    ],
)
def test_the_owners_word(
    standing: SenderStanding | None, vouched: bool, spam: float, phishing: float, label: Label
) -> None:
    """The label follows it as far as it may, and a tag says why."""
    message = replace(MAIL, authentication=VOUCHED) if vouched else MAIL
    verdict = decide(
        message,
        signals=(),
        sensitive=(),
        builtin=builtin(spam=spam, phishing=phishing),
        context=replace(context(), standing=standing),
    )

    assert verdict.label is label
    assert ("sender blocked" in verdict.tags, "sender trusted" in verdict.tags) == (
        standing is SenderStanding.BLOCKED,
        standing is SenderStanding.TRUSTED,
    )
