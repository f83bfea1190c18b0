"""The gate: which mail needs no model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glassdome.core.errors import ConfigError
from glassdome.engine.gate import POLICIES, parse_policies, skip_reason
from glassdome.values.context import Context, SenderHistory
from glassdome.values.message import ListFacts
from glassdome.values.opinion import Opinion
from glassdome.values.signal import Outcome, Signal
from tests.unit.engine_llm.mails import NOW, mail

ALL = frozenset(POLICIES)
AUTHENTICATED = Signal(name="authenticated", outcome=Outcome.HIT)
KNOWN = Context(now=NOW, known=True, sender=SenderHistory(seen=9, authenticated=9, replied=2))
NEWSLETTER = mail(lists=ListFacts(list_id="news.example.org"))


def opinion(phishing: float = 0.1, spam: float = 0.1) -> Opinion:
    """Return a built-in opinion inside the window."""
    return Opinion(engine="builtin", phishing=phishing, spam=spam)


def test_policies_are_read() -> None:
    """Known words only."""
    assert parse_policies("repeat, Bulk") == {"repeat", "bulk"}
    assert parse_policies("none") == frozenset()
    with pytest.raises(ConfigError):
        parse_policies("always")


def test_each_policy_skips_its_mail() -> None:
    """Bulk, known and certain mail is skipped under its policy, and only when that is chosen."""
    plain = Context(now=NOW)
    found = (AUTHENTICATED,)
    cases = {
        "bulk": skip_reason(NEWSLETTER, builtin=opinion(), signals=found, context=plain, policies=ALL),
        "known": skip_reason(mail(), builtin=opinion(), signals=found, context=KNOWN, policies=ALL),
        "certain": skip_reason(mail(), builtin=opinion(0.01, 0.01), signals=(), context=plain, policies=ALL),
        "": skip_reason(mail(), builtin=opinion(), signals=found, context=plain, policies=ALL),
    }

    assert all(reason == answer for reason, answer in cases.items())
    for policy in ("bulk", "known", "certain"):
        without = ALL - {policy}
        assert skip_reason(mail(), builtin=opinion(), signals=(), context=plain, policies=without) == ""


@pytest.mark.parametrize(
    "signal",
    [
        Signal(name="link_text_mismatch", outcome=Outcome.HIT),
        Signal(name="list_mail", outcome=Outcome.TEMP_ERROR),
        Signal(name="some_new_detector", outcome=Outcome.HIT),
    ],
)
def test_anything_suspicious_or_unknown_is_shown_to_the_model(signal: Signal) -> None:
    """A suspicious signal, a failed detector and a signal the gate does not know keep the model call."""
    found = (AUTHENTICATED, signal)

    assert skip_reason(NEWSLETTER, builtin=opinion(0.0, 0.0), signals=found, context=KNOWN, policies=ALL) == ""


def test_unverified_senders_are_never_known() -> None:
    """Whoever only claims to be known is shown to the model."""
    assert skip_reason(mail(), builtin=opinion(), signals=(), context=KNOWN, policies=ALL) == ""
    junked = replace(KNOWN, sender=replace(KNOWN.sender, junked=1))
    assert skip_reason(mail(), builtin=opinion(), signals=(AUTHENTICATED,), context=junked, policies=ALL) == ""
