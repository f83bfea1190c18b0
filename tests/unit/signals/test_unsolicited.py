"""Offers of strangers in seven languages, and the mail that resembles them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from glassdome.signals import asked_of
from glassdome.signals.wares import offers_in
from glassdome.values.context import Context
from glassdome.values.message import ListFacts, Message
from tests.unit.signals.build import context, found, hits, mail, verified

_DATA = Path(__file__).parents[2] / "data" / "offers"
_NAME = "unsolicited_offer"
_PITCH = (
    "Hi Tom,\n\nwe help agencies like yours get 12 extra meetings a month. Open to a 15-min call on Thursday? "
    "If you're not the right person, who is?"
)


def _mails(name: str) -> list[tuple[str, str, str, str]]:
    """The made-up mails of a file: language, sender, subject, text."""
    rows = [line.split("|", 3) for line in (_DATA / name).read_text(encoding="utf-8").splitlines()]
    return [(language, sender, subject, text.replace("\\n", "\n")) for language, sender, subject, text in rows]


def _mail(sender: str, subject: str, text: str) -> Message:
    domain = sender.rpartition("@")[2].rstrip(">")
    answered = "<one@there.example>" if subject.startswith("Re:") else ""
    return mail(
        sender, subject=subject, text=text, new_text=text, in_reply_to=answered,
        authentication=verified(f"dmarc=pass {domain}", f"dkim=pass {domain}"),
    )  # fmt: skip


def _around(message: Message, **facts: object) -> Context:
    around = context(**facts)
    return replace(around, asked=asked_of(message, around))


def test_most_offers_of_strangers_are_found_in_each_language() -> None:
    """Of the made-up offers at least two thirds are found, in each of the seven languages."""
    told: dict[str, list[bool]] = {}
    for language, sender, subject, text in _mails("spam.txt"):
        message = _mail(sender, subject, text)
        told.setdefault(language, []).append(_NAME in hits(message, _around(message)))
    assert set(told) == {"en", "de", "fr", "es", "it", "nl", "pt"}
    assert {language: sum(hit) / len(hit) >= 0.66 for language, hit in told.items()} == dict.fromkeys(told, True)


@pytest.mark.parametrize(("language", "sender", "subject", "text"), _mails("ham.txt"))
def test_mail_that_somebody_asked_for_is_no_offer(language: str, sender: str, subject: str, text: str) -> None:
    """Enquiries, quotes that were asked for, shops one signed up with, clubs and first contacts stay what they are."""
    message = _mail(sender, subject, text)
    assert _NAME not in hits(message, _around(message))


def test_the_offer_is_shown_with_its_words() -> None:
    """Each piece of evidence stands in the mail."""
    message = _mail("Brad <brad@pipelines.example>", "quick question, Tom", _PITCH)
    signal = found(message, _NAME, _around(message))
    assert signal.strength == 1.0
    assert signal.evidence
    assert all(item.quote in message.subject + message.text for item in signal.evidence)


@pytest.mark.parametrize(
    "facts",
    [{"contacts": frozenset(["brad@pipelines.example"])}, {"own_domains": frozenset(["pipelines.example"])}],
)
def test_who_is_known_makes_offers_freely(facts: dict[str, object]) -> None:
    """A contact and a colleague are no strangers."""
    message = _mail("Brad <brad@pipelines.example>", "quick question, Tom", _PITCH)
    assert _NAME in hits(message, _around(message))
    assert _NAME not in hits(message, _around(message, **facts))


def test_a_discussion_list_is_no_stranger() -> None:
    """Mail to a discussion list is its readers' to judge."""
    message = replace(
        _mail("Brad <brad@pipelines.example>", "hello", _PITCH), lists=ListFacts(list_post="<mailto:l@l.example>")
    )
    assert _NAME not in hits(message, _around(message))


def test_a_ware_needs_its_sign_nearby_and_in_one_language() -> None:
    """One word makes no ware, nor do two far apart or of two languages."""
    assert [ware.field for ware in offers_in("A loan without collateral.").wares] == ["loan"]
    assert offers_in("We read about the loan.").wares == ()
    assert offers_in("A loan. " + "All is well here. " * 40 + "Without collateral.").wares == ()
    assert offers_in("A loan, schufa.").wares == ()
