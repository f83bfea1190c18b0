"""Tests of the mailbox's knowledge of a sender."""

from __future__ import annotations

from glassdome.values.context import SenderHistory
from glassdome.values.signal import Outcome
from tests.unit.signals.build import context, found, hits, mail, verified

PASS = verified("dmarc=pass shop.example")
FAIL = verified("dmarc=fail shop.example")


def test_first_contact() -> None:
    """Nobody of that domain wrote before."""
    assert "first_contact" in hits(mail(), context(known=True))
    assert "first_contact" not in hits(mail(), context(known=True, sender=SenderHistory(domain_seen=4)))


def test_nothing_applies_without_a_mailbox() -> None:
    """An analysis of a loose file has no history."""
    assert found(mail(), "first_contact", context(known=False)).outcome is Outcome.NOT_APPLICABLE


def test_known_sender_counts_in_full_only_when_verified() -> None:
    """A good name that nothing verifies may be borrowed."""
    around = context(known=True, sender=SenderHistory(seen=9, replied=2))
    assert found(mail(authentication=PASS), "known_sender", around).strength == 1.0
    assert found(mail(), "correspondent", around).strength < 0.5


def test_contact_is_a_correspondent() -> None:
    """A contact counts without any earlier mail, and is no first contact."""
    around = context(known=True, contacts=frozenset({"ann@shop.example"}))
    assert hits(mail(authentication=PASS), around) >= {"correspondent"}
    assert "first_contact" not in hits(mail(authentication=PASS), around)


def test_changed_authentication() -> None:
    """A sender who was always verified and now is not."""
    around = context(known=True, sender=SenderHistory(seen=10, authenticated=9))
    assert "authentication_changed" in hits(mail(authentication=FAIL), around)
    assert "authentication_changed" not in hits(mail(authentication=PASS), around)
    assert "authentication_changed" not in hits(mail(), around)


def test_junked_sender() -> None:
    """Mail that the owner called junk is remembered, by its share."""
    around = context(known=True, sender=SenderHistory(seen=4, junked=2))
    assert found(mail(), "junked_sender", around).strength == 0.5
    assert "known_sender" not in hits(mail(), around)
