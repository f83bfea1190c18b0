"""The runner: every name gets an outcome, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassdome.signals import asked_of, detect
from glassdome.signals.finding import Detector, hit
from glassdome.signals.table import DETECTORS, signal_meanings
from glassdome.values.context import Context
from glassdome.values.message import Address, Attachment, HiddenText, Link, Message
from glassdome.values.signal import Outcome, Signal
from tests.unit.signals.build import context, mail


def _crash(message: Message, around: Context) -> Iterator[Signal]:
    yield hit("first", "found before the crash")
    raise RuntimeError("boom")


def test_crash_is_unknown_not_clean() -> None:
    """Findings from before a crash stay; the rest is unknown; the others still run."""
    broken = Detector(name="broken", signals={"first": "", "second": ""}, run=_crash)
    signals = {s.name: s.outcome for s in detect(Message(), context(), detectors=(broken, *DETECTORS))}
    assert (signals["first"], signals["second"]) == (Outcome.HIT, Outcome.TEMP_ERROR)
    assert signals["urgency"] is Outcome.MISS


def test_names_are_unique_and_explained() -> None:
    """No two detectors share a name, and each name has a meaning."""
    names = [name for detector in DETECTORS for name in detector.signals]
    assert len(names) == len(set(names))
    assert all(signal_meanings().values())


TEXT = st.text(max_size=60)
MESSAGES = st.builds(
    Message,
    subject=TEXT,
    text=TEXT,
    header_from=st.lists(st.builds(Address, name=TEXT, addr=TEXT), max_size=2).map(tuple),
    reply_to=st.lists(st.builds(Address, name=TEXT, addr=TEXT), max_size=2).map(tuple),
    links=st.lists(st.builds(Link, url=TEXT | TEXT.map("https://{}".format), shown=TEXT), max_size=3).map(tuple),
    attachments=st.lists(st.builds(Attachment, filename=TEXT, text=TEXT), max_size=2).map(tuple),
    hidden=st.lists(st.builds(HiddenText, text=TEXT, how=st.just("css")), max_size=2).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(MESSAGES)
def test_no_message_breaks_a_detector(message: Message) -> None:
    """Whatever the strings, every name is reported once and none is an error."""
    signals = detect(message, context(own_domains=frozenset({"muster.example"})))
    assert [s.name for s in signals] == list(signal_meanings())
    assert not [s for s in signals if s.outcome in (Outcome.TEMP_ERROR, Outcome.PERM_ERROR)]
    assert all(0.0 <= s.strength <= 1.0 for s in signals)


def test_asks_that_cannot_be_looked_for_are_unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that breaks the looking for asks is judged all the same, and nobody is proven."""

    def broken(message: object, context: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("glassdome.signals.runner.find_asked", broken)
    asked = asked_of(mail(), context())
    assert (asked.asks, asked.standing.proven) == ((), False)
